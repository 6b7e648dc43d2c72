// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// The end of an instruction, when nothing can stop it any more: all values first, as they were at
// its beginning, then everything that it changes.
extension ARM64Compiler {
  func finish() {
    let carry = evaluateCarry()
    for bit in effects.saturated { noteSaturated(bit) }
    if let lanes = effects.greaterOrEqual {
      with(lanes) {
        asm.transfer(.strw, $0, ARM64Frame.state, StateLayout.greaterOrEqual)
      }
    }
    let condition = evaluateCondition()
    finishSingles()
    if let compare = effects.compare { floatCompare(compare) }
    finishRegisters(carry)
    if effects.copiesFloatFlags { copyFloatFlags() }
    finishBranch(condition)
  }

  // MARK: Registers and flags

  private func evaluateCarry() -> Register? {
    guard case .nzc(_, let carry) = effects.flags, block.liveFlags[index].contains(.carry),
      node(carry).kind != .bit
    else { return nil }
    return operand(carry)
  }

  private func finishRegisters(_ carry: Register?) {
    let sets = effects.registers
    if sets.count == 1, sets[0].number != 13 {
      return finishRegister(sets[0].number, sets[0].node, carry)
    }
    // Values first, out of the way of what is written.
    let written = sets.map { Self.home($0.number) }
    var values: [Register] = []
    for set in sets {
      var value = operand(set.node)
      if written.contains(value), value != Self.home(set.number) || sets.count > 1 {
        let copy = take()
        asm.mov(copy, value)
        value = copy
      }
      values.append(value)
    }
    setFlags(carry)
    for (set, value) in zip(sets, values) {
      if set.number == 13 {
        setStackPointer(value)
      } else if value != Self.home(set.number) {
        asm.mov(Self.home(set.number), value)
      }
    }
  }

  /// One register, perhaps with the flags of the same value.
  private func finishRegister(_ number: UInt8, _ value: UInt16, _ carry: Register?) {
    let home = Self.home(number)
    if case .nzcv(let sum) = effects.flags, sum == value, !block.liveFlags[index].isEmpty,
      location(sum) == nil
    {
      return flagged(sum, into: home)
    }
    if location(value) != home { evaluate(value, into: home) }
    // Whoever asks for the value now finds it there.
    setLocation(value, home)
    setFlags(carry)
  }

  private func setFlags(_ carry: Register?) {
    let live = block.liveFlags[index]
    switch effects.flags {
    case nil: return
    case .nzcv(let sum):
      guard !live.isEmpty else { return }
      // Nothing but its flags, if its value is there already.
      flagged(sum, into: .zr)
    case .nz(let word): with(word) { setNZ($0, .kept, live) }
    case .nzc(let word, let bit):
      with(word) {
        if node(bit).kind == .bit {
          setNZ($0, .constant(node(bit).immediate != 0), live)
        } else if let carry {
          setNZ($0, .bit(carry), live)
        } else {
          setNZ($0, .kept, live)
        }
      }
    }
  }

  private func flagged(_ sum: UInt16, into target: Register) {
    let node = node(sum)
    switch node.kind {
    case .difference: difference(node, target, setsFlags: true)
    case .addWithCarry: sumWithCarry(node, target, setsFlags: true)
    default: asm.fail()
    }
  }

  private enum CarrySource {
    case kept
    case constant(Bool)
    case bit(Register)
  }

  /// N and Z of a word, and C; V, and C where it is kept, stay as far as anybody will ask.
  private func setNZ(_ word: Register, _ carry: CarrySource, _ live: FlagSet) {
    var kept: UInt32 = live.contains(.overflow) ? 1 : 0
    var isBit: Register?
    var isSet = false
    switch carry {
    case .kept: if live.contains(.carry) { kept |= 2 }
    case .constant(let bit): isSet = bit && live.contains(.carry)
    case .bit(let register): isBit = live.contains(.carry) ? register : nil
    }
    if live.isDisjoint(with: [.negative, .zero, .carry]) { return }
    if kept == 0, isBit == nil {
      // CMP with zero sets C, TST clears it.
      if isSet { return asm.arithmetic(.subs, .zr, word, immediate: 0) }
      return asm.logical(.ands, .zr, word, word)
    }
    if hasFlagManipulation {
      moveFlags(word, kept, isBit, isSet)
    } else {
      composeFlags(word, kept, isBit, isSet)
    }
  }

