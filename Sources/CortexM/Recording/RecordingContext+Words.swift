// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Shifts: by constants of 1 to 31 only, the others folded.
extension RecordingContext {
  private func shift(_ kind: NodeKind, _ a: Word, _ amount: UInt8) -> Word {
    amount == 0 ? a : word(kind, a, index: amount & 31)
  }
  func shiftLeft(_ a: Word, _ amount: UInt8) -> Word {
    if let x = value(a) { return constant(x &<< UInt32(amount)) }
    return shift(.shiftLeft, a, amount)
  }
  func shiftRight(_ a: Word, _ amount: UInt8) -> Word { shift(.shiftRight, a, amount) }
  func shiftRightSigned(_ a: Word, _ amount: UInt8) -> Word {
    shift(.shiftRightSigned, a, amount)
  }
  func rotateRight(_ a: Word, _ amount: UInt8) -> Word { shift(.rotateRight, a, amount & 31) }

  func shift(_ a: Word, _ kind: ShiftKind, _ amount: UInt8) -> Word {
    switch kind {
    case .left: shiftLeft(a, amount)
    case .right: amount >= 32 ? constant(0) : shiftRight(a, amount)
    case .arithmetic: shiftRightSigned(a, min(amount, 31))
    case .rotate: rotateRight(a, amount)
    case .rotateExtended: word(.rotateExtended, a)
    }
  }

  func shiftWithCarry(_ a: Word, _ kind: ShiftKind, _ amount: UInt8) -> Shifted<Word, Bit> {
    let result = shift(a, kind, amount)
    let out: UInt8? =
      switch kind {
      case .left: amount == 0 ? nil : 32 &- amount
      case .right, .arithmetic, .rotate: amount &- 1
      case .rotateExtended: 0
      }
    return Shifted(
      result: result, carry: out.map { bit(.testBit, a.node, index: $0 & 31) } ?? carry)
  }

  func shift(_ a: Word, _ kind: ShiftKind, by amount: Word) -> Word {
    word(.shiftByRegister, a, amount, index: kind.rawValue)
  }

  func shiftWithCarry(
    _ a: Word, _ kind: ShiftKind, by amount: Word
  ) -> Shifted<Word, Bit> {
    Shifted(
      result: shift(a, kind, by: amount),
      carry: bit(.shiftByRegisterCarry, a.node, amount.node, index: kind.rawValue))
  }
}

// 64 bits.
extension RecordingContext {
  private func long(_ kind: NodeKind, _ a: UInt16, _ b: UInt16 = 0, index: UInt8 = 0) -> Long {
    Long(node: append(Node(kind, index: index, a: a, b: b)))
  }
  func long(signed a: Word) -> Long { long(.longSigned, a.node) }
  func long(unsigned a: Word) -> Long { long(.longUnsigned, a.node) }
  func long(low: Word, high: Word) -> Long { long(.longPair, low.node, high.node) }
  func multiply(_ a: Long, _ b: Long) -> Long { long(.longMultiply, a.node, b.node) }
  func add(_ a: Long, _ b: Long) -> Long { long(.longAdd, a.node, b.node) }
  func subtract(_ a: Long, _ b: Long) -> Long { long(.longSubtract, a.node, b.node) }
  func shiftLeft(_ a: Long, _ amount: UInt8) -> Long { long(.longShiftLeft, a.node, index: amount) }
  func dualProduct(_ a: Word, _ b: Word, subtracting: Bool) -> Long {
    long(subtracting ? .dualDifference : .dualProduct, a.node, b.node)
  }
  func low(_ a: Long) -> Word { Word(node: append(Node(.low, a: a.node))) }
  func high(_ a: Long) -> Word { Word(node: append(Node(.high, a: a.node))) }
  func middle(_ a: Long) -> Word { Word(node: append(Node(.middle, a: a.node))) }
  func exceedsWord(_ a: Long) -> Bit { bit(.exceedsWord, a.node) }
}

// Memory.
extension RecordingContext {
  mutating func load(_ width: AccessWidth, at address: Word) -> Word {
    word(.load, address, index: width.rawValue)
  }
  mutating func store(_ width: AccessWidth, _ value: Word, at address: Word) {
    effect(Node(.store, index: width.rawValue, a: value.node, b: address.node))
  }
  mutating func loadMultiple(_ list: UInt16, at address: Word) -> Word {
    word(.loadMultiple, address, immediate: UInt32(list))
  }
  mutating func storeMultiple(_ list: UInt16, at address: Word) {
    effect(Node(.storeMultiple, a: address.node, immediate: UInt32(list)))
  }
  mutating func loadSingles(from first: UInt8, count: UInt8, at address: Word) {
    effect(Node(.loadSingles, index: first, a: address.node, immediate: UInt32(count)))
  }
  mutating func storeSingles(from first: UInt8, count: UInt8, at address: Word) {
    effect(Node(.storeSingles, index: first, a: address.node, immediate: UInt32(count)))
  }
}

