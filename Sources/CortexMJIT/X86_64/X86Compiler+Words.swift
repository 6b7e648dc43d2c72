// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Values of 64 bits, and what is rare.
extension X86Compiler {
  /// Low, high or middle word of a long.
  func evaluatePart(_ node: Node, _ register: Register) {
    if node.kind == .low, let words = lowWords(node.a) {
      return binary(words.operation, words.a, words.b, register, isCommutative: true)
    }
    evaluateLong(node.a, into: register)
    switch node.kind {
    case .low: asm.mov(register, register)
    case .high: asm.shift(.shr, register, 32, .qword)
    default:
      asm.shift(.shr, register, 16, .qword)
      asm.mov(register, register)
    }
  }

  /// The low word of a sum of two sign-extended words is the sum of the words.
  private func lowWords(
    _ index: UInt16
  ) -> (operation: X86Assembler.ALU, a: UInt16, b: UInt16)? {
    let sum = node(index)
    guard place(index) == nil, sum.kind == .longAdd, node(sum.a).kind == .longSigned,
      node(sum.b).kind == .longSigned
    else { return nil }
    return (.add, node(sum.a).a, node(sum.b).a)
  }

  /// Leaves all 64 bits in `register`.
  func evaluateLong(_ index: UInt16, into register: Register) {
    if case .slot(let slot)? = locations[Int(index) - firstNode] {
      return asm.mov(register, .at(.rsp, slot), .qword)
    }
    let node = node(index)
    switch node.kind {
    case .longSigned:
      evaluateExtended(node.a, register)
    case .longUnsigned: evaluate(node.a, into: register)
    case .longPair:
      if case .constant(0)? = place(node.a) {
        evaluate(node.b, into: register)
        return asm.shift(.shl, register, 32, .qword)
      }
      guard let free = scratch(except: register) else { return asm.fail() }
      evaluate(node.b, into: free)
      asm.shift(.shl, free, 32, .qword)
      busy.insert(free)
      evaluate(node.a, into: register)
      busy.remove(free)
      asm.alu(.or, register, free, .qword)
    case .longMultiply: longBinary(node, register) { asm.imul($0, $1, .qword) }
    case .longAdd: longBinary(node, register) { asm.alu(.add, $0, $1, .qword) }
    case .longSubtract: longBinary(node, register) { asm.alu(.sub, $0, $1, .qword) }
    case .longShiftLeft:
      evaluateLong(node.a, into: register)
      asm.shift(.shl, register, node.index, .qword)
    case .dualProduct, .dualDifference: dual(node, register)
    default: asm.fail()
    }
  }

  private func evaluateExtended(_ index: UInt16, _ register: Register) {
    if let place = place(index) {
      if let memory = memory(place) { return asm.movsxd(register, memory) }
      if case .host(let home) = place { return asm.movsxd(register, home) }
    }
    evaluate(index, into: register)
    asm.movsxd(register, register)
  }

  private func longBinary(
    _ node: Node, _ register: Register, _ operate: (Register, Register) -> Void
  ) {
    // A long sits in scratch registers only, so that the operands cannot collide with homes.
    if let free = scratch(except: register) {
      evaluateLong(node.b, into: free)
      busy.insert(free)
      evaluateLong(node.a, into: register)
      busy.remove(free)
      return operate(register, free)
    }
    asm.fail()
  }

  /// The two halves' products, in 64 bits.
  private func dual(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    busy.insert(free)
    defer { busy.remove(free) }
    guard let third = scratch(except: register) else { return asm.fail() }
    // Bottom halves into register, top halves into free.
    load(third, require(node.b))
    load(free, require(node.a))
    asm.movsx(register, .half, third)
    asm.shift(.sar, third, 16)
    // register: b bottom, third: b top.
    busy.insert(third)
    let slot = takeSlot()
    asm.mov(.at(.rsp, slot), register)
    asm.movsx(register, .half, free)
    asm.imul(register, .at(.rsp, slot))
    asm.shift(.sar, free, 16)
    asm.imul(free, third)
    busy.remove(third)
    asm.movsxd(register, register)
    asm.movsxd(free, free)
    asm.alu(node.kind == .dualProduct ? .add : .sub, register, free, .qword)
  }

  /// A place for a node whose word has been made sure to lie somewhere.
  private func require(_ index: UInt16) -> Place {
    if let place = place(index) { return place }
    asm.fail()
    return .constant(0)
  }

  // MARK: Rare words

  func evaluateUncommon(_ node: Node, _ index: UInt16, _ register: Register) {
    switch node.kind {
    case .rotateExtended:
      evaluate(node.a, into: register)
      asm.bt(.at(.rbp, Frame.overflow), 8)
      asm.cmc()
      asm.shift(.rcr, register, 1)
    case .signExtendBytePair: signExtendBytePair(node, register)
    case .reverseBits: reverseBits(node, register)
    case .selectBytes: selectBytes(node, register)
    case .select: select(node, register)
    case .saturateSigned, .saturateUnsigned: saturate(node, register)
    case .saturatingAdd, .saturatingSubtract: saturatingSum(node, register)
    case .divideSigned, .divideUnsigned: divide(node, register)
    default: evaluateFloat(node, index, register)
    }
  }

