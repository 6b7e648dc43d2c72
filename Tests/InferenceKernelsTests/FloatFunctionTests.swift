// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import InferenceKernels

/// Elementary functions in single precision against the C library's in double.
@Suite struct FloatFunctionTests {
  /// The largest error in units of the last place, over `count` arguments within `range`.
  private func error(
    _ range: ClosedRange<Float>, count: Int = 20_000, _ function: (Float) -> Float,
    _ exact: (Double) -> Double
  ) -> Double {
    var random = SplitMix64(seed: 11)
    return (0..<count).reduce(0) { worst, _ in
      let x = Float.random(in: range, using: &random)
      let expected = exact(Double(x))
      let unit = Double(Float(expected).ulp)
      return max(worst, abs(Double(function(x)) - expected) / unit)
    }
  }

  @Test func exponential_isWithinLastPlaces() {
    #expect(error(-87...88, { exponential($0) }, { exp($0) }) < 0.65)
    #expect(error(-1...1, { exponential($0) }, { exp($0) }) < 0.65)
    #expect(error(-5...5, { exponentialMinusOne($0) }, { expm1($0) }) < 1)
    #expect(exponential(0) == 1)
    #expect(exponential(89) == .infinity)
    #expect(exponential(-104) == 0)
    #expect(exponential(-100) > 0)
    #expect(exponential(.nan).isNaN)
    #expect(exponentialMinusOne(-50) == -1)
  }

  @Test func logarithm_isWithinLastPlaces() {
    #expect(error(0.001...1000, { naturalLogarithm($0) }, { log($0) }) < 0.9)
    #expect(error(0.9...1.1, { naturalLogarithm($0) }, { log($0) }) < 0.9)
    #expect(naturalLogarithm(1) == 0)
    #expect(naturalLogarithm(0) == -.infinity)
    #expect(naturalLogarithm(-1).isNaN)
    #expect(abs(naturalLogarithm(0x1p-140) + 97.04061) < 1e-4)
  }

  @Test func tangentAndErrorFunction_areClose() {
    #expect(error(-9...9, { hyperbolicTangent($0) }, { tanh($0) }) < 2.5)
    #expect(hyperbolicTangent(-30) == -1)
    #expect(error(-2...3, { complementaryErrorFunction($0) }, { erfc($0) }) < 100)
  }

  @Test func quantization_roundsHalvesAwayFromZero() {
    let function = FloatQuantization<Int8>(
      scale: 0.5, stage: OutputStage(zeroPoint: 1, minimum: -128, maximum: 127))
    #expect(
      [0.25, -0.25, 0.2, 1000, -1e30, .nan].map { function($0) } == [2, 0, 1, 127, -128, -128])
  }
}
