// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SoftFloat {
  /// An integer or fixed-point operand of VCVT: `width` bits, `fractionBits` of them (0 to `width`)
  /// right of the point.
  public struct FixedPoint: Equatable, Sendable {
    public var width: UInt32
    public var fractionBits: UInt32
    public var isSigned: Bool

    @inlinable public init(width: UInt32, fractionBits: UInt32, isSigned: Bool) {
      precondition(width == 16 || width == 32, "VCVT knows halfwords and words")
      precondition(fractionBits <= width, "the point lies inside the number")
      (self.width, self.fractionBits, self.isSigned) = (width, fractionBits, isSigned)
    }

    @inlinable public static var signedWord: FixedPoint {
      FixedPoint(width: 32, fractionBits: 0, isSigned: true)
    }
    @inlinable public static var unsignedWord: FixedPoint {
      FixedPoint(width: 32, fractionBits: 0, isSigned: false)
    }
  }

  /// VCVT.S32.F32, or VCVTR with `fpscr.rounding`. Saturates and raises IOC out of range; a NaN
  /// gives 0.
  public static func toSigned(
    _ a: UInt32, rounding: FPSCR.Rounding = .towardZero, _ fpscr: inout FPSCR
  ) -> UInt32 {
    toFixed(a, .signedWord, rounding: rounding, &fpscr)
  }

  /// VCVT.U32.F32, or VCVTR with `fpscr.rounding`.
  public static func toUnsigned(
    _ a: UInt32, rounding: FPSCR.Rounding = .towardZero, _ fpscr: inout FPSCR
  ) -> UInt32 {
    toFixed(a, .unsignedWord, rounding: rounding, &fpscr)
  }

  /// VCVT.F32.S32, rounding as FPSCR says.
  public static func fromSigned(_ a: UInt32, _ fpscr: inout FPSCR) -> UInt32 {
    fromFixed(a, .signedWord, rounding: fpscr.rounding, &fpscr)
  }

  /// VCVT.F32.U32, rounding as FPSCR says.
  public static func fromUnsigned(_ a: UInt32, _ fpscr: inout FPSCR) -> UInt32 {
    fromFixed(a, .unsignedWord, rounding: fpscr.rounding, &fpscr)
  }

  /// FPToFixed. The result is sign- or zero-extended to the S register.
  public static func toFixed(
    _ a: UInt32, _ format: FixedPoint, rounding: FPSCR.Rounding = .towardZero,
    _ fpscr: inout FPSCR
  ) -> UInt32 {
    let operand = unpack(a, &fpscr)
    if operand.isZero { return 0 }
    if operand.isNaN {
      fpscr.raise(FPSCR.invalidOperation)
      return 0
    }
    let limit = largestMagnitude(format, operand.isNegative)
    let exponent = operand.exponent &+ Int32(format.fractionBits)
    var magnitude: UInt64
    var discarded: UInt64 = 0
    if operand.isInfinity || exponent >= 32 {
      magnitude = .max
    } else if exponent >= 0 {
      magnitude = operand.significand &<< UInt64(exponent)
    } else {
      // 38 bits below the point are more than rounding can see; the lowest is sticky.
      let fixed = shiftRightSticky(operand.significand &<< 38, 0 &- exponent)
      magnitude = fixed &>> 38
      discarded = fixed & (1 &<< 38 &- 1)
      let half: UInt64 = 1 &<< 37
      if roundsUp(
        kept: magnitude, discarded: discarded, half: half, rounding, operand.isNegative)
      {
        magnitude &+= 1
      }
    }
    if magnitude > limit {
      fpscr.raise(FPSCR.invalidOperation)
      magnitude = limit
    } else if discarded != 0 {
      fpscr.raise(FPSCR.inexact)
    }
    let result = UInt32(truncatingIfNeeded: magnitude)
    return operand.isNegative ? 0 &- result : result
  }

  static func largestMagnitude(_ format: FixedPoint, _ isNegative: Bool) -> UInt64 {
    switch (format.isSigned, isNegative) {
    case (true, true): 1 &<< UInt64(format.width &- 1)
    case (true, false): 1 &<< UInt64(format.width &- 1) &- 1
    case (false, true): 0
    case (false, false): 1 &<< UInt64(format.width) &- 1
    }
  }

  /// FixedToFP, of the low `width` bits. VCVT from fixed point rounds to nearest whatever FPSCR
  /// says.
  public static func fromFixed(
    _ a: UInt32, _ format: FixedPoint, rounding: FPSCR.Rounding = .nearest,
    _ fpscr: inout FPSCR
  ) -> UInt32 {
    let unused = 32 &- format.width
    let placed = a &<< unused
    let isNegative = format.isSigned && placed & signBit != 0
    let extended =
      format.isSigned
      ? UInt32(bitPattern: Int32(bitPattern: placed) &>> Int32(unused)) : placed &>> unused
    let magnitude = isNegative ? 0 &- extended : extended
    if magnitude == 0 { return 0 }
    let value = Unrounded(
      isNegative: isNegative, exponent: 0 &- Int32(format.fractionBits),
      significand: UInt64(magnitude))
    return round(value, rounding, &fpscr)
  }
}
