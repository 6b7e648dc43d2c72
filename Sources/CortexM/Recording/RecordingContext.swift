// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The context that writes down what an instruction does: the fourth reader of the semantics beside
/// evaluator, interpreter and effect collector. Constants are folded as they come.
struct RecordingContext: ExecutionContext {
  struct Word { var node: UInt16 }
  struct Long { var node: UInt16 }
  struct Bit { var node: UInt16 }

  let arena: NodeArena
  /// The nodes that this instruction has given to registers so far; 0xFFFF is none.
  let written: UnsafeMutablePointer<UInt16>

  func append(_ node: Node) -> UInt16 { arena.append(node) }
  mutating func effect(_ node: Node) { _ = arena.append(node) }

  func word(
    _ kind: NodeKind, _ a: Word, _ b: Word? = nil, _ c: UInt16 = 0, index: UInt8 = 0,
    immediate: UInt32 = 0
  ) -> Word {
    Word(
      node: append(
        Node(kind, index: index, a: a.node, b: b?.node ?? 0, c: c, immediate: immediate)))
  }

  func bit(_ kind: NodeKind, _ a: UInt16 = 0, _ b: UInt16 = 0, index: UInt8 = 0) -> Bit {
    Bit(node: append(Node(kind, index: index, a: a, b: b)))
  }

  func value(_ a: Word) -> UInt32? { arena.constant(a.node) }

  // MARK: Registers and flags

  subscript(register: UInt8) -> Word {
    get {
      let known = written[Int(register)]
      if known != .max { return Word(node: known) }
      return Word(node: append(Node(.register, index: register)))
    }
    set {
      written[Int(register)] = newValue.node
      effect(Node(.setRegister, index: register, a: newValue.node))
    }
  }

  subscript(single register: UInt8) -> Word {
    get {
      let known = written[16 + Int(register & 31)]
      if known != .max { return Word(node: known) }
      return Word(node: append(Node(.single, index: register & 31)))
    }
    set {
      written[16 + Int(register & 31)] = newValue.node
      effect(Node(.setSingle, index: register & 31, a: newValue.node))
    }
  }

  var negative: Bit { bit(.negative) }
  var zero: Bit { bit(.zero) }
  var carry: Bit { bit(.carry) }
  var overflow: Bit { bit(.overflow) }
  func holds(_ condition: UInt8) -> Bit {
    condition >= 14 ? bit(true) : bit(.condition, index: condition)
  }

  mutating func setNZ(_ result: Word) { effect(Node(.setNZ, a: result.node)) }
  mutating func setNZC(_ result: Word, carry: Bit) {
    // LSL #0 leaves C as it is.
    if arena[carry.node].kind == .carry { return setNZ(result) }
    effect(Node(.setNZC, a: result.node, b: carry.node))
  }
  mutating func setNZCV(_ sum: Sum<Word, Bit>) { effect(Node(.setNZCV, a: sum.result.node)) }
  mutating func saturated(ifSet bit: Bit) { effect(Node(.setSaturated, a: bit.node)) }
  var greaterOrEqual: Word {
    get { Word(node: append(Node(.greaterOrEqual))) }
    set { effect(Node(.setGreaterOrEqual, a: newValue.node)) }
  }

  // MARK: Constants and arithmetic

  func constant(_ value: UInt32) -> Word {
    Word(node: append(Node(.constant, immediate: value)))
  }
  func bit(_ value: Bool) -> Bit {
    Bit(node: append(Node(.bit, immediate: value ? 1 : 0)))
  }

