// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Values: trees of nodes into registers.
extension X86Compiler {
  func memory(_ place: Place) -> Memory? {
    switch place {
    case .state(let offset): .at(.rbp, offset)
    case .slot(let offset): .at(.rsp, offset)
    case .host, .constant: nil
    }
  }

  func load(_ register: Register, _ place: Place) {
    switch place {
    case .host(let source): if source != register { asm.mov(register, source) }
    case .state(let offset): asm.mov(register, .at(.rbp, offset))
    case .slot(let offset): asm.mov(register, .at(.rsp, offset))
    case .constant(let value): asm.mov(register, immediate: value)
    }
  }

  func alu(_ operation: X86Assembler.ALU, _ register: Register, _ place: Place) {
    switch place {
    case .host(let source): asm.alu(operation, register, source)
    case .state(let offset): asm.alu(operation, register, .at(.rbp, offset))
    case .slot(let offset): asm.alu(operation, register, .at(.rsp, offset))
    case .constant(let value): asm.alu(operation, register, Int32(bitPattern: value))
    }
  }

  /// Where a node's word lies, if it need not be computed.
  func place(_ index: UInt16) -> Place? {
    let node = node(index)
    switch node.kind {
    case .constant: return .constant(node.immediate)
    case .register: return Self.home(node.index)
    case .single: return .state(Frame.single(node.index))
    case .greaterOrEqual: return .state(Frame.greaterOrEqual)
    default: return locations[Int(index) - firstNode]
    }
  }

  func setPlace(_ index: Int, _ place: Place) { locations[index - firstNode] = place }

  func takeSlot() -> Int {
    let offset = slotCount * 8
    slotCount += 1
    if offset + 8 > Frame.slots { asm.fail() }
    return offset
  }

  /// A scratch register that is not in use.
  func scratch(except register: Register) -> Register? {
    [Register.rax, .rcx, .rdx].first { $0 != register && !busy.contains($0) }
  }

  /// Runs `body` with the node's word somewhere that is not `register`.
  func withOperand(_ index: UInt16, except register: Register, _ body: (Place) -> Void) {
    if let place = place(index), place != .host(register) { return body(place) }
    if let free = scratch(except: register) {
      evaluate(index, into: free)
      busy.insert(free)
      body(.host(free))
      busy.remove(free)
    } else {
      let slot = takeSlot()
      evaluate(index, into: register)
      asm.mov(.at(.rsp, slot), register, .qword)
      body(.slot(slot))
    }
  }

  /// As `withOperand`, in a register.
  func withRegister(_ index: UInt16, except register: Register, _ body: (Register) -> Void) {
    if case .host(let home)? = place(index), home != register { return body(home) }
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluate(index, into: free)
    busy.insert(free)
    body(free)
    busy.remove(free)
  }

  /// Leaves the node's word in `register`. Of the other registers only scratch ones that are not
  /// busy change.
  func evaluate(_ index: UInt16, into register: Register) {
    if let place = place(index) { return load(register, place) }
    let node = node(index)
    switch node.kind {
    case .add where node.b != node.a && isConstant(node.b):
      if case .host(let a)? = place(node.a), a != register {
        asm.lea(register, .at(a, Int(Int32(bitPattern: self.node(node.b).immediate))))
      } else {
        binary(.add, node, register, isCommutative: true)
      }
    case .add:
      if !sumByAddress(node, register) { binary(.add, node, register, isCommutative: true) }
    case .addWithCarry: sumWithCarry(node, register)
    case .subtract, .difference: binary(.sub, node, register, isCommutative: false)
    case .and: evaluateAnd(node, register)
    case .or: binary(.or, node, register, isCommutative: true)
    case .exclusiveOr: binary(.xor, node, register, isCommutative: true)
    case .not:
      evaluate(node.a, into: register)
      asm.unary(.not, register)
    case .multiply: multiply(node, register)
    case .shiftLeft: shift(.shl, node, register)
    case .shiftRight: shift(.shr, node, register)
    case .shiftRightSigned: shift(.sar, node, register)
    case .rotateRight: rotate(node, register)
    case .signExtendByte: extend(node.a, register, .byte, signed: true)
    case .signExtendHalf: extend(node.a, register, .half, signed: true)
    case .countLeadingZeros: countLeadingZeros(node, register)
    case .reverseBytes:
      evaluate(node.a, into: register)
      asm.bswap(register)
    case .shiftByRegister: shiftByRegister(node, register)
    case .low, .high, .middle: evaluatePart(node, register)
    default: evaluateUncommon(node, index, register)
    }
  }

