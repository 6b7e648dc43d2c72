// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Instructions that set flags: computed only where somebody asks, at once or on the way out.
extension X86Compiler {
  /// The one flag effect of an instruction, with what else it writes.
  func emitFlags(_ effect: Node, _ sets: [Int]) {
    let live = block.liveFlags[index].intersection(instruction.flagsWritten)
    let set = sets.first.map { nodes[$0] }
    if effect.kind == .setNZCV {
      emitSum(effect.a, set, live)
    } else {
      emitLogic(effect, set, live)
    }
  }

  /// The condition that the next instruction asks the host's flags for.
  private var consumer: UInt8? {
    let next = index + 1
    guard next < block.instructions.count, block.instructions[next].condition != 14 else {
      return nil
    }
    if let run, next < run.end { return nil }
    return block.instructions[next].condition
  }

  private func canDelay(_ flags: FlagSet, _ registers: UInt16) -> Bool {
    instruction.condition == 14 && block.canDelayFlags(of: index, flags, from: registers)
  }

  // MARK: Sums and differences

  private func emitSum(_ word: UInt16, _ set: Node?, _ live: FlagSet) {
    if live.isEmpty {
      if let set { emitSet(set) }
      pending = PendingFlags()
      return
    }
    let sum = remembered(word, set)
    let isDelayed = sum.map { canDelay(live, $0.a.registers | $0.b.registers) } ?? false
    if let sum, isDelayed, consumer == nil {
      if let set { emitSet(set) }
      pending = .all(sum)
      return
    }
    var kind = flaggedSum(node(word), set)
    if let sum, isDelayed {
      pending = .all(sum)
    } else {
      materialise(
        .all(PendingFlags.Sum(isSubtraction: true, a: .constant(0), b: .constant(0))), host: kind)
      kind = .subtraction
      pending = PendingFlags()
    }
    host = kind
    if let set, set.index == 13 {
      // The flags are in memory: no recipe has r13.
      emitSet(set)
      host = nil
    }
  }

  /// The sum on the host, flags and all.
  private func flaggedSum(_ sum: Node, _ set: Node?) -> HostFlags {
    var target = Register.rax
    if let set, set.index != 13, case .host(let home) = Self.home(set.index) { target = home }
    var kind = HostFlags.addition
    if sum.kind == .difference {
      kind = .subtraction
      if set == nil {
        compare(sum)
      } else {
        binary(.sub, sum.a, sum.b, target, isCommutative: false)
      }
    } else {
      sumWithCarry(sum, target)
      let isCarry = node(sum.c).kind == .carry
      if isCarry, node(sum.b).kind == .not, place(sum.b) == nil { kind = .subtraction }
    }
    if let set, set.index != 13, target == .rax {
      asm.mov(.at(.rbp, Frame.register(set.index)), .rax)
    }
    return kind
  }

  private func compare(_ difference: Node) {
    let (a, b) = (place(difference.a), place(difference.b))
    switch (a, b) {
    case (.host(let home)?, let b?): alu(.cmp, home, b)
    case (.state(let offset)?, .constant(let value)?):
      asm.alu(.cmp, .at(.rbp, offset), Int32(bitPattern: value))
    case (.state(let offset)?, .host(let home)?): asm.alu(.cmp, .at(.rbp, offset), home)
    case (.host(let home)?, nil):
      evaluate(difference.b, into: .rax)
      asm.alu(.cmp, home, .rax)
    default: binary(.sub, difference.a, difference.b, .rax, isCommutative: false)
    }
  }

  /// How to have the sum again once the instruction has been run.
  private func remembered(_ word: UInt16, _ set: Node?) -> PendingFlags.Sum? {
    let sum = node(word)
    let isSubtraction = sum.kind == .difference
    if !isSubtraction {
      guard node(sum.c).kind == .bit, node(sum.c).immediate == 0 else { return nil }
    }
    guard let a = operand(sum.a), let b = operand(sum.b), set?.index != 13 else { return nil }
    guard let set else { return PendingFlags.Sum(isSubtraction: isSubtraction, a: a, b: b) }
    let d = set.index
    switch (a == .register(d), b == .register(d)) {
    case (false, false): return PendingFlags.Sum(isSubtraction: isSubtraction, a: a, b: b)
    case (true, true): return nil
    case (true, false): return restored(d, b, isSubtraction)
    case (false, true):
      if !isSubtraction { return restored(d, a, false) }
      guard case .register(let n) = a else { return nil }
      return PendingFlags.Sum(isSubtraction: true, a: a, b: .minus(n, d))
    }
  }

