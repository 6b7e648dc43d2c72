// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How VRINT and the directed conversions of FPv5 come to an integer. The first four are the RM
/// field of their encodings.
enum IntegralRounding: UInt8, CaseIterable, Sendable {
  case nearestAway, nearestEven, towardPlusInfinity, towardMinusInfinity
  case towardZero
  /// As FPSCR says; the second raises IXC where the result differs (VRINTR, VRINTX).
  case current, currentExact

  func resolved(_ fpscr: FPSCR) -> IntegralRounding {
    guard self == .current || self == .currentExact else { return self }
    switch fpscr.rounding {
    case .nearest: return .nearestEven
    case .towardPlusInfinity: return .towardPlusInfinity
    case .towardMinusInfinity: return .towardMinusInfinity
    case .towardZero: return .towardZero
    }
  }

  /// The integer next to `value`, whose significand has at most 53 bits, as a magnitude, and
  /// whether it differs; `.max` for what reaches past 64 bits.
  func integer(
    of value: SoftFloat.Unrounded, _ fpscr: FPSCR
  ) -> (magnitude: UInt64, isInexact: Bool) {
    let (significand, exponent) = (value.significand, value.exponent)
    if exponent >= 0 {
      let isFar = exponent > Int32(significand.leadingZeroBitCount)
      return (isFar ? .max : significand << UInt64(truncatingIfNeeded: exponent), false)
    }
    // Two bits below the point are all that rounding looks at.
    let fixed = SoftFloat.shiftRightSticky(significand &<< 2, 0 &- exponent)
    let (kept, rest) = (fixed &>> 2, fixed & 3)
    if rest == 0 { return (kept, false) }
    let goesUp: Bool =
      switch resolved(fpscr) {
      case .nearestAway: rest >= 2
      case .nearestEven: rest > 2 || rest == 2 && kept & 1 != 0
      case .towardPlusInfinity: !value.isNegative
      case .towardMinusInfinity: value.isNegative
      case .towardZero, .current, .currentExact: false
      }
    return (kept &+ (goesUp ? 1 : 0), true)
  }
}