  func add(_ a: Word, _ b: Word) -> Word {
    if let x = value(a), let y = value(b) { return constant(x &+ y) }
    if value(b) == 0 { return a }
    return value(a) != nil ? add(b, a) : word(.add, a, b)
  }
  func subtract(_ a: Word, _ b: Word) -> Word {
    if let y = value(b) { return add(a, constant(0 &- y)) }
    return word(.subtract, a, b)
  }
  func multiply(_ a: Word, _ b: Word) -> Word { word(.multiply, a, b) }
  func and(_ a: Word, _ b: Word) -> Word {
    if let x = value(a), let y = value(b) { return constant(x & y) }
    return value(a) != nil ? word(.and, b, a) : word(.and, a, b)
  }
  func or(_ a: Word, _ b: Word) -> Word {
    if let x = value(a), let y = value(b) { return constant(x | y) }
    if value(b) == 0 { return a }
    return value(a) != nil ? or(b, a) : word(.or, a, b)
  }
  func exclusiveOr(_ a: Word, _ b: Word) -> Word {
    if let x = value(a), let y = value(b) { return constant(x ^ y) }
    return value(a) != nil ? word(.exclusiveOr, b, a) : word(.exclusiveOr, a, b)
  }
  func not(_ a: Word) -> Word { value(a).map { constant(~$0) } ?? word(.not, a) }

  func add(_ a: Word, _ b: Word, carry: Bit) -> Sum<Word, Bit> {
    sum(word(.addWithCarry, a, b, carry.node))
  }
  func difference(_ a: Word, _ b: Word) -> Sum<Word, Bit> { sum(word(.difference, a, b)) }
  private func sum(_ word: Word) -> Sum<Word, Bit> {
    Sum(result: word, carry: bit(.sumCarry, word.node), overflow: bit(.sumOverflow, word.node))
  }
  func divide(_ a: Word, by b: Word, signed: Bool) -> Word {
    word(signed ? .divideSigned : .divideUnsigned, a, b)
  }

  // MARK: Bits of a word

  func signExtendByte(_ a: Word) -> Word { word(.signExtendByte, a) }
  func signExtendHalf(_ a: Word) -> Word { word(.signExtendHalf, a) }
  func signExtendBytePair(_ a: Word) -> Word { word(.signExtendBytePair, a) }
  func countLeadingZeros(_ a: Word) -> Word { word(.countLeadingZeros, a) }
  func reverseBits(_ a: Word) -> Word { word(.reverseBits, a) }
  func reverseBytes(_ a: Word) -> Word { word(.reverseBytes, a) }
  func selectBytes(_ lanes: Word, _ a: Word, _ b: Word) -> Word {
    word(.selectBytes, lanes, a, b.node)
  }

  // MARK: Truth

  func isZero(_ a: Word) -> Bit { value(a).map { bit($0 == 0) } ?? bit(.isZero, a.node) }
  func isNegative(_ a: Word) -> Bit { bit(.isNegative, a.node) }
  func not(_ a: Bit) -> Bit { bit(.bitNot, a.node) }
  func and(_ a: Bit, _ b: Bit) -> Bit { bit(.bitAnd, a.node, b.node) }
  func or(_ a: Bit, _ b: Bit) -> Bit { bit(.bitOr, a.node, b.node) }
  func exclusiveOr(_ a: Bit, _ b: Bit) -> Bit { bit(.bitExclusiveOr, a.node, b.node) }
  func select(_ condition: Bit, _ a: Word, _ b: Word) -> Word {
    Word(node: append(Node(.select, a: condition.node, b: a.node, c: b.node)))
  }

  // MARK: Saturation

  func saturate(_ a: Word, bits: UInt8, signed: Bool) -> Shifted<Word, Bit> {
    saturation(word(signed ? .saturateSigned : .saturateUnsigned, a, index: bits))
  }
  func saturatingAdd(_ a: Word, _ b: Word) -> Shifted<Word, Bit> {
    saturation(word(.saturatingAdd, a, b))
  }
  func saturatingSubtract(_ a: Word, _ b: Word) -> Shifted<Word, Bit> {
    saturation(word(.saturatingSubtract, a, b))
  }
  private func saturation(_ word: Word) -> Shifted<Word, Bit> {
    Shifted(result: word, carry: bit(.hasSaturated, word.node))
  }
}