  func isConstant(_ index: UInt16) -> Bool { node(index).kind == .constant }

  private func binary(
    _ operation: X86Assembler.ALU, _ node: Node, _ register: Register, isCommutative: Bool
  ) {
    binary(operation, node.a, node.b, register, isCommutative: isCommutative)
  }

  /// The last instruction sets the host's flags by the operation; moves may follow.
  func binary(
    _ operation: X86Assembler.ALU, _ a: UInt16, _ b: UInt16, _ register: Register,
    isCommutative: Bool
  ) {
    let (placeA, placeB) = (place(a), place(b))
    if let placeB, placeB != .host(register) {
      evaluate(a, into: register)
      alu(operation, register, placeB)
    } else if isCommutative, let placeA, placeA != .host(register) {
      evaluate(b, into: register)
      alu(operation, register, placeA)
    } else if placeB == .host(register) {
      if isCommutative {
        return withOperand(a, except: register) { alu(operation, register, $0) }
      }
      guard let free = scratch(except: register) else { return asm.fail() }
      evaluate(a, into: free)
      asm.alu(operation, free, register)
      asm.mov(register, free)
    } else {
      withOperand(b, except: register) {
        evaluate(a, into: register)
        alu(operation, register, $0)
      }
    }
  }

  /// a + b, a + (b << n) of registers in one LEA.
  private func sumByAddress(_ node: Node, _ register: Register) -> Bool {
    guard case .host(let a)? = place(node.a) else { return false }
    if case .host(let b)? = place(node.b) {
      if a == register || b == register { return false }
      asm.lea(register, .at(a, b))
      return true
    }
    let shifted = self.node(node.b)
    guard locations[Int(node.b) - firstNode] == nil, shifted.kind == .shiftLeft, shifted.index <= 3,
      case .host(let b)? = place(shifted.a)
    else { return false }
    asm.lea(register, .at(a, b, times: 1 << Int(shifted.index)))
    return true
  }

  private func evaluateAnd(_ node: Node, _ register: Register) {
    if isConstant(node.b) {
      switch self.node(node.b).immediate {
      case 0xFF: return extend(node.a, register, .byte, signed: false)
      case 0xFFFF: return extend(node.a, register, .half, signed: false)
      default: break
      }
    }
    let inverse = self.node(node.b)
    if inverse.kind == .not, place(node.b) == nil, features.hasBMI1 {
      // a & ~m
      return withOperand(node.a, except: register) { a in
        if case .host(let home) = a, case .host(let mask)? = place(inverse.a) {
          return asm.andn(register, not: mask, home)
        }
        evaluate(node.b, into: register)
        alu(.and, register, a)
      }
    }
    binary(.and, node, register, isCommutative: true)
  }

  private func multiply(_ node: Node, _ register: Register) {
    func times(_ place: Place) {
      switch place {
      case .host(let other): asm.imul(register, other)
      case .constant(let value): asm.imul(register, register, Int32(bitPattern: value))
      case .state(let offset): asm.imul(register, .at(.rbp, offset))
      case .slot(let offset): asm.imul(register, .at(.rsp, offset))
      }
    }
    if place(node.b) == .host(register), let a = place(node.a) {
      times(a)
    } else {
      withOperand(node.b, except: register) {
        evaluate(node.a, into: register)
        times($0)
      }
    }
  }

