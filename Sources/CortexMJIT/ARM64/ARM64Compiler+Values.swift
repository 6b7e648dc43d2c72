// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Values: trees of nodes into registers. Nothing here touches the flags.
extension ARM64Compiler {
  // MARK: Registers within one instruction

  func forgetValues() {
    free = Self.scratchRegisters.reduce(0) { $0 | 1 << $1.number }
    firstNode = instruction.nodes.lowerBound
    for index in instruction.nodes {
      locations[index - firstNode] = nil
      saturations[index - firstNode] = nil
      usesLeft[index - firstNode] = nodes[index].uses
    }
  }

  func take() -> Register {
    guard free != 0, let register = Register(rawValue: UInt8(free.trailingZeroBitCount)) else {
      asm.fail()
      return .x15
    }
    free &= free - 1
    return register
  }

  func give(_ register: Register) {
    if Self.scratchRegisters.contains(register) { free |= 1 << register.number }
  }

  func location(_ index: UInt16) -> Register? { locations[Int(index) - firstNode] }

  func setLocation(_ index: UInt16, _ register: Register) {
    locations[Int(index) - firstNode] = register
  }

  /// A register with the node's value, which only `release` may end.
  func operand(_ index: UInt16) -> Register {
    if let known = location(index) { return known }
    let node = node(index)
    if node.kind == .register { return Self.home(node.index) }
    if node.kind == .constant || node.kind == .bit, node.immediate == 0 { return .zr }
    let register = take()
    evaluate(index, into: register)
    setLocation(index, register)
    return register
  }

  /// One use of the node is over.
  func release(_ index: UInt16) {
    let place = Int(index) - firstNode
    if usesLeft[place] < .max { usesLeft[place] = max(usesLeft[place], 1) - 1 }
    guard usesLeft[place] == 0, let register = locations[place] else { return }
    give(register)
    locations[place] = nil
  }

  func constant(_ index: UInt16) -> UInt32? {
    let node = node(index)
    if node.kind == .constant { return node.immediate }
    return node.kind == .load ? block.literals[Int(index)] : nil
  }

  // MARK: Shapes

  func with(_ a: UInt16, _ body: (Register) -> Void) {
    body(operand(a))
    release(a)
  }

  func with(_ a: UInt16, _ b: UInt16, _ body: (Register, Register) -> Void) {
    let first = operand(a)
    body(first, operand(b))
    release(a)
    release(b)
  }

  /// As `operand`, but a value that nobody else wants may wait in the target: that is scratch as
  /// well then, and written last.
  private func operand(_ index: UInt16, near target: Register) -> Register {
    let kind = node(index).kind
    guard Self.scratchRegisters.contains(target), node(index).uses == 1, location(index) == nil,
      kind != .register, kind != .constant, kind != .bit
    else { return operand(index) }
    evaluate(index, into: target)
    return target
  }

  func with(_ a: UInt16, near target: Register, _ body: (Register) -> Void) {
    body(operand(a, near: target))
    release(a)
  }

  func with(
    _ a: UInt16, _ b: UInt16, near target: Register, _ body: (Register, Register) -> Void
  ) {
    let first = operand(a, near: target)
    body(first, operand(b))
    release(a)
    release(b)
  }

  func withScratch(_ body: (Register) -> Void) {
    let register = take()
    body(register)
    give(register)
  }

  /// An operand that may be shifted on the way.
  private func withShifted(
    _ index: UInt16, rotates: Bool, _ body: (Register, ARM64Assembler.Shift, UInt32) -> Void
  ) {
    let node = node(index)
    let shift: ARM64Assembler.Shift? =
      switch node.kind {
      case .shiftLeft: .lsl
      case .shiftRight: .lsr
      case .shiftRightSigned: .asr
      case .rotateRight: rotates ? .ror : nil
      default: nil
      }
    if let shift, node.uses == 1, location(index) == nil {
      with(node.a) { body($0, shift, UInt32(node.index)) }
    } else {
      with(index) { body($0, .lsl, 0) }
    }
  }

  // MARK: Words

