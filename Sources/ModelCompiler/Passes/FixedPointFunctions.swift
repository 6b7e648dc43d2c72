// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// Functions that TensorFlow Lite Micro computes in fixed-point arithmetic, here for tables. A
/// comment `Qn` gives the integer bits of a signed 32-bit number.

/// LOGISTIC and TANH on int8: gemmlowp's logistic and tanh of the input in Q4.
struct FixedPointSigmoid {
  private let zeroPoint: Int32
  private let scale: QuantizedMultiplier
  /// Inputs at least so far from the zero point give the ends of the range.
  private let radius: Int32
  private let isTanh: Bool

  init(scale: Float, zeroPoint: Int32, isTanh: Bool) {
    self.zeroPoint = zeroPoint
    self.isTanh = isTanh
    self.scale = QuantizedMultiplier(Double(scale) * 0x1p27)
    let radius = (15 * 0x1p27 / Double(sign: .plus, exponent: self.scale.shift, significand: 1))
    self.radius = Int32(min(radius.rounded(.down), 1000))
  }

  func callAsFunction(_ value: Int8) -> Int8 {
    let difference = Int32(value) - zeroPoint
    if difference <= -radius { return -128 }
    if difference >= radius { return 127 }
    let x = requantize(difference, multiplier: scale.multiplier, shift: Int32(scale.shift))
    let result =
      isTanh
      ? FixedPoint.divide(FixedPoint.tanh(x), byPowerOfTwo: 24)
      : FixedPoint.divide(FixedPoint.logistic(x), byPowerOfTwo: 23) - 128
    return Int8(clamping: result)
  }
}

/// HARD_SWISH on int8 in 16-bit fixed point.
struct HardSwish {
  private let inputZeroPoint: Int32
  private let outputZeroPoint: Int32
  private let output: (multiplier: Int16, exponent: Int)
  private let relu: (multiplier: Int16, exponent: Int)

  init(inputScale: Float, inputZeroPoint: Int32, outputScale: Float, outputZeroPoint: Int32) {
    self.inputZeroPoint = inputZeroPoint
    self.outputZeroPoint = outputZeroPoint
    let fineScale = (1 / 128) * inputScale
    output = Self.short(QuantizedMultiplier(Double(fineScale / outputScale)))
    // 3 is 32768.
    relu = Self.short(QuantizedMultiplier(Double(fineScale / (3 / 32768))))
  }

  private static func short(_ scale: QuantizedMultiplier) -> (Int16, Int) {
    (Int16(clamping: (Int64(scale.multiplier) + 1 << 15) >> 16), scale.shift)
  }

  func callAsFunction(_ value: Int8) -> Int8 {
    let fine = Int16(truncatingIfNeeded: (Int32(value) - inputZeroPoint) * 128)
    let scaled = Self.roundingProduct(fine, output.multiplier)
    var gate = fine
    if relu.exponent > 0 { gate = Self.shiftLeft(gate, relu.exponent - 1) }
    gate = Self.roundingProduct(gate, relu.multiplier)
    if relu.exponent > 0 { gate = Self.shiftLeft(gate, 1) }
    if relu.exponent < 0 { gate = Self.divide(gate, -relu.exponent) }
    gate = Int16((Int32(gate) + 1 << 15) >> 1)
    let product = Int16(clamping: Int32(gate) * Int32(scaled) / (1 << 15))
    let result = Int32(Self.divide(product, max(0, -output.exponent))) + outputZeroPoint
    return Int8(clamping: result)
  }

  private static func roundingProduct(_ a: Int16, _ b: Int16) -> Int16 {
    let product = Int32(a) * Int32(b)
    return Int16(clamping: (product + (product >= 0 ? 1 << 14 : 1 - 1 << 14)) / (1 << 15))
  }

  private static func shiftLeft(_ value: Int16, _ exponent: Int) -> Int16 {
    Int16(clamping: Int64(value) << Int64(min(exponent, 32)))
  }

  private static func divide(_ value: Int16, _ exponent: Int) -> Int16 {
    Int16(clamping: FixedPoint.divide(Int32(value), byPowerOfTwo: min(exponent, 31)))
  }
}

/// RSQRT on int8. Inputs at and below zero, which TensorFlow Lite Micro refuses but for zero, give
/// the largest output.
struct ReciprocalSquareRoot {
  private let inputZeroPoint: Int32
  private let outputZeroPoint: Int32
  private let scale: QuantizedMultiplier

  init(inputScale: Float, inputZeroPoint: Int32, outputScale: Float, outputZeroPoint: Int32) {
    self.inputZeroPoint = inputZeroPoint
    self.outputZeroPoint = outputZeroPoint
    scale = QuantizedMultiplier(1 / Double(inputScale.squareRoot() * outputScale))
  }

