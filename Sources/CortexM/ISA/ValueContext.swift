// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A context on plain values: everything computed is given here, and a conforming type only stores.
///
/// Floating point is `SoftFloat` on `fpscr`.
///
/// A conforming type should name `Word`, `Long` and `Bit` itself: inferring them takes the compiler
/// minutes.
///
/// What is left to it: the two register subscripts, `greaterOrEqual`, the words below, memory
/// (`load`, `store`, unprivileged and exclusive ones), `branch(to:)`, `branch(if:to:)`,
/// `branchExchange`, `branchLinkExchange`, `beginIfThen`, `raise`, `trapDivide`, `hint`, `spend`,
/// `readSpecial`, `writeSpecial` and `changeProcessorState`. `loadMultiple` and its kin have plain
/// loops that a context may replace by faster ones.
protocol ValueContext: ExecutionContext
where Word == UInt32, Long == UInt64, Bit == Bool {
  /// N is bit 31.
  var negativeWord: UInt32 { get set }
  /// Z is set when this is zero.
  var zeroWord: UInt32 { get set }
  /// C: 0 or 1.
  var carryWord: UInt32 { get set }
  /// V is bit 31.
  var overflowWord: UInt32 { get set }
  /// Q is set when this is not zero.
  var saturationWord: UInt32 { get set }
  var fpscr: FPSCR { get set }
  /// True once an access of the current instruction has faulted; multiple accesses stop there.
  var hasFaulted: Bool { get }
}

extension ValueContext {
  @inline(__always) var negative: Bool { Int32(bitPattern: negativeWord) < 0 }
  @inline(__always) var zero: Bool { zeroWord == 0 }
  @inline(__always) var carry: Bool { carryWord != 0 }
  @inline(__always) var overflow: Bool { Int32(bitPattern: overflowWord) < 0 }

  @inline(__always) mutating func setNZ(_ result: UInt32) {
    negativeWord = result
    zeroWord = result
  }

  @inline(__always) mutating func setNZC(_ result: UInt32, carry: Bool) {
    setNZ(result)
    carryWord = carry ? 1 : 0
  }

  @inline(__always) mutating func setNZCV(_ sum: Sum<UInt32, Bool>) {
    setNZ(sum.result)
    carryWord = sum.carry ? 1 : 0
    overflowWord = sum.overflow ? 0x8000_0000 : 0
  }

  @inline(__always) mutating func saturated(ifSet bit: Bool) {
    saturationWord |= bit ? 1 : 0
  }

  /// APSR as MRS reads it: NZCVQ in bits 31…27, GE in bits 19…16.
  @inline(__always) var applicationStatus: UInt32 {
    get {
      (negative ? 0x8000_0000 : 0) | (zero ? 0x4000_0000 : 0) | carryWord &<< 29
        | (overflow ? 0x1000_0000 : 0) | (saturationWord != 0 ? 0x0800_0000 : 0)
        | greaterOrEqual &<< 16
    }
    set {
      setConditionFlags(newValue)
      saturationWord = newValue &>> 27 & 1
      greaterOrEqual = newValue &>> 16 & 15
    }
  }

  /// N, Z, C and V from bits 31…28.
  @inline(__always) mutating func setConditionFlags(_ value: UInt32) {
    negativeWord = value
    zeroWord = ~value & 0x4000_0000
    carryWord = value &>> 29 & 1
    overflowWord = value &<< 3
  }

  @inline(__always) func holds(_ condition: UInt8) -> Bool {
    switch condition {
    case 0: zero
    case 1: !zero
    case 2: carry
    case 3: !carry
    case 4: negative
    case 5: !negative
    case 6: overflow
    case 7: !overflow
    case 8: carry && !zero
    case 9: !carry || zero
    case 10: Int32(bitPattern: negativeWord ^ overflowWord) >= 0
    case 11: Int32(bitPattern: negativeWord ^ overflowWord) < 0
    case 12: !zero && Int32(bitPattern: negativeWord ^ overflowWord) >= 0
    case 13: zero || Int32(bitPattern: negativeWord ^ overflowWord) < 0
    default: true
    }
  }

  // MARK: Words

  @inline(__always) func constant(_ value: UInt32) -> UInt32 { value }
  @inline(__always) func bit(_ value: Bool) -> Bool { value }
  @inline(__always) func add(_ a: UInt32, _ b: UInt32) -> UInt32 { a &+ b }
  @inline(__always) func subtract(_ a: UInt32, _ b: UInt32) -> UInt32 { a &- b }
  @inline(__always) func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 { a &* b }
  @inline(__always) func and(_ a: UInt32, _ b: UInt32) -> UInt32 { a & b }
  @inline(__always) func or(_ a: UInt32, _ b: UInt32) -> UInt32 { a | b }
  @inline(__always) func exclusiveOr(_ a: UInt32, _ b: UInt32) -> UInt32 { a ^ b }
  @inline(__always) func not(_ a: UInt32) -> UInt32 { ~a }

