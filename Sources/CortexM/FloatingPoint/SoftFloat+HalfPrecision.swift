// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SoftFloat {
  /// VCVTB/VCVTT.F32.F16: the single-precision value of the low 16 bits. Always exact;
  /// flush-to-zero does not touch halves.
  public static func halfToSingle(_ half: UInt32, _ fpscr: inout FPSCR) -> UInt32 {
    let sign = (half & 0x8000) &<< 16
    let exponent = Int32(half >> 10 & 0x1F)
    let fraction = half & 0x03FF
    if exponent == 0x1F, !fpscr.has(FPSCR.alternativeHalfPrecision) {
      if fraction == 0 { return sign | infinity }
      if fraction & 0x0200 == 0 { fpscr.raise(FPSCR.invalidOperation) }
      return fpscr.has(FPSCR.defaultNaN) ? defaultNaN : sign | defaultNaN | fraction &<< 13
    }
    if exponent == 0 {
      if fraction == 0 { return sign }
      // The leading one of a subnormal half becomes the hidden bit.
      let shift = UInt32(fraction.leadingZeroBitCount) &- 21
      return sign | (113 &- shift) &<< 23 | (fraction &<< shift & 0x03FF) &<< 13
    }
    return sign | UInt32(exponent &+ 112) &<< 23 | fraction &<< 13
  }

  /// VCVTB/VCVTT.F16.F32, in the low 16 bits. With AHP = 1 what has no encoding (NaN, infinity, too
  /// large) raises IOC.
  public static func singleToHalf(_ a: UInt32, _ fpscr: inout FPSCR) -> UInt32 {
    let operand = unpack(a, &fpscr)
    let isAlternative = fpscr.has(FPSCR.alternativeHalfPrecision)
    let sign: UInt32 = operand.isNegative ? 0x8000 : 0
    switch operand.kind {
    case .zero: return sign
    case .infinity:
      guard isAlternative else { return sign | 0x7C00 }
      fpscr.raise(FPSCR.invalidOperation)
      return sign | 0x7FFF
    case .quietNaN, .signallingNaN:
      if isAlternative || operand.kind == .signallingNaN { fpscr.raise(FPSCR.invalidOperation) }
      if isAlternative { return sign }
      return fpscr.has(FPSCR.defaultNaN) ? 0x7E00 : sign | 0x7E00 | a >> 13 & 0x01FF
    case .finite: return roundToHalf(operand.unrounded, isAlternative, &fpscr)
    }
  }

  static func roundToHalf(
    _ value: Unrounded, _ isAlternative: Bool, _ fpscr: inout FPSCR
  ) -> UInt32 {
    let mode = fpscr.rounding
    let sign: UInt32 = value.isNegative ? 0x8000 : 0
    let format = isAlternative ? Format.alternativeHalf : .half
    if let magnitude = roundMagnitude(value, mode, to: format, &fpscr) {
      return sign | UInt32(truncatingIfNeeded: magnitude)
    }
    if isAlternative {
      fpscr.raise(FPSCR.invalidOperation)
      return sign | 0x7FFF
    }
    fpscr.raise(FPSCR.overflowed | FPSCR.inexact)
    return sign | (overflowsToInfinity(mode, value.isNegative) ? 0x7C00 : 0x7BFF)
  }
}
