// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What instructions call: the host's operation where it cannot differ, else ours.
extension SoftFloat {
  /// VADD: `a + b`.
  @inlinable public static func add(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let sum = (Float(bitPattern: a) + Float(bitPattern: b)).bitPattern
      if isSafelyNormal(sum) || sum &<< 1 == 0 { return sum }
    }
    return addSoftly(a, b, &fpscr)
  }

  /// VSUB: `a - b`.
  @inlinable public static func subtract(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let difference = (Float(bitPattern: a) - Float(bitPattern: b)).bitPattern
      if isSafelyNormal(difference) || difference &<< 1 == 0 { return difference }
    }
    return subtractSoftly(a, b, &fpscr)
  }

  /// VMUL: `a × b`.
  @inlinable public static func multiply(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let product = (Float(bitPattern: a) * Float(bitPattern: b)).bitPattern
      if isSafelyNormal(product) { return product }
    }
    return multiplySoftly(a, b, &fpscr)
  }

  /// VDIV: `a ÷ b`.
  @inlinable public static func divide(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a), isNormalOrZero(b) {
      let quotient = (Float(bitPattern: a) / Float(bitPattern: b)).bitPattern
      if isSafelyNormal(quotient) { return quotient }
    }
    return divideSoftly(a, b, &fpscr)
  }

  /// VSQRT.
  @inlinable public static func squareRoot(_ a: UInt32, _ fpscr: inout FPSCR) -> UInt32 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(a) {
      let root = Float(bitPattern: a).squareRoot().bitPattern
      if isSafelyNormal(root) { return root }
    }
    return squareRootSoftly(a, &fpscr)
  }

  /// VFMA: `addend + a × b`, rounded once. VFMS, VFNMA and VFNMS negate operands first.
  @inlinable public static func fusedMultiplyAdd(
    _ addend: UInt32, _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if fpscr.admitsHostArithmetic, isNormalOrZero(addend), isNormalOrZero(a), isNormalOrZero(b) {
      let sum = Float(bitPattern: addend)
        .addingProduct(Float(bitPattern: a), Float(bitPattern: b)).bitPattern
      if isSafelyNormal(sum) { return sum }
    }
    return fusedMultiplyAddSoftly(addend, a, b, &fpscr)
  }

  /// False for subnormals; infinities and NaNs show in the result.
  @inlinable @inline(__always)
  static func isNormalOrZero(_ a: UInt32) -> Bool { a &<< 1 &- 1 >= 0x00FF_FFFF }

  /// True strictly between the smallest normal number, which may be a tiny result rounded up, and
  /// infinity.
  @inlinable @inline(__always)
  static func isSafelyNormal(_ a: UInt32) -> Bool {
    (a & 0x7FFF_FFFF) &- 0x0080_0001 < 0x7EFF_FFFF
  }
}

// MARK: - Ours

extension SoftFloat {
  /// FPAdd.
  @usableFromInline static func addSoftly(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    sum(unpack(a, &fpscr), unpack(b, &fpscr), negatingSecond: false, &fpscr)
  }

  /// FPSub: not FPAdd of a negated operand, whose NaN would come out with the wrong sign.
  @usableFromInline static func subtractSoftly(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    sum(unpack(a, &fpscr), unpack(b, &fpscr), negatingSecond: true, &fpscr)
  }

  private static func sum(
    _ a: Operand, _ second: Operand, negatingSecond: Bool, _ fpscr: inout FPSCR
  ) -> UInt32 {
    if let nan = propagateNaN(a, second, &fpscr) { return nan }
    var b = second
    b.isNegative = second.isNegative != negatingSecond
    if a.isInfinity || b.isInfinity {
      if a.isInfinity, b.isInfinity, a.isNegative != b.isNegative { return invalid(&fpscr) }
      return sign(a.isInfinity ? a.isNegative : b.isNegative) | infinity
    }
    return sum(
      Unrounded(isNegative: a.isNegative, exponent: a.exponent, significand: a.significand),
      Unrounded(isNegative: b.isNegative, exponent: b.exponent, significand: b.significand),
      &fpscr)
  }

