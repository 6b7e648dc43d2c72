// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Truth: host conditions, and bits as words of 0 and 1.
extension X86Compiler {
  /// Sets the host's flags and says what they must be for the bit to be set.
  func test(_ index: UInt16) -> Condition {
    let node = node(index)
    switch node.kind {
    case .isZero, .isNegative:
      switch place(node.a) {
      case .host(let home)?: asm.test(home, home)
      case .state(let offset)?: asm.alu(.cmp, .at(.rbp, offset), 0)
      default:
        evaluate(node.a, into: .rax)
        asm.test(.rax, .rax)
      }
      return node.kind == .isZero ? .e : .s
    case .bitNot: return test(node.a).inverted
    default:
      evaluateBit(index, into: .rax)
      asm.test(.rax, .rax)
      return .ne
    }
  }

  /// Leaves 0 or 1 in `register`.
  func evaluateBit(_ index: UInt16, into register: Register) {
    if let place = locations[Int(index) - firstNode] { return load(register, place) }
    let node = node(index)
    switch node.kind {
    case .bit: asm.mov(register, immediate: node.immediate)
    case .isZero, .isNegative:
      withOperand(node.a, except: register) { place in
        asm.mov(register, immediate: 0)
        switch place {
        case .host(let home): asm.test(home, home)
        case .constant(let value):
          asm.alu(.cmp, register, Int32(bitPattern: 0 &- value))
        case .state, .slot:
          if let memory = memory(place) { asm.alu(.cmp, memory, 0) }
        }
        asm.set(node.kind == .isZero ? .e : .s, register)
      }
    case .testBit:
      evaluate(node.a, into: register)
      if node.index > 0 { asm.shift(.shr, register, node.index) }
      asm.alu(.and, register, 1)
    case .bitNot:
      evaluateBit(node.a, into: register)
      asm.alu(.xor, register, 1)
    case .bitAnd, .bitOr, .bitExclusiveOr: combineBits(node, register)
    case .exceedsWord: exceedsWord(node, register)
    case .hasSaturated: hasSaturated(node, register)
    case .carry:
      asm.movzx(register, .byte, .at(.rbp, Frame.borrow))
      asm.unary(.not, register)
      asm.alu(.and, register, 1)
    case .shiftByRegisterCarry: carryOfShift(node, register)
    default: asm.fail()
    }
  }

  private func combineBits(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluateBit(node.b, into: free)
    busy.insert(free)
    evaluateBit(node.a, into: register)
    busy.remove(free)
    switch node.kind {
    case .bitAnd: asm.alu(.and, register, free)
    case .bitOr: asm.alu(.or, register, free)
    default: asm.alu(.xor, register, free)
    }
  }

  private func exceedsWord(_ node: Node, _ register: Register) {
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluateLong(node.a, into: free)
    asm.movsxd(register, free)
    asm.alu(.cmp, free, register, .qword)
    asm.mov(register, immediate: 0)
    asm.set(.ne, register)
  }

  /// Of a saturating node whose operands lie somewhere.
  private func hasSaturated(_ node: Node, _ register: Register) {
    let value = self.node(node.a)
    switch value.kind {
    case .saturatingAdd, .saturatingSubtract:
      withOperand(value.b, except: register) {
        evaluate(value.a, into: register)
        alu(value.kind == .saturatingAdd ? .add : .sub, register, $0)
      }
      asm.mov(register, immediate: 0)
      asm.set(.o, register)
    default:
      guard let free = scratch(except: register) else { return asm.fail() }
      evaluate(node.a, into: free)
      busy.insert(free)
      withOperand(value.a, except: register) { alu(.cmp, free, $0) }
      busy.remove(free)
      asm.mov(register, immediate: 0)
      asm.set(.ne, register)
    }
  }

  /// The last bit that LSL, LSR, ASR or ROR by a register shifts out: C where the amount is 0.
  private func carryOfShift(_ node: Node, _ register: Register) {
    let kind = ShiftKind(rawValue: node.index) ?? .left
    guard let free = scratch(except: register) else { return asm.fail() }
    evaluate(node.b, into: free)
    asm.movzx(free, .byte, free)
    busy.insert(free)
    let (unshifted, end) = (asm.makeLabel(), asm.makeLabel())
    asm.test(free, free)
    asm.j(.e, unshifted)
    evaluate(node.a, into: register)
    switch kind {
    case .left:
      // Bit 32 of the value shifted in 64 bits, 0 beyond 32.
      clamp(free)
      asm.shift(.shlx, register, register, by: free, .qword)
      asm.shift(.shr, register, 32, .qword)
    case .right, .arithmetic:
      if kind == .arithmetic { asm.movsxd(register, register) }
      asm.alu(.sub, free, 1)
      clamp(free)
      asm.shift(kind == .right ? .shrx : .sarx, register, register, by: free, .qword)
    case .rotate, .rotateExtended:
      asm.alu(.sub, free, 1)
      asm.shift(.shrx, register, register, by: free)
    }
    asm.alu(.and, register, 1)
    asm.jmp(end)
    asm.bind(unshifted)
    asm.movzx(register, .byte, .at(.rbp, Frame.borrow))
    asm.unary(.not, register)
    asm.alu(.and, register, 1)
    asm.bind(end)
    busy.remove(free)
  }

  private func clamp(_ amount: Register) {
    let skip = asm.makeLabel()
    asm.alu(.cmp, amount, 63)
    asm.j(.be, skip)
    asm.mov(amount, immediate: 63)
    asm.bind(skip)
  }
}
