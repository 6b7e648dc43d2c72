// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import InferenceKernels

/// Kernels that look at many elements for one.
@Suite struct ReductionTests {
  /// 2x3x2 along the middle.
  private func reduce<Function: ReductionFunction>(_ function: Function) -> Reduce<Function> {
    Reduce(
      kept: Extents([2, 2]), keptStrides: Extents([6, 1], filling: 0), reduced: Extents([3]),
      reducedStrides: Extents([2], filling: 0), function: function)
  }

  @Test func reduction_keepsTheOtherDimensions() {
    let input = (0..<12).map { Float($0) }
    var output = [Float](repeating: 0, count: 4)
    reduce(FloatTotal(divisor: 3)).run(input: input, output: &output)
    #expect(output == [2, 3, 8, 9])
    reduce(ReducedExtremum<Float>(isMaximum: true)).run(input: input, output: &output)
    #expect(output == [4, 5, 10, 11])
  }

  @Test func argument_isTheFirstOfEquals() {
    let kernel = ArgumentExtremum<Int8>(outerCount: 1, count: 3, innerCount: 2, isMaximum: true)
    var output = [Int32](repeating: 0, count: 2)
    kernel.run(input: [Int8]([1, 5, 7, 5, 7, 4]), output: &output)
    #expect(output == [1, 0])
  }

  @Test func cumulativeSum_goesEitherWay() {
    func sums(_ isReversed: Bool, _ isExclusive: Bool) -> [Int32] {
      let lines = Lines(outerCount: 1, count: 3, innerCount: 2, isReversed: isReversed)
      var output = [Int32](repeating: 0, count: 6)
      CumulativeSum<Int32>(lines: lines, isExclusive: isExclusive)
        .run(input: [Int32]([1, 2, 3, 4, 5, 6]), output: &output)
      return output
    }
    #expect(sums(false, false) == [1, 2, 4, 6, 9, 12])
    #expect(sums(false, true) == [0, 0, 1, 2, 4, 6])
    #expect(sums(true, false) == [9, 12, 8, 10, 5, 6])
    #expect(sums(true, true) == [8, 10, 5, 6, 0, 0])
  }

  @Test func inverseSquareRoot_isCloseToTheReal() {
    for input in [Int32(2), 3, 16, 1000, 65_025, 1_000_000, 1 << 30] {
      let scale = inverseSquareRoot(input)
      let real = Double(scale.multiplier) * 0x1p-31 * pow(2, Double(scale.shift))
      #expect(abs(real * sqrt(Double(input)) - 1) < 1e-4)
    }
  }

  @Test func fixedPointLogarithm_isCloseToTheReal() {
    for value in stride(from: 1.0, to: 2000, by: 7.3) {
      let logarithm = Double(logarithmOfAtLeastOne(Int32(value * 0x1p19))) * 0x1p-26
      #expect(abs(logarithm - log(value)) < 1e-5)
    }
  }

  @Test func unitLength_keepsDirections() {
    var output = [Int8](repeating: 0, count: 4)
    UnitLength(rows: 2, count: 2, inputZeroPoint: 1)
      .run(input: [Int8]([31, 41, 1, 1]), output: &output)
    #expect(output == [77, 102, 0, 0])
  }
}
