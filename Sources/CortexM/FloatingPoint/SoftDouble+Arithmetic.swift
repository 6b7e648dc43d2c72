// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What instructions call: the host's operation where it cannot differ, else ours.
extension SoftDouble {
  /// VADD: `a + b`.
  public static func add(_ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let sum = (Double(bitPattern: a) + Double(bitPattern: b)).bitPattern
      if isSafelyNormal(sum) || sum &<< 1 == 0 { return sum }
    }
    return sum(unpack(a, &fpscr), unpack(b, &fpscr), negatingSecond: false, &fpscr)
  }

  /// VSUB: `a - b`.
  public static func subtract(_ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let difference = (Double(bitPattern: a) - Double(bitPattern: b)).bitPattern
      if isSafelyNormal(difference) || difference &<< 1 == 0 { return difference }
    }
    return sum(unpack(a, &fpscr), unpack(b, &fpscr), negatingSecond: true, &fpscr)
  }

  /// VMUL: `a × b`.
  public static func multiply(_ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let product = (Double(bitPattern: a) * Double(bitPattern: b)).bitPattern
      if isSafelyNormal(product) { return product }
    }
    return multiplySoftly(a, b, &fpscr)
  }

  /// VDIV: `a ÷ b`.
  public static func divide(_ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let quotient = (Double(bitPattern: a) / Double(bitPattern: b)).bitPattern
      if isSafelyNormal(quotient) { return quotient }
    }
    return divideSoftly(a, b, &fpscr)
  }

  /// VSQRT.
  public static func squareRoot(_ a: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a) {
      let root = Double(bitPattern: a).squareRoot().bitPattern
      if isSafelyNormal(root) { return root }
    }
    return squareRootSoftly(a, &fpscr)
  }

  /// VFMA: `addend + a × b`, rounded once. VFMS, VFNMA and VFNMS negate operands first.
  public static func fusedMultiplyAdd(
    _ addend: UInt64, _ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR
  ) -> UInt64 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(addend), isNormalOrZero(a), isNormalOrZero(b) {
      let sum = Double(bitPattern: addend)
        .addingProduct(Double(bitPattern: a), Double(bitPattern: b)).bitPattern
      if isSafelyNormal(sum) { return sum }
    }
    return fusedMultiplyAddSoftly(addend, a, b, &fpscr)
  }

  /// False for subnormals; infinities and NaNs show in the result.
  static func isNormalOrZero(_ a: UInt64) -> Bool { a &<< 1 &- 1 >= 1 &<< 53 &- 1 }

  /// True strictly between the smallest normal number, which may be a tiny result rounded up, and
  /// infinity.
  static func isSafelyNormal(_ a: UInt64) -> Bool {
    (a & ~signBit) &- (1 &<< 52 | 1) < infinity &- (1 &<< 52 | 1)
  }
}

// MARK: - Ours

extension SoftDouble {
  /// FPAdd, FPSub.
  private static func sum(
    _ a: Operand, _ second: Operand, negatingSecond: Bool, _ fpscr: inout FPSCR
  ) -> UInt64 {
    if let nan = propagateNaN(a, second, &fpscr) { return nan }
    var b = second
    b.isNegative = second.isNegative != negatingSecond
    if a.isInfinity || b.isInfinity {
      if a.isInfinity, b.isInfinity, a.isNegative != b.isNegative { return invalid(&fpscr) }
      return sign(a.isInfinity ? a.isNegative : b.isNegative) | infinity
    }
    return sum(WideNumber(a.unrounded), WideNumber(b.unrounded), &fpscr)
  }

  /// The rounded sum of two finite numbers, either of which may be zero.
  private static func sum(_ a: WideNumber, _ b: WideNumber, _ fpscr: inout FPSCR) -> UInt64 {
    if a.isZero || b.isZero {
      if !a.isZero { return round(a.narrowed, &fpscr) }
      if !b.isZero { return round(b.narrowed, &fpscr) }
      return a.isNegative == b.isNegative ? sign(a.isNegative) : exactZero(fpscr)
    }
    let total = a.adding(b)
    return total.isZero ? exactZero(fpscr) : round(total.narrowed, &fpscr)
  }

  /// A difference of equals is -0 only when rounding toward minus infinity.
  private static func exactZero(_ fpscr: FPSCR) -> UInt64 {
    sign(fpscr.rounding == .towardMinusInfinity)
  }

