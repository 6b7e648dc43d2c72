// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Between doubles and singles, halves, integers and fixed point.
extension SoftDouble {
  /// VCVT.F32.F64 (FPDoubleToSingle).
  public static func toSingle(_ a: UInt64, _ fpscr: inout FPSCR) -> UInt32 {
    let operand = unpack(a, &fpscr)
    let sign = SoftFloat.sign(operand.isNegative)
    switch operand.kind {
    case .zero: return sign
    case .infinity: return sign | SoftFloat.infinity
    case .quietNaN, .signallingNaN:
      if operand.kind == .signallingNaN { fpscr.raise(FPSCR.invalidOperation) }
      if fpscr.has(FPSCR.defaultNaN) { return SoftFloat.defaultNaN }
      return sign | SoftFloat.defaultNaN | UInt32(truncatingIfNeeded: a >> 29) & 0x003F_FFFF
    case .finite: return SoftFloat.round(operand.unrounded, fpscr.rounding, &fpscr)
    }
  }

  /// VCVT.F64.F32: always exact (FPSingleToDouble).
  public static func fromSingle(_ a: UInt32, _ fpscr: inout FPSCR) -> UInt64 {
    let operand = SoftFloat.unpack(a, &fpscr)
    let sign = Self.sign(operand.isNegative)
    switch operand.kind {
    case .zero: return sign
    case .infinity: return sign | infinity
    case .quietNaN, .signallingNaN:
      if operand.kind == .signallingNaN { fpscr.raise(FPSCR.invalidOperation) }
      if fpscr.has(FPSCR.defaultNaN) { return defaultNaN }
      return sign | defaultNaN | UInt64(a & 0x003F_FFFF) &<< 29
    case .finite: return exact(operand.unrounded)
    }
  }

  /// A number that needs no rounding: not more than 53 bits, not subnormal.
  private static func exact(_ value: SoftFloat.Unrounded) -> UInt64 {
    var nothing = FPSCR()
    return round(value, &nothing)
  }

  /// VCVTB and VCVTT.F64.F16, of the low 16 bits: by way of single precision, which holds every
  /// half.
  public static func fromHalf(_ half: UInt32, _ fpscr: inout FPSCR) -> UInt64 {
    let single = SoftFloat.halfToSingle(half, &fpscr)
    // Halves are never flushed, and a NaN has been dealt with.
    var nothing = FPSCR(fpscr.bits & FPSCR.defaultNaN)
    return fromSingle(single, &nothing)
  }

  /// VCVTB and VCVTT.F16.F64, in the low 16 bits, rounded once.
  public static func toHalf(_ a: UInt64, _ fpscr: inout FPSCR) -> UInt32 {
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
      let payload = UInt32(truncatingIfNeeded: a >> 42) & 0x01FF
      return fpscr.has(FPSCR.defaultNaN) ? 0x7E00 : sign | 0x7E00 | payload
    case .finite: return SoftFloat.roundToHalf(operand.unrounded, isAlternative, &fpscr)
    }
  }

  /// VCVT to integers and fixed point, sign- or zero-extended to the S register.
  static func toFixed(
    _ a: UInt64, _ format: SoftFloat.FixedPoint, _ rounding: IntegralRounding,
    _ fpscr: inout FPSCR
  ) -> UInt32 {
    let operand = unpack(a, &fpscr)
    if operand.isZero { return 0 }
    return SoftFloat.toFixed(operand.kind, operand.unrounded, format, rounding, &fpscr)
  }

  /// VCVT from integers and fixed point, of the low `width` bits: always exact.
  static func fromFixed(_ a: UInt32, _ format: SoftFloat.FixedPoint) -> UInt64 {
    let unused = 32 &- format.width
    let placed = a &<< unused
    let number =
      format.isSigned
      ? Int64(Int32(bitPattern: placed) &>> Int32(unused)) : Int64(placed &>> unused)
    if number == 0 { return 0 }
    return exact(
      SoftFloat.Unrounded(
        isNegative: number < 0, exponent: 0 &- Int32(format.fractionBits),
        significand: number.magnitude))
  }

  /// VRINT: the integer next to `a`, as a number (FPRoundInt).
  static func roundToIntegral(
    _ a: UInt64, _ rounding: IntegralRounding, _ fpscr: inout FPSCR
  ) -> UInt64 {
    let operand = unpack(a, &fpscr)
    if operand.isNaN { return propagate(operand, &fpscr) }
    if operand.isZero { return sign(operand.isNegative) }
    // Whatever has no bit below the point stays as it is.
    if operand.isInfinity || operand.exponent >= 0 { return a }
    let (magnitude, isInexact) = rounding.integer(of: operand.unrounded, fpscr)
    if isInexact, rounding == .currentExact { fpscr.raise(FPSCR.inexact) }
    if magnitude == 0 { return sign(operand.isNegative) }
    return exact(
      SoftFloat.Unrounded(
        isNegative: operand.isNegative, exponent: 0, significand: magnitude))
  }
}

// Comparison.
extension SoftDouble {
  /// VCMP and VCMPE: puts N, Z, C and V of comparing `a` with `b` into FPSCR.
  public static func compare(
    _ a: UInt64, _ b: UInt64, signalling: Bool, _ fpscr: inout FPSCR
  ) {
    let (first, second) = (unpack(a, &fpscr), unpack(b, &fpscr))
    if first.isNaN || second.isNaN {
      let isInvalid =
        signalling || first.kind == .signallingNaN || second.kind == .signallingNaN
      if isInvalid { fpscr.raise(FPSCR.invalidOperation) }
      fpscr.conditions = FPSCR.carry | FPSCR.overflow
      return
    }
    let (x, y) = (order(first), order(second))
    if x == y {
      fpscr.conditions = FPSCR.zero | FPSCR.carry
    } else {
      fpscr.conditions = x < y ? FPSCR.negative : FPSCR.carry
    }
  }

  /// VMAXNM and VMINNM: a quiet NaN loses to any number (FPMaxNum, FPMinNum).
  static func number(
    _ first: UInt64, _ second: UInt64, larger: Bool, _ fpscr: inout FPSCR
  ) -> UInt64 {
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

  /// Sign-magnitude bits as an integer in the order of the numbers; both zeros are equal.
  private static func order(_ operand: Operand) -> Int64 {
    if operand.isZero { return 0 }
    let magnitude = Int64(operand.bits & ~signBit)
    return operand.isNegative ? -magnitude : magnitude
  }
}