// Branches and time.
extension RecordingContext {
  mutating func branch(to target: Word) { effect(Node(.branch, a: target.node)) }
  mutating func branch(if condition: Bit, to target: Word) {
    effect(Node(.branchIf, a: condition.node, b: target.node))
  }
  mutating func branchExchange(to target: Word) { effect(Node(.branchExchange, a: target.node)) }
  mutating func branchLinkExchange(to target: Word) {
    effect(Node(.branchLinkExchange, a: target.node))
  }
  /// The translator gives every instruction its condition.
  mutating func beginIfThen(_ state: UInt8) {}
  mutating func trapDivide(ifZero bit: Bit) { effect(Node(.trapDivide, a: bit.node)) }
  mutating func spend(_ cycles: Word) { effect(Node(.spend, a: cycles.node)) }
}

// Floating point.
extension RecordingContext {
  func floatAbsolute(_ a: Word) -> Word { word(.floatAbsolute, a) }
  func floatNegate(_ a: Word) -> Word { word(.floatNegate, a) }
  mutating func floatAdd(_ a: Word, _ b: Word) -> Word { word(.floatAdd, a, b) }
  mutating func floatSubtract(_ a: Word, _ b: Word) -> Word { word(.floatSubtract, a, b) }
  mutating func floatMultiply(_ a: Word, _ b: Word) -> Word { word(.floatMultiply, a, b) }
  mutating func floatDivide(_ a: Word, _ b: Word) -> Word { word(.floatDivide, a, b) }
  mutating func floatSquareRoot(_ a: Word) -> Word { word(.floatSquareRoot, a) }
  mutating func floatMultiplyAdd(_ addend: Word, _ a: Word, _ b: Word) -> Word {
    word(.floatMultiplyAdd, addend, a, b.node)
  }
  mutating func floatCompare(_ a: Word, _ b: Word, signaling: Bool) {
    effect(Node(.floatCompare, index: signaling ? 1 : 0, a: a.node, b: b.node))
  }
  mutating func floatToInteger(_ a: Word, _ format: IntegerFormat, fractionBits: UInt8) -> Word {
    word(
      .floatToInteger, a, index: UInt8(truncatingIfNeeded: format.field),
      immediate: UInt32(fractionBits))
  }
  mutating func floatFromInteger(
    _ a: Word, _ format: IntegerFormat, fractionBits: UInt8
  ) -> Word {
    word(
      .floatFromInteger, a, index: UInt8(truncatingIfNeeded: format.field),
      immediate: UInt32(fractionBits))
  }
  mutating func copyFloatingPointFlags() { effect(Node(.copyFloatingPointFlags)) }
}

// What only the interpreter does.
extension RecordingContext {
  private mutating func leave() { effect(Node(.leave)) }
  private mutating func leaving() -> Word {
    leave()
    return constant(0)
  }

  mutating func loadUnprivileged(_ width: AccessWidth, at address: Word) -> Word { leaving() }
  mutating func storeUnprivileged(_ width: AccessWidth, _ value: Word, at address: Word) {
    leave()
  }
  mutating func loadExclusive(_ width: AccessWidth, at address: Word) -> Word { leaving() }
  mutating func storeExclusive(_ width: AccessWidth, _ value: Word, at address: Word) -> Word {
    leaving()
  }
  mutating func clearExclusive() { leave() }
  mutating func raise(_ trap: Trap) { leave() }
  mutating func hint(_ hint: Hint) {
    switch hint {
    // Memory is always in order here.
    case .dataSynchronization, .dataMemory, .instructionSynchronization: break
    case .sendEvent, .waitForEvent, .waitForInterrupt: leave()
    }
  }
  mutating func readSpecial(_ number: UInt8) -> Word { leaving() }
  mutating func writeSpecial(_ number: UInt8, _ value: Word, mask: UInt8) { leave() }
  mutating func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool) { leave() }
  mutating func floatFromHalf(_ a: Word) -> Word { leaving() }
  mutating func floatToHalf(_ a: Word) -> Word { leaving() }
  mutating func readFloatingPointStatus() -> Word { leaving() }
  mutating func writeFloatingPointStatus(_ value: Word) { leave() }
}