  @inline(__always) func add(_ a: UInt32, _ b: UInt32, carry: Bool) -> Sum<UInt32, Bool> {
    let wide = UInt64(a) &+ UInt64(b) &+ (carry ? 1 : 0)
    let result = UInt32(truncatingIfNeeded: wide)
    return Sum(
      result: result, carry: wide &>> 32 != 0,
      overflow: Int32(bitPattern: (a ^ result) & (b ^ result)) < 0)
  }

  @inline(__always) func difference(_ a: UInt32, _ b: UInt32) -> Sum<UInt32, Bool> {
    let result = a &- b
    return Sum(
      result: result, carry: a >= b,
      overflow: Int32(bitPattern: (a ^ b) & (a ^ result)) < 0)
  }

  @inline(__always) func divide(_ a: UInt32, by b: UInt32, signed: Bool) -> UInt32 {
    if b == 0 { return 0 }
    if !signed { return a / b }
    let quotient = Int32(bitPattern: a).dividedReportingOverflow(by: Int32(bitPattern: b))
    return UInt32(bitPattern: quotient.partialValue)
  }

  @inline(__always) func signExtendByte(_ a: UInt32) -> UInt32 {
    UInt32(bitPattern: Int32(Int8(truncatingIfNeeded: a)))
  }

  @inline(__always) func signExtendHalf(_ a: UInt32) -> UInt32 {
    UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: a)))
  }

  @inline(__always) func countLeadingZeros(_ a: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: a.leadingZeroBitCount)
  }

  @inline(__always) func reverseBytes(_ a: UInt32) -> UInt32 { a.byteSwapped }

  func reverseBits(_ a: UInt32) -> UInt32 {
    var r = (a & 0x5555_5555) &<< 1 | (a &>> 1) & 0x5555_5555
    r = (r & 0x3333_3333) &<< 2 | (r &>> 2) & 0x3333_3333
    r = (r & 0x0F0F_0F0F) &<< 4 | (r &>> 4) & 0x0F0F_0F0F
    return r.byteSwapped
  }

  @inline(__always) func selectBytes(_ lanes: UInt32, _ a: UInt32, _ b: UInt32) -> UInt32 {
    // Spread bit i to bit 8i, then to the whole byte.
    let bits = (lanes & 15) &* 0x0020_4081 & 0x0101_0101
    let mask = bits &* 255
    return a & mask | b & ~mask
  }

  // MARK: Truth

  @inline(__always) func isZero(_ a: UInt32) -> Bool { a == 0 }
  @inline(__always) func isNegative(_ a: UInt32) -> Bool { Int32(bitPattern: a) < 0 }
  @inline(__always) func not(_ a: Bool) -> Bool { !a }
  @inline(__always) func and(_ a: Bool, _ b: Bool) -> Bool { a && b }
  @inline(__always) func or(_ a: Bool, _ b: Bool) -> Bool { a || b }
  @inline(__always) func exclusiveOr(_ a: Bool, _ b: Bool) -> Bool { a != b }
  @inline(__always) func select(_ condition: Bool, _ a: UInt32, _ b: UInt32) -> UInt32 {
    condition ? a : b
  }

  // MARK: Long words

  @inline(__always) func long(signed a: UInt32) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(bitPattern: a)))
  }
  @inline(__always) func long(unsigned a: UInt32) -> UInt64 { UInt64(a) }
  @inline(__always) func long(low: UInt32, high: UInt32) -> UInt64 {
    UInt64(high) &<< 32 | UInt64(low)
  }
  @inline(__always) func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 { a &* b }
  @inline(__always) func add(_ a: UInt64, _ b: UInt64) -> UInt64 { a &+ b }
  @inline(__always) func subtract(_ a: UInt64, _ b: UInt64) -> UInt64 { a &- b }
  @inline(__always) func shiftLeft(_ a: UInt64, _ amount: UInt8) -> UInt64 { a &<< UInt64(amount) }
  @inline(__always) func low(_ a: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: a) }
  @inline(__always) func high(_ a: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: a &>> 32) }
  @inline(__always) func middle(_ a: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: a &>> 16) }
  @inline(__always) func exceedsWord(_ a: UInt64) -> Bool {
    Int64(bitPattern: a) != Int64(Int32(truncatingIfNeeded: Int64(bitPattern: a)))
  }
}