  /// The rounded sum of two finite numbers of at most 48 bits, either of which may be zero.
  private static func sum(_ a: Unrounded, _ b: Unrounded, _ fpscr: inout FPSCR) -> UInt32 {
    if a.significand == 0 || b.significand == 0 {
      if a.significand != 0 { return round(a, fpscr.rounding, &fpscr) }
      if b.significand != 0 { return round(b, fpscr.rounding, &fpscr) }
      if a.isNegative == b.isNegative { return sign(a.isNegative) }
      return exactZero(fpscr)
    }
    // Leading bits go to bit 61: one bit for the carry, and room below to align.
    let (a, b) = (leadingBit(of: a, at: 61), leadingBit(of: b, at: 61))
    let (large, small) = a.exponent >= b.exponent ? (a, b) : (b, a)
    let aligned = shiftRightSticky(small.significand, large.exponent &- small.exponent)
    var result = large
    if large.isNegative == small.isNegative {
      result.significand = large.significand &+ aligned
    } else if large.significand >= aligned {
      result.significand = large.significand &- aligned
    } else {
      result.significand = aligned &- large.significand
      result.isNegative = small.isNegative
    }
    return result.significand == 0 ? exactZero(fpscr) : round(result, fpscr.rounding, &fpscr)
  }

  private static func leadingBit(of value: Unrounded, at position: Int32) -> Unrounded {
    let shift = Int32(value.significand.leadingZeroBitCount) &- (63 &- position)
    return Unrounded(
      isNegative: value.isNegative, exponent: value.exponent &- shift,
      significand: value.significand &<< UInt64(truncatingIfNeeded: shift))
  }

  /// A difference of equals is -0 only when rounding toward minus infinity.
  private static func exactZero(_ fpscr: FPSCR) -> UInt32 {
    sign(fpscr.rounding == .towardMinusInfinity)
  }

  /// FPMul.
  @usableFromInline static func multiplySoftly(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
    let (a, b) = (unpack(a, &fpscr), unpack(b, &fpscr))
    if let nan = propagateNaN(a, b, &fpscr) { return nan }
    let isNegative = a.isNegative != b.isNegative
    if a.isInfinity || b.isInfinity {
      return a.isZero || b.isZero ? invalid(&fpscr) : sign(isNegative) | infinity
    }
    if a.isZero || b.isZero { return sign(isNegative) }
    return round(product(a, b), fpscr.rounding, &fpscr)
  }

  /// The exact product of two finite operands, 48 bits at most.
  private static func product(_ a: Operand, _ b: Operand) -> Unrounded {
    Unrounded(
      isNegative: a.isNegative != b.isNegative, exponent: a.exponent &+ b.exponent,
      significand: a.significand &* b.significand)
  }

  /// FPDiv.
  @usableFromInline static func divideSoftly(
    _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
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
    let (quotient, rest) = (a.significand &<< 39).quotientAndRemainder(dividingBy: b.significand)
    let value = Unrounded(
      isNegative: isNegative, exponent: a.exponent &- b.exponent &- 39,
      significand: quotient | (rest == 0 ? 0 : 1))
    return round(value, fpscr.rounding, &fpscr)
  }

  /// FPSqrt.
  @usableFromInline static func squareRootSoftly(_ a: UInt32, _ fpscr: inout FPSCR) -> UInt32 {
    let a = unpack(a, &fpscr)
    if a.isNaN { return propagate(a, &fpscr) }
    if a.isZero { return sign(a.isNegative) }
    if a.isNegative { return invalid(&fpscr) }
    if a.isInfinity { return infinity }
    // The exponent under the root must be even; the radicand then has 62 bits, the root 31.
    let shift: Int32 = a.exponent & 1 == 0 ? 38 : 37
    var rest = a.significand &<< UInt64(shift)
    var root: UInt64 = 0
    var bit: UInt64 = 1 &<< 62
    while bit != 0 {
      if rest >= root &+ bit {
        rest &-= root &+ bit
        root = root &>> 1 &+ bit
      } else {
        root &>>= 1
      }
      bit &>>= 2
    }
    let value = Unrounded(
      isNegative: false, exponent: (a.exponent &- shift) &>> 1 &- 1,
      significand: root &<< 1 | (rest == 0 ? 0 : 1))
    return round(value, fpscr.rounding, &fpscr)
  }

  /// FPMulAdd.
  @usableFromInline static func fusedMultiplyAddSoftly(
    _ addend: UInt32, _ a: UInt32, _ b: UInt32, _ fpscr: inout FPSCR
  ) -> UInt32 {
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
    let third = Unrounded(
      isNegative: c.isNegative, exponent: c.exponent, significand: c.significand)
    return sum(third, product(a, b), &fpscr)
  }
}
