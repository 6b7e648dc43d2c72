// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The pieces of gemmlowp's fixed-point arithmetic (fixedpoint.h) that softmax needs. A comment
/// `Qn` gives the integer bits of a signed 32-bit number.

/// `value * 2^exponent`, saturating.
@inline(__always)
func saturatingShiftLeft(_ value: Int32, _ exponent: Int32) -> Int32 {
  let limit = (1 &<< (31 &- exponent)) &- 1
  if value > limit { return Int32.max }
  if value < 0 &- limit { return Int32.min }
  return value &<< exponent
}

/// e^a for `a` in Q5, at most zero; the result in Q0.
@inline(never)
func exponentialOfNegative(_ a: Int32) -> Int32 {
  if a == 0 { return Int32.max }
  let quarter: Int32 = 1 &<< 24
  let reduced = (a & (quarter &- 1)) &- quarter
  var result = exponentialNearZero(saturatingShiftLeft(reduced, 5))
  let remainder = reduced &- a
  // e^-1/4, e^-1/2, e^-1, … e^-16 in Q0, one for each bit that the reduction took away.
  result = multiplyIf(remainder, bit: 24, result, by: 1_672_461_947)
  result = multiplyIf(remainder, bit: 25, result, by: 1_302_514_674)
  result = multiplyIf(remainder, bit: 26, result, by: 790_015_084)
  result = multiplyIf(remainder, bit: 27, result, by: 290_630_308)
  result = multiplyIf(remainder, bit: 28, result, by: 39_332_535)
  result = multiplyIf(remainder, bit: 29, result, by: 720_401)
  return multiplyIf(remainder, bit: 30, result, by: 242)
}

@inline(__always)
private func multiplyIf(
  _ remainder: Int32, bit: Int32, _ value: Int32, by factor: Int32
) -> Int32 {
  remainder & (1 &<< bit) != 0 ? doublingHighMultiply(value, factor) : value
}

/// e^a for `a` in Q0 within -1/4…0: a Taylor polynomial around -1/8.
private func exponentialNearZero(_ a: Int32) -> Int32 {
  let constantTerm: Int32 = 1_895_147_668
  let oneThird: Int32 = 715_827_883
  let x = a &+ (1 &<< 28)
  let x2 = doublingHighMultiply(x, x)
  let x3 = doublingHighMultiply(x2, x)
  let x4 = doublingHighMultiply(x2, x2)
  let inner = doublingHighMultiply(roundingDivide(x4, powerOfTwo: 2) &+ x3, oneThird) &+ x2
  let polynomial = x &+ roundingDivide(inner, powerOfTwo: 1)
  return constantTerm &+ doublingHighMultiply(constantTerm, polynomial)
}

/// 1 / (1 + a) for `a` in Q0 within 0…1, by three Newton-Raphson steps; the result in Q0.
func reciprocalOfOnePlus(_ a: Int32) -> Int32 {
  let half = roundedHalfSum(a, Int32.max)
  // 48/17 - 32/17 * half, in Q2.
  var x = 1_515_870_810 &+ doublingHighMultiply(half, -1_010_580_540)
  var step = 0
  while step < 3 {
    let error = (1 &<< 29) &- doublingHighMultiply(half, x)
    x = x &+ saturatingShiftLeft(doublingHighMultiply(x, error), 2)
    step &+= 1
  }
  return saturatingShiftLeft(x, 1)
}

/// Half of `a + b` for non-negative operands, halves up.
@inline(__always)
private func roundedHalfSum(_ a: Int32, _ b: Int32) -> Int32 {
  Int32(truncatingIfNeeded: (UInt32(bitPattern: a) &+ UInt32(bitPattern: b) &+ 1) &>> 1)
}