  private func shift(_ operation: X86Assembler.Shift, _ node: Node, _ register: Register) {
    evaluate(node.a, into: register)
    asm.shift(operation, register, node.index)
  }

  private func rotate(_ node: Node, _ register: Register) {
    if features.hasBMI2, case .host(let a)? = place(node.a) {
      return asm.rorx(register, a, node.index)
    }
    shift(.ror, node, register)
  }

  private func extend(
    _ a: UInt16, _ register: Register, _ access: X86Assembler.Access, signed: Bool
  ) {
    if let place = place(a) {
      if let memory = memory(place) {
        return signed
          ? asm.movsx(register, access, memory) : asm.movzx(register, access, memory)
      }
      if case .host(let home) = place {
        return signed ? asm.movsx(register, access, home) : asm.movzx(register, access, home)
      }
    }
    evaluate(a, into: register)
    if signed {
      asm.movsx(register, access, register)
    } else {
      asm.movzx(register, access, register)
    }
  }

  private func countLeadingZeros(_ node: Node, _ register: Register) {
    evaluate(node.a, into: register)
    if features.hasLZCNT {
      asm.lzcnt(register, register)
    } else {
      // 63 - position of the highest bit of 2a + 1, in 64 bits.
      asm.lea(register, .at(register, register, 1), .qword)
      asm.bsr(register, register, .qword)
      asm.unary(.neg, register)
      asm.alu(.add, register, 32)
    }
  }

  /// By 0 to 255: more than 31 shifts everything out.
  private func shiftByRegister(_ node: Node, _ register: Register) {
    guard features.hasBMI2 else { return asm.fail() }
    let kind = ShiftKind(rawValue: node.index) ?? .left
    withRegister(node.b, except: register) { amountHome in
      var amount = amountHome
      // The amount must survive the value, and be a byte.
      let free = scratchPair(register, amount)
      asm.movzx(free, .byte, amount)
      amount = free
      let wasBusy = busy.contains(free)
      busy.insert(free)
      defer { if !wasBusy { busy.remove(free) } }
      switch kind {
      case .rotate, .rotateExtended:
        evaluate(node.a, into: register)
        rotateByRegister(register, amount)
      case .arithmetic:
        evaluate(node.a, into: register)
        asm.movsxd(register, register)
        clampTo63(amount)
        asm.shift(.sarx, register, register, by: amount, .qword)
        asm.mov(register, register)
      case .left, .right:
        evaluate(node.a, into: register)
        clampTo63(amount)
        asm.shift(kind == .left ? .shlx : .shrx, register, register, by: amount, .qword)
        asm.mov(register, register)
      }
    }
  }

  /// min(amount, 63).
  private func clampTo63(_ amount: Register) {
    let skip = asm.makeLabel()
    asm.alu(.cmp, amount, 63)
    asm.j(.be, skip)
    asm.mov(amount, immediate: 63)
    asm.bind(skip)
  }

  /// A scratch register for an amount: the one that it is in already, if it is one.
  private func scratchPair(_ register: Register, _ amount: Register) -> Register {
    if busy.contains(amount) { return amount }
    guard let free = scratch(except: register) else {
      asm.fail()
      return .rcx
    }
    return free
  }

  /// By rcx, through the one rotation that takes a register.
  private func rotateByRegister(_ register: Register, _ amount: Register) {
    guard register != .rcx else {
      guard let free = scratch(except: amount) else { return asm.fail() }
      asm.mov(free, register)
      asm.mov(.rcx, amount)
      asm.shiftByCL(.ror, free)
      asm.mov(.rcx, free)
      return
    }
    if amount == .rcx { return asm.shiftByCL(.ror, register) }
    if busy.contains(.rcx) { return asm.fail() }
    asm.mov(.rcx, amount)
    asm.shiftByCL(.ror, register)
  }
}