  /// FPMul.
  private static func multiplySoftly(_ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    let (a, b) = (unpack(a, &fpscr), unpack(b, &fpscr))
    if let nan = propagateNaN(a, b, &fpscr) { return nan }
    let isNegative = a.isNegative != b.isNegative
    if a.isInfinity || b.isInfinity {
      return a.isZero || b.isZero ? invalid(&fpscr) : sign(isNegative) | infinity
    }
    if a.isZero || b.isZero { return sign(isNegative) }
    return round(WideNumber(product: a, b).narrowed, &fpscr)
  }

  /// FPDiv.
  private static func divideSoftly(_ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    let (a, b) = (unpack(a, &fpscr), unpack(b, &fpscr))
    if let nan = propagateNaN(a, b, &fpscr) { return nan }
    if (a.isInfinity && b.isInfinity) || (a.isZero && b.isZero) { return invalid(&fpscr) }
    let isNegative = a.isNegative != b.isNegative
    if a.isInfinity { return sign(isNegative) | infinity }
    if b.isZero {
      fpscr.raise(FPSCR.divisionByZero)
      return sign(isNegative) | infinity
    }
    if a.isZero || b.isInfinity { return sign(isNegative) }
    // Bit 62 over bit 63: the quotient is below 2^64.
    let (quotient, rest) = (b.significand &<< 11)
      .dividingFullWidth((a.significand &<< 10, 0))
    let value = SoftFloat.Unrounded(
      isNegative: isNegative, exponent: a.exponent &- b.exponent &- 63,
      significand: quotient | (rest == 0 ? 0 : 1))
    return round(value, &fpscr)
  }

  /// FPSqrt.
  private static func squareRootSoftly(_ a: UInt64, _ fpscr: inout FPSCR) -> UInt64 {
    let a = unpack(a, &fpscr)
    if a.isNaN { return propagate(a, &fpscr) }
    if a.isZero { return sign(a.isNegative) }
    if a.isNegative { return invalid(&fpscr) }
    if a.isInfinity { return infinity }
    // The exponent under the root must be even. The radicand then has 119 or 120 bits, of which
    // all but the first 53 are zero, and the root 60.
    let shift: Int32 = a.exponent & 1 == 0 ? 66 : 67
    var radicand = a.significand &<< UInt64(truncatingIfNeeded: shift &- 56)
    var (root, rest): (UInt64, UInt64) = (0, 0)
    for _ in 0..<60 {
      rest = rest &<< 2 | radicand &>> 62
      radicand &<<= 2
      let trial = root &<< 2 | 1
      root &<<= 1
      if rest >= trial {
        rest &-= trial
        root |= 1
      }
    }
    let value = SoftFloat.Unrounded(
      isNegative: false, exponent: (a.exponent &- shift) &>> 1 &- 1,
      significand: root &<< 1 | (rest == 0 ? 0 : 1))
    return round(value, &fpscr)
  }

  /// FPMulAdd.
  private static func fusedMultiplyAddSoftly(
    _ addend: UInt64, _ a: UInt64, _ b: UInt64, _ fpscr: inout FPSCR
  ) -> UInt64 {
    let c = unpack(addend, &fpscr)
    let (a, b) = (unpack(a, &fpscr), unpack(b, &fpscr))
    let isZeroTimesInfinity = (a.isInfinity && b.isZero) || (a.isZero && b.isInfinity)
    if c.kind == .quietNaN, isZeroTimesInfinity { return invalid(&fpscr) }
    if c.kind == .signallingNaN { return propagate(c, &fpscr) }
    if a.kind == .signallingNaN { return propagate(a, &fpscr) }
    if b.kind == .signallingNaN { return propagate(b, &fpscr) }
    if c.kind == .quietNaN { return propagate(c, &fpscr) }
    if let nan = propagateNaN(a, b, &fpscr) { return nan }
    let isNegative = a.isNegative != b.isNegative
    let isInfinite = a.isInfinity || b.isInfinity
    if isZeroTimesInfinity || (c.isInfinity && isInfinite && c.isNegative != isNegative) {
      return invalid(&fpscr)
    }
    if c.isInfinity || isInfinite {
      return sign(c.isInfinity ? c.isNegative : isNegative) | infinity
    }
    return sum(WideNumber(c.unrounded), WideNumber(product: a, b), &fpscr)
  }
}
