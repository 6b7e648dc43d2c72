// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SoftFloat {
  /// A non-zero number before rounding: (-1)^sign × significand × 2^exponent. Bit 0 may be sticky,
  /// standing for anything lost below it, if at least 26 significant bits are above.
  struct Unrounded {
    var isNegative: Bool
    var exponent: Int32
    var significand: UInt64
  }

  /// The shape of a result: widths and the exponent at which infinity begins.
  struct Format {
    var fractionBits: UInt64
    var bias: Int32
    var infinityExponent: Int32

    static let double = Format(fractionBits: 52, bias: 1023, infinityExponent: 2047)
    static let single = Format(fractionBits: 23, bias: 127, infinityExponent: 255)
    static let half = Format(fractionBits: 10, bias: 15, infinityExponent: 31)
    /// AHP = 1: the top exponent holds numbers.
    static let alternativeHalf = Format(fractionBits: 10, bias: 15, infinityExponent: 32)
  }

  /// FPRound to single precision. Underflow is detected before rounding; with FZ = 1 a subnormal
  /// result is zero and raises UFC alone.
  static func round(
    _ value: Unrounded, _ mode: FPSCR.Rounding, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if fpscr.has(FPSCR.flushToZero),
      value.exponent &+ 63 &- Int32(value.significand.leadingZeroBitCount) < -126
    {
      fpscr.raise(FPSCR.underflow)
      return sign(value.isNegative)
    }
    guard let magnitude = roundMagnitude(value, mode, to: .single, &fpscr) else {
      fpscr.raise(FPSCR.overflowed | FPSCR.inexact)
      let toInfinity = overflowsToInfinity(mode, value.isNegative)
      return sign(value.isNegative) | (toInfinity ? infinity : infinity - 1)
    }
    return sign(value.isNegative) | UInt32(truncatingIfNeeded: magnitude)
  }

  /// The encoding without its sign, or nil where the result reaches past the largest number.
  @inline(__always)
  static func roundMagnitude(
    _ value: Unrounded, _ mode: FPSCR.Rounding, to format: Format, _ fpscr: inout FPSCR
  ) -> UInt64? {
    let shift = Int32(value.significand.leadingZeroBitCount)
    var significand = value.significand &<< UInt64(shift)
    var biasedExponent = value.exponent &+ 63 &- shift &+ format.bias
    let isTiny = biasedExponent <= 0
    if isTiny {
      significand = shiftRightSticky(significand, 1 &- biasedExponent)
      biasedExponent = 1
    }
    guard biasedExponent < format.infinityExponent else { return nil }
    let discardedBits = 63 &- format.fractionBits
    let discarded = significand & ((1 as UInt64) &<< discardedBits &- 1)
    let half = (1 as UInt64) &<< (discardedBits &- 1)
    var kept = significand &>> discardedBits
    if roundsUp(kept: kept, discarded: discarded, half: half, mode, value.isNegative) { kept &+= 1 }
    // The leading one of a normal number adds itself to the exponent, as does a carry out of
    // rounding.
    let magnitude = UInt64(biasedExponent &- 1) &<< format.fractionBits &+ kept
    guard magnitude < UInt64(format.infinityExponent) &<< format.fractionBits else { return nil }
    if discarded != 0 {
      fpscr.raise(isTiny ? FPSCR.underflow | FPSCR.inexact : FPSCR.inexact)
    }
    return magnitude
  }

  /// Whether the next larger magnitude is taken.
  @inline(__always)
  static func roundsUp(
    kept: UInt64, discarded: UInt64, half: UInt64, _ mode: FPSCR.Rounding, _ isNegative: Bool
  ) -> Bool {
    if mode == .nearest {
      return discarded > half || (discarded == half && kept & 1 != 0)
    }
    return discarded != 0 && roundsAway(mode, isNegative)
  }

  /// Else to the largest number.
  static func overflowsToInfinity(_ mode: FPSCR.Rounding, _ isNegative: Bool) -> Bool {
    mode == .nearest || roundsAway(mode, isNegative)
  }

  @inline(__always)
  private static func roundsAway(_ mode: FPSCR.Rounding, _ isNegative: Bool) -> Bool {
    mode == (isNegative ? .towardMinusInfinity : .towardPlusInfinity)
  }

  /// A right shift whose bit 0 remembers whether anything was lost.
  @inline(__always)
  static func shiftRightSticky(_ value: UInt64, _ count: Int32) -> UInt64 {
    guard count < 64 else { return value == 0 ? 0 : 1 }
    let distance = UInt64(truncatingIfNeeded: count)
    let lost = value & ((1 as UInt64) &<< distance &- 1)
    return value &>> distance | (lost == 0 ? 0 : 1)
  }
}
