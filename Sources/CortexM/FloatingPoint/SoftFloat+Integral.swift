// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What FPv5 adds to single precision.
extension SoftFloat {
  /// VRINT: the integer next to `a`, as a number (FPRoundInt).
  static func roundToIntegral(
    _ a: UInt32, _ rounding: IntegralRounding, _ fpscr: inout FPSCR
  ) -> UInt32 {
    let operand = unpack(a, &fpscr)
    if operand.isNaN { return propagate(operand, &fpscr) }
    if operand.isZero { return sign(operand.isNegative) }
    // Whatever has no bit below the point stays as it is.
    if operand.isInfinity || operand.exponent >= 0 { return a }
    let (magnitude, isInexact) = rounding.integer(of: operand.unrounded, fpscr)
    if isInexact, rounding == .currentExact { fpscr.raise(FPSCR.inexact) }
    if magnitude == 0 { return sign(operand.isNegative) }
    // At most 2^23, and so exact.
    let rounded = Unrounded(isNegative: operand.isNegative, exponent: 0, significand: magnitude)
    return round(rounded, .towardZero, &fpscr)
  }

  /// VCVTA, VCVTN, VCVTP, VCVTM. Saturates and raises IOC out of range; a NaN gives 0.
  static func toInteger(
    _ a: UInt32, isSigned: Bool, _ rounding: IntegralRounding, _ fpscr: inout FPSCR
  ) -> UInt32 {
    let operand = unpack(a, &fpscr)
    if operand.isZero { return 0 }
    let format: FixedPoint = isSigned ? .signedWord : .unsignedWord
    return toFixed(operand.kind, operand.unrounded, format, rounding, &fpscr)
  }

  /// FPToFixed of anything but zero.
  static func toFixed(
    _ kind: Kind, _ value: Unrounded, _ format: FixedPoint, _ rounding: IntegralRounding,
    _ fpscr: inout FPSCR
  ) -> UInt32 {
    if kind == .quietNaN || kind == .signallingNaN {
      fpscr.raise(FPSCR.invalidOperation)
      return 0
    }
    var scaled = value
    scaled.exponent &+= Int32(format.fractionBits)
    var (magnitude, isInexact) =
      kind == .infinity
      ? (UInt64.max, false) : rounding.integer(of: scaled, fpscr)
    let limit = largestMagnitude(format, value.isNegative)
    if magnitude > limit {
      fpscr.raise(FPSCR.invalidOperation)
      magnitude = limit
    } else if isInexact {
      fpscr.raise(FPSCR.inexact)
    }
    let result = UInt32(truncatingIfNeeded: magnitude)
    return value.isNegative ? 0 &- result : result
  }

  /// VMAXNM and VMINNM: a quiet NaN loses to any number (FPMaxNum, FPMinNum).
  static func number(
    _ first: UInt32, _ second: UInt32, larger: Bool, _ fpscr: inout FPSCR
  ) -> UInt32 {
    var (a, b) = (unpack(first, &fpscr), unpack(second, &fpscr))
    let loser = sign(larger) | infinity
    if a.kind == .quietNaN, b.kind != .quietNaN {
      a = unpack(loser, &fpscr)
    } else if b.kind == .quietNaN, a.kind != .quietNaN {
      b = unpack(loser, &fpscr)
    }
    if let nan = propagateNaN(a, b, &fpscr) { return nan }
    if a.isZero, b.isZero {
      return sign(larger ? a.isNegative && b.isNegative : a.isNegative || b.isNegative)
    }
    let isFirst = larger ? order(a) > order(b) : order(a) < order(b)
    let chosen = isFirst ? a : b
    return chosen.isZero ? sign(chosen.isNegative) : chosen.bits
  }
}
