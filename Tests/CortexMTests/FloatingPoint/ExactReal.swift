// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// What an operation should give, worked out from its exact value rather than by SoftFloat's means.
struct ExpectedFloat: Equatable, CustomStringConvertible {
  var bits: UInt32
  var exceptions: UInt32

  var description: String {
    "\(Float(bitPattern: bits)) (0x\(String(bits, radix: 16))), exceptions \(exceptions)"
  }
}

/// A finite real number as an unevaluated sum, `approximation + rest`, where only the sign of the
/// rest is known. A product of floats is exact as a Double, a sum of two Doubles leaves a rest that
/// two-sum finds, quotients and roots are compared by multiplying back.
struct ExactReal {
  var approximation: Double
  var rest: Double

  static func sum(_ a: Double, _ b: Double) -> ExactReal {
    let sum = a + b
    let bPart = sum - a
    return ExactReal(approximation: sum, rest: (a - (sum - bPart)) + (b - bPart))
  }

  static func quotient(_ a: Float, _ b: Float) -> ExactReal {
    let quotient = Double(a) / Double(b)
    // a/b - q has the sign of (a - q·b)/b, and a - q·b is exact with one fused rounding.
    let rest = Double(a).subtracting(quotient, Double(b))
    return ExactReal(approximation: quotient, rest: b < 0 ? -rest : rest)
  }

  static func squareRoot(_ a: Float) -> ExactReal {
    let root = Double(a).squareRoot()
    return ExactReal(approximation: root, rest: Double(a).subtracting(root, root))
  }

  /// -1, 0 or 1 as the number is below, at or above `bound`, which is a float or halfway between
  /// two.
  private func compared(to bound: Double) -> Int {
    if approximation != bound { return approximation < bound ? -1 : 1 }
    return rest == 0 ? 0 : rest < 0 ? -1 : 1
  }

  /// The number rounded by its definition: find the neighbours, and choose.
  func rounded(_ mode: FPSCR.Rounding, flushToZero: Bool) -> ExpectedFloat {
    let isNegative = approximation < 0
    let positive = ExactReal(approximation: abs(approximation), rest: isNegative ? -rest : rest)
    let sign: UInt32 = isNegative ? 0x8000_0000 : 0
    let isTiny = positive.compared(to: 0x1p-126) < 0
    if flushToZero, isTiny { return ExpectedFloat(bits: sign, exceptions: FPSCR.underflow) }

    var lower = min(Float(positive.approximation), .greatestFiniteMagnitude)
    while positive.compared(to: Double(lower)) < 0 { lower = lower.nextDown }
    while lower < .greatestFiniteMagnitude, positive.compared(to: Double(lower.nextUp)) >= 0 {
      lower = lower.nextUp
    }
    if positive.compared(to: Double(lower)) == 0 {
      return ExpectedFloat(bits: sign | lower.bitPattern, exceptions: 0)
    }
    let isPastTheLast = lower == .greatestFiniteMagnitude
    let upper = isPastTheLast ? 0x1p128 : Double(lower.nextUp)
    let goesUp: Bool
    switch mode {
    case .nearest:
      let side = positive.compared(to: (Double(lower) + upper) / 2)
      goesUp = side > 0 || (side == 0 && lower.bitPattern & 1 == 1)
    case .towardPlusInfinity: goesUp = !isNegative
    case .towardMinusInfinity: goesUp = isNegative
    case .towardZero: goesUp = false
    }
    var exceptions = FPSCR.inexact
    if isTiny { exceptions |= FPSCR.underflow }
    // Overflow is judged as if the exponent were unbounded: past the last step, or rounded onto it.
    if isPastTheLast, goesUp || positive.compared(to: upper) >= 0 {
      exceptions |= FPSCR.overflowed
    }
    return ExpectedFloat(
      bits: sign | (goesUp ? lower.nextUp.bitPattern : lower.bitPattern), exceptions: exceptions)
  }
}

extension Double {
  /// `self - a × b`, rounded once.
  fileprivate func subtracting(_ a: Double, _ b: Double) -> Double { addingProduct(-a, b) }
}