  /// d was a and is a ± b.
  private func restored(_ d: UInt8, _ b: Remembered, _ isSubtraction: Bool) -> PendingFlags.Sum? {
    switch b {
    case .constant(let value):
      let old = Remembered.sum(d, isSubtraction ? value : 0 &- value)
      return PendingFlags.Sum(isSubtraction: isSubtraction, a: old, b: b)
    case .register(let m):
      return PendingFlags.Sum(
        isSubtraction: isSubtraction, a: isSubtraction ? .plus(d, m) : .minus(d, m), b: b)
    default: return nil
    }
  }

  private func operand(_ index: UInt16) -> Remembered? {
    let node = node(index)
    switch node.kind {
    case .constant: return .constant(node.immediate)
    case .register: return .register(node.index)
    default: return nil
    }
  }

  // MARK: N and Z of a word, perhaps with a carry

  private func emitLogic(_ effect: Node, _ set: Node?, _ live: FlagSet) {
    // RRX reads the C that is about to be written.
    if effect.kind == .setNZC, instruction.readsFlagsItself(nodes) { keep(Int(effect.a)) }
    if effect.kind == .setNZC { emitCarry(node(effect.b), effect.b, set, live.contains(.carry)) }
    let flags = live.intersection([.negative, .zero])
    if flags.isEmpty {
      if let set { emitSet(set) }
      pending.negativeZero = .memory
      return
    }
    let word = remembered(logic: effect.a, set)
    let isDelayed = word.map { canDelay(flags, $0.registers) } ?? false
    let isConsumed = consumer.map { HostFlags.logic.condition($0) != nil } ?? false
    if let word, isDelayed, !isConsumed {
      if let set { emitSet(set) }
      pending.negativeZero = .word(word)
      return
    }
    flaggedLogic(effect.a, set)
    host = .logic
    if let word, isDelayed {
      pending.negativeZero = .word(word)
    } else {
      saveNegativeZero()
      pending.negativeZero = .memory
    }
  }

  private func emitCarry(_ bit: Node, _ index: UInt16, _ set: Node?, _ isLive: Bool) {
    guard isLive else {
      pending.carry = .memory
      return
    }
    if bit.kind == .bit, instruction.condition == 14 {
      pending.carry = .constant(bit.immediate != 0)
      return
    }
    pending.carry = .memory
    let source = node(bit.a)
    if bit.kind == .bit {
      asm.mov(.at(.rbp, Frame.borrow), byte: bit.immediate != 0 ? 0 : 1)
    } else if bit.kind == .testBit, source.kind == .register {
      if set?.index != source.index, canDelay(.carry, 1 << UInt16(source.index)) {
        pending.carry = .bit(source.index, bit.index)
        return
      }
      switch Self.home(source.index) {
      case .host(let home): asm.bt(home, bit.index)
      default: asm.bt(.at(.rbp, Frame.register(source.index)), bit.index)
      }
      asm.set(.ae, .at(.rbp, Frame.borrow))
    } else {
      evaluateBit(index, into: .rax)
      asm.alu(.xor, .rax, 1)
      asm.store(.byte, .at(.rbp, Frame.borrow), .rax)
    }
  }

  private func remembered(logic word: UInt16, _ set: Node?) -> Remembered? {
    let node = node(word)
    if node.kind == .constant { return .constant(node.immediate) }
    if let set { return set.index == 13 ? nil : .register(set.index) }
    if node.kind == .register { return .register(node.index) }
    guard node.kind == .and, let a = operand(node.a), case .register(let n) = a else { return nil }
    switch operand(node.b) {
    case .constant(let value)?: return .and(n, value)
    case .register(let m)?: return .andRegister(n, m)
    default: return nil
    }
  }

  private func flaggedLogic(_ word: UInt16, _ set: Node?) {
    let value = node(word)
    guard let set else { return testLogic(word, value) }
    emitSet(set)
    guard set.index != 13, case .host(let home) = Self.home(set.index) else {
      return asm.alu(.cmp, .at(.rbp, Frame.register(set.index)), 0)
    }
    switch value.kind {
    case .or where place(word) == nil, .exclusiveOr where place(word) == nil: break
    case .and where place(word) == nil && !isExtension(value): break
    default: asm.test(home, home)
    }
  }

  private func isExtension(_ value: Node) -> Bool {
    guard isConstant(value.b) else { return false }
    let mask = node(value.b).immediate
    return mask == 0xFF || mask == 0xFFFF
  }

  private func testLogic(_ word: UInt16, _ value: Node) {
    if value.kind == .and, case .host(let a)? = place(value.a) {
      switch place(value.b) {
      case .host(let b)?: return asm.test(a, b)
      case .constant(let mask)?: return asm.test(a, mask)
      default: break
      }
    }
    evaluate(word, into: .rax)
    asm.test(.rax, .rax)
  }
}