  func callAsFunction(_ value: Int8) -> Int8 {
    let difference = Int32(value) - inputZeroPoint
    guard difference > 0 else { return 127 }
    let inverse = inverseSquareRoot(difference)
    let wide = requantize(1, multiplier: inverse.multiplier, shift: inverse.shift + 20)
    let shift = scale.shift - 20
    guard shift >= -31 else { return Int8(clamping: outputZeroPoint) }
    let result = requantize(wide, multiplier: scale.multiplier, shift: Int32(shift))
    return Int8(clamping: result &+ outputZeroPoint)
  }
}

extension TabulatedSigmoid {
  init(count: Int, inputScale: Float, isTanh: Bool) {
    // A power of two that makes the input Q3 needs no multiplier but 3.
    let exponent = 12 + Int(inputScale.exponent)
    if inputScale.significand == 1, exponent == 0 || isTanh && exponent == 1 {
      self.init(count: count, multiplier: 3 << Int32(exponent), rightShift: 0, isTanh: isTanh)
      return
    }
    var multiplier = Double(inputScale) * 4096 * 3
    var shift: Int32 = 0
    while multiplier <= 32767 / 2, shift <= 30 {
      shift += 1
      multiplier *= 2
    }
    self.init(
      count: count, multiplier: Int32(min(multiplier, 32767)), rightShift: min(shift, 31),
      isTanh: isTanh)
  }
}

/// gemmlowp's functions of fixed-point numbers (fixedpoint.h).
enum FixedPoint {
  /// The rounded upper word of twice the product.
  static func multiply(_ a: Int32, _ b: Int32) -> Int32 {
    Int32(clamping: (Int64(a) * Int64(b) + 1 << 30) >> 31)
  }

  /// Halves away from zero.
  static func divide(_ value: Int32, byPowerOfTwo exponent: Int) -> Int32 {
    let mask = Int64(1) << Int64(exponent) - 1
    let remainder = Int64(value) & mask
    let threshold = mask >> 1 + (value < 0 ? 1 : 0)
    return Int32(Int64(value) >> Int64(exponent)) + (remainder > threshold ? 1 : 0)
  }

  static func shiftLeft(_ value: Int32, _ exponent: Int) -> Int32 {
    Int32(clamping: Int64(value) << Int64(exponent))
  }

  /// e^a for `a` at most 0 with 31 - `integerBits` bits of fraction, in Q0.
  static func exponential(_ a: Int32, integerBits: Int) -> Int32 {
    if a == 0 { return .max }
    let fractionBits = 31 - integerBits
    let quarter = Int32(1) << Int32(fractionBits - 2)
    let reduced = (a & (quarter - 1)) - quarter
    var result = exponentialNearZero(shiftLeft(reduced, integerBits))
    let remainder = reduced &- a
    // e^-1/4, e^-1/2, e^-1, ... e^-16 in Q0.
    let factors: [Int32] = [
      1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242,
    ]
    for (index, factor) in factors.enumerated() where index - 2 < integerBits {
      if remainder & (1 << Int32(fractionBits - 2 + index)) != 0 {
        result = multiply(result, factor)
      }
    }
    return result
  }

  /// e^a for `a` in Q0 within -1/4...0.
  private static func exponentialNearZero(_ a: Int32) -> Int32 {
    let x = a + 1 << 28
    let x2 = multiply(x, x)
    let x3 = multiply(x2, x)
    let x4 = multiply(x2, x2)
    let inner = multiply(divide(x4, byPowerOfTwo: 2) + x3, 715_827_883) + x2
    let polynomial = x + divide(inner, byPowerOfTwo: 1)
    return 1_895_147_668 &+ multiply(1_895_147_668, polynomial)
  }

  /// 1 / (1 + a) / 2 in Q1 for `a` in Q0 within 0...1, by three Newton-Raphson steps, in Q2.
  private static func reciprocal(_ a: Int32) -> Int32 {
    let half = Int32((Int64(a) + Int64(Int32.max) + 1) / 2)
    var x = 1_515_870_810 + multiply(half, -1_010_580_540)
    for _ in 0..<3 {
      x = x &+ shiftLeft(multiply(x, 1 << 29 - multiply(half, x)), 2)
    }
    return x
  }

  /// For `a` in Q4; the result in Q0.
  static func logistic(_ a: Int32) -> Int32 {
    if a == 0 { return 1 << 30 }
    let positive = shiftLeft(reciprocal(exponential(-abs(a), integerBits: 4)), 1)
    return a > 0 ? positive : Int32.max - positive
  }

  /// For `a` in Q4; the result in Q0.
  static func tanh(_ a: Int32) -> Int32 {
    if a == 0 { return 0 }
    // The same bits in Q5 are twice the number.
    let result = shiftLeft(reciprocal(exponential(-abs(a), integerBits: 5)) - 1 << 29, 2)
    return a > 0 ? result : -result
  }
}