  private func moveFlags(_ word: Register, _ kept: UInt32, _ bit: Register?, _ isSet: Bool) {
    withScratch { old in
      if kept != 0 { asm.mrs(old, .nzcv) }
      if isSet {
        asm.arithmetic(.subs, .zr, word, immediate: 0)
      } else {
        asm.logical(.ands, .zr, word, word)
      }
      if kept != 0 { asm.rmif(old, lowest: 28, mask: kept) }
      if let bit { asm.rmif(bit, lowest: 63, mask: 2) }
    }
  }

  private func composeFlags(_ word: Register, _ kept: UInt32, _ bit: Register?, _ isSet: Bool) {
    withScratch { flags in
      withScratch { old in
        if kept != 0 { asm.mrs(old, .nzcv) }
        asm.logical(.ands, .zr, word, word)
        asm.mrs(flags, .nzcv)
        if kept != 0 {
          asm.logical(.and, old, old, immediate: UInt64(kept) << 28)
          asm.logical(.orr, flags, flags, old)
        }
        if let bit { asm.logical(.orr, flags, flags, bit, .lsl, 29) }
        if isSet { asm.logical(.orr, flags, flags, immediate: 1 << 29) }
        asm.msr(.nzcv, flags)
      }
    }
  }

  /// r13 keeps its low bits clear, and its lowest value is noted.
  private func setStackPointer(_ value: Register) {
    asm.logical(.and, .x13, value, immediate: 0xFFFF_FFFC)
    withScratch { lowest in
      asm.transfer(.ldrw, lowest, ARM64Frame.state, StateLayout.lowestPointer)
      asm.arithmetic(.sub, lowest, .x13, lowest, width: .x)
      let (lower, done) = (asm.makeLabel(), asm.makeLabel())
      asm.tbnz(lowest, 63, lower)
      asm.bind(done)
      later { [self] in
        asm.bind(lower)
        asm.transfer(.strw, .x13, ARM64Frame.state, StateLayout.lowestPointer)
        asm.b(done)
      }
    }
  }

  private func noteSaturated(_ bit: UInt16) {
    let done = asm.makeLabel()
    func store(_ register: Register) {
      asm.cbz(register, done)
      withScratch {
        asm.mov($0, constant: 1)
        asm.transfer(.strw, $0, ARM64Frame.state, StateLayout.saturationWord)
      }
    }
    switch node(bit).kind {
    case .exceedsWord, .hasSaturated: withExcess(bit, store)
    default: with(bit, store)
    }
    asm.bind(done)
  }

  // MARK: Branches

  /// The register that decides a conditional branch, and whether zero takes it.
  private func evaluateCondition() -> (Register, isZero: Bool)? {
    guard case .directIf(let bit, _) = effects.branch else { return nil }
    let node = node(bit)
    if node.kind == .isZero { return (operand(node.a), true) }
    let inner = self.node(node.a)
    if node.kind == .bitNot, inner.kind == .isZero { return (operand(inner.a), false) }
    return (operand(bit), false)
  }

  private func finishBranch(_ condition: (Register, isZero: Bool)?) {
    switch effects.branch {
    case nil: return
    case .direct(let target): edge(to: target, isTaken: true)
    case .directIf(_, let target):
      guard let (register, isZero) = condition else { return asm.fail() }
      let taken = asm.makeLabel()
      if isZero { asm.cbz(register, taken) } else { asm.cbnz(register, taken) }
      later { [self] in
        asm.bind(taken)
        edge(to: target, isTaken: true)
      }
    case .indirect(let place):
      // What has been charged for instructions behind this one, if any.
      refundRest()
      if place != .x15 { asm.mov(.x15, place) }
      asm.transfer(.ldrw, .x16, ARM64Frame.entries, .x15, .uxtw, scaled: true)
      asm.arithmetic(.add, .x16, ARM64Frame.code, .x16, width: .x)
      asm.br(.x16)
    }
  }

  private func refundRest() {
    guard index + 1 < block.cycles.count else { return }
    withScratch {
      asm.mov($0, constant: UInt64(UInt32(bitPattern: charge(from: index + 1))))
      asm.arithmetic(.add, ARM64Frame.budget, ARM64Frame.budget, $0, width: .x)
    }
  }
}