  private func signExtendBytePair(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluate(node.a, into: free)
    asm.movsx(register, .byte, free)
    asm.movzx(register, .half, register)
    asm.shift(.shl, free, 8)
    asm.shift(.sar, free, 8)
    asm.alu(.and, free, Int32(bitPattern: 0xFFFF_0000))
    asm.alu(.or, register, free)
  }

  private func reverseBits(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluate(node.a, into: register)
    for (mask, amount) in [(0x5555_5555, 1), (0x3333_3333, 2), (0x0F0F_0F0F, 4)] {
      asm.mov(free, register)
      asm.shift(.shr, free, UInt8(amount))
      asm.alu(.and, free, Int32(mask))
      asm.alu(.and, register, Int32(mask))
      asm.shift(.shl, register, UInt8(amount))
      asm.alu(.or, register, free)
    }
    asm.bswap(register)
  }

  private func selectBytes(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluate(node.a, into: free)
    // Spread bit i to bit 8i, then to the whole byte.
    asm.alu(.and, free, 15)
    asm.imul(free, free, 0x0020_4081)
    asm.alu(.and, free, 0x0101_0101)
    asm.imul(free, free, 255)
    busy.insert(free)
    // c ^ ((b ^ c) & mask)
    withOperand(node.c, except: register) { c in
      evaluate(node.b, into: register)
      alu(.xor, register, c)
      asm.alu(.and, register, free)
      alu(.xor, register, c)
    }
    busy.remove(free)
  }

  private func select(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluateBit(node.a, into: free)
    busy.insert(free)
    withOperand(node.b, except: register) { chosen in
      evaluate(node.c, into: register)
      asm.test(free, free)
      switch chosen {
      case .host(let home): asm.cmov(.ne, register, home)
      case .constant(let value):
        asm.mov(free, immediate: value)
        asm.cmov(.ne, register, free)
      case .state, .slot: if let memory = memory(chosen) { asm.cmov(.ne, register, memory) }
      }
    }
    busy.remove(free)
  }

  private func saturate(_ node: Node, _ register: Register) {
    let bits = UInt32(node.index)
    let (low, high): (Int32, Int32) =
      node.kind == .saturateUnsigned
      ? (0, Int32(truncatingIfNeeded: (UInt64(1) << UInt64(min(bits, 31))) - 1))
      : (
        Int32(truncatingIfNeeded: -(Int64(1) << Int64(bits - 1))),
        Int32(truncatingIfNeeded: (Int64(1) << Int64(bits - 1)) - 1)
      )
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluate(node.a, into: register)
    asm.mov(free, immediate: UInt32(bitPattern: high))
    asm.alu(.cmp, register, free)
    asm.cmov(.g, register, free)
    asm.mov(free, immediate: UInt32(bitPattern: low))
    asm.alu(.cmp, register, free)
    asm.cmov(.l, register, free)
  }

  private func saturatingSum(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    busy.insert(free)
    withOperand(node.b, except: register) { b in
      evaluate(node.a, into: register)
      // Where it overflows: the largest or, for a negative a, the lowest number.
      asm.mov(free, register)
      asm.shift(.sar, free, 31)
      asm.alu(.xor, free, Int32.max)
      alu(node.kind == .saturatingAdd ? .add : .sub, register, b)
      asm.cmov(.o, register, free)
    }
    busy.remove(free)
  }

  private func divide(_ node: Node, _ register: Register) {
    // The operands are registers of the guest; a zero divisor has left.
    guard busy.isEmpty, let (a, b) = dividends(node) else { return asm.fail() }
    if case .constant = b { return asm.fail() }
    load(.rcx, b)
    load(.rax, a)
    let done = asm.makeLabel()
    if node.kind == .divideSigned {
      let plain = asm.makeLabel()
      asm.alu(.cmp, .rcx, -1)
      asm.j(.ne, plain)
      asm.unary(.neg, .rax)
      asm.jmp(done)
      asm.bind(plain)
      asm.cdq()
      asm.unary(.idiv, .rcx)
    } else {
      asm.mov(.rdx, immediate: 0)
      asm.unary(.div, .rcx)
    }
    asm.bind(done)
    load(register, .host(.rax))
  }

  private func dividends(_ node: Node) -> (Place, Place)? {
    guard let a = place(node.a), let b = place(node.b) else { return nil }
    return (a, b)
  }

  /// AddWithCarry with the guest's carry or a constant one; the last instruction that touches the
  /// host's flags is the sum.
  func sumWithCarry(_ node: Node, _ register: Register) {
    let carry = self.node(node.c)
    guard carry.kind == .carry else {
      if carry.kind == .bit, carry.immediate == 0 {
        return binary(.add, node.a, node.b, register, isCommutative: true)
      }
      return asm.fail()
    }
    let inverse = self.node(node.b)
    let isDifference = inverse.kind == .not && place(node.b) == nil
    let (b, operation) = isDifference ? (inverse.a, X86Assembler.ALU.sbb) : (node.b, .adc)
    let target: Register = place(b) == .host(register) ? .rax : register
    withOperand(b, except: target) {
      evaluate(node.a, into: target)
      // Bit 8 from V on is "not C".
      asm.bt(.at(.rbp, Frame.overflow), 8)
      if !isDifference { asm.cmc() }
      alu(operation, target, $0)
    }
    if target != register { asm.mov(register, target) }
  }
}