  /// Leaves the node's value in `target`, which is written last: it may be an operand as well.
  func evaluate(_ index: UInt16, into target: Register) {
    if let known = location(index) { return asm.mov(target, known, width: .x) }
    if let value = constant(index) { return asm.mov(target, constant: UInt64(value)) }
    let node = node(index)
    switch node.kind {
    case .register: asm.mov(target, Self.home(node.index))
    case .single:
      asm.transfer(.ldrw, target, ARM64Frame.state, ARM64Frame.single(node.index))
    case .greaterOrEqual:
      asm.transfer(.ldrw, target, ARM64Frame.state, StateLayout.greaterOrEqual)
    case .add: sum(node, target, setsFlags: false)
    case .subtract, .difference: difference(node, target, setsFlags: false)
    case .addWithCarry: sumWithCarry(node, target, setsFlags: false)
    case .multiply: with(node.a, node.b, near: target) { asm.multiply(.madd, target, $0, $1) }
    case .and: logical(.and, .bic, node, target)
    case .or: logical(.orr, .orn, node, target)
    case .exclusiveOr: logical(.eor, .eon, node, target)
    case .not:
      withShifted(node.a, rotates: true) { asm.logical(.orn, target, .zr, $0, $1, $2) }
    case .shiftLeft: with(node.a, near: target) { asm.shift(.lsl, target, $0, UInt32(node.index)) }
    case .shiftRight: with(node.a, near: target) { asm.shift(.lsr, target, $0, UInt32(node.index)) }
    case .shiftRightSigned:
      with(node.a, near: target) { asm.shift(.asr, target, $0, UInt32(node.index)) }
    case .rotateRight:
      with(node.a, near: target) { asm.shift(.ror, target, $0, UInt32(node.index)) }
    case .signExtendByte:
      with(node.a, near: target) { asm.extend(target, $0, bits: 8, signed: true) }
    case .signExtendHalf:
      with(node.a, near: target) { asm.extend(target, $0, bits: 16, signed: true) }
    case .countLeadingZeros: with(node.a, near: target) { asm.unary(.clz, target, $0) }
    case .reverseBits: with(node.a, near: target) { asm.unary(.rbit, target, $0) }
    case .reverseBytes: with(node.a, near: target) { asm.unary(.rev32, target, $0) }
    case .divideSigned: with(node.a, node.b, near: target) { asm.binary(.sdiv, target, $0, $1) }
    case .divideUnsigned: with(node.a, node.b, near: target) { asm.binary(.udiv, target, $0, $1) }
    case .low: with(node.a, near: target) { asm.mov(target, $0) }
    case .high: with(node.a, near: target) { asm.shift(.lsr, target, $0, 32, width: .x) }
    case .middle:
      with(node.a, near: target) {
        asm.field(target, $0, lowest: 16, bits: 32, signed: false, width: .x)
      }
    default: evaluateRare(index, node, target)
    }
  }

  func sum(_ node: Node, _ target: Register, setsFlags: Bool) {
    let (add, subtract): (ARM64Assembler.Arithmetic, ARM64Assembler.Arithmetic) =
      setsFlags ? (.adds, .subs) : (.add, .sub)
    let b = self.node(node.b)
    if let value = constant(node.b) {
      if ARM64Assembler.isArithmeticImmediate(value) {
        return with(node.a, near: target) { asm.arithmetic(add, target, $0, immediate: value) }
      }
      // Not with flags: carry and overflow differ.
      if !setsFlags, ARM64Assembler.isArithmeticImmediate(0 &- value) {
        return with(node.a, near: target) {
          asm.arithmetic(subtract, target, $0, immediate: 0 &- value)
        }
      }
    }
    if !setsFlags, b.kind == .multiply, b.uses == 1, location(node.b) == nil {
      return with(node.a, near: target) { a in
        with(b.a, b.b) { asm.multiply(.madd, target, $0, $1, a) }
      }
    }
    with(node.a, near: target) { a in
      withShifted(node.b, rotates: false) { asm.arithmetic(add, target, a, $0, $1, $2) }
    }
  }

  func difference(_ node: Node, _ target: Register, setsFlags: Bool) {
    let operation: ARM64Assembler.Arithmetic = setsFlags ? .subs : .sub
    let b = self.node(node.b)
    if let value = constant(node.b), ARM64Assembler.isArithmeticImmediate(value) {
      return with(node.a, near: target) { asm.arithmetic(operation, target, $0, immediate: value) }
    }
    if !setsFlags, b.kind == .multiply, b.uses == 1, location(node.b) == nil {
      return with(node.a, near: target) { a in
        with(b.a, b.b) { asm.multiply(.msub, target, $0, $1, a) }
      }
    }
    with(node.a, near: target) { a in
      withShifted(node.b, rotates: false) { asm.arithmetic(operation, target, a, $0, $1, $2) }
    }
  }

  /// The carry is the guest's own, or a constant.
  func sumWithCarry(_ node: Node, _ target: Register, setsFlags: Bool) {
    let carry = self.node(node.c)
    if carry.kind == .bit, carry.immediate == 0 {
      return sum(node, target, setsFlags: setsFlags)
    }
    guard carry.kind == .carry else { return asm.fail() }
    let b = self.node(node.b)
    if b.kind == .not, b.uses == 1, location(node.b) == nil {
      return with(node.a, b.a, near: target) {
        asm.arithmetic(setsFlags ? .sbcs : .sbc, target, $0, $1)
      }
    }
    with(node.a, node.b, near: target) { asm.arithmetic(setsFlags ? .adcs : .adc, target, $0, $1) }
  }

  func logical(
    _ operation: ARM64Assembler.Logical, _ inverse: ARM64Assembler.Logical, _ node: Node,
    _ target: Register
  ) {
    if let value = constant(node.b) {
      if ARM64Assembler.logicalImmediate(UInt64(value), .w) != nil {
        return with(node.a, near: target) {
          asm.logical(operation, target, $0, immediate: UInt64(value))
        }
      }
      if value == 0, operation == .and || operation == .ands {
        return asm.logical(operation, target, .zr, .zr)
      }
    }
    let b = self.node(node.b)
    let isInverted = b.kind == .not && b.uses == 1 && location(node.b) == nil
    with(node.a, near: target) { a in
      withShifted(isInverted ? b.a : node.b, rotates: true) {
        asm.logical(isInverted ? inverse : operation, target, a, $0, $1, $2)
      }
    }
  }
}
