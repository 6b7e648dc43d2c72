// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import InferenceKernels

/// Kernels without weights, against values worked out by hand or in floating point.
@Suite struct ElementwiseTests {
  private func pool(padding: Int) -> Window {
    Window(
      inputHeight: 2, inputWidth: 2, inputChannels: 2, outputHeight: 2 - 1 + padding,
      outputWidth: 2 - 1 + padding, outputChannels: 2, kernelHeight: 2, kernelWidth: 2,
      paddingTop: padding, paddingLeft: padding)
  }

  private let range = OutputStage(zeroPoint: 0, minimum: -128, maximum: 127)

  @Test func averagePool_countsOnlyWhatIsInside() {
    let input: [Int8] = [1, -1, 2, -2, 4, -4, 8, -8]
    var output = [Int8](repeating: 0, count: 2)
    AveragePooling(window: pool(padding: 0), stage: range).run(input: input, output: &output)
    #expect(output == [4, -4])

    output = [Int8](repeating: 0, count: 8)
    AveragePooling(window: pool(padding: 1), stage: range).run(input: input, output: &output)
    #expect(output == [1, -1, 2, -2, 3, -3, 4, -4])
  }

  @Test func maximumPool_takesTheLargestAndClamps() {
    let input: [Int8] = [1, -1, 2, -2, 4, -4, 8, -8]
    var output = [Int8](repeating: 0, count: 2)
    let clamped = OutputStage(zeroPoint: 0, minimum: 0, maximum: 6)
    MaximumPooling(window: pool(padding: 0), stage: range).run(input: input, output: &output)
    #expect(output == [8, -1])
    MaximumPooling(window: pool(padding: 0), stage: clamped).run(input: input, output: &output)
    #expect(output == [6, 0])
  }

  /// Scale 0.1: 2^26 * 0.1 is 0.8 * 2^23.
  private func softmax(count: Int) -> Softmax {
    Softmax(
      rows: 1, count: count, multiplier: 1_717_986_918, leftShift: 23, minimumDifference: -248)
  }

  @Test func softmax_followsTheRealFunction() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<500 {
      let input = (0..<12).map { _ in Int8.random(in: -128...127, using: &random) }
      var output = [Int8](repeating: 0, count: 12)
      softmax(count: 12).run(input: input, output: &output)
      let powers = input.map { exp(0.1 * Double($0)) }
      let sum = powers.reduce(0, +)
      for (value, power) in zip(output, powers) {
        let expected = min(255, power / sum * 256)
        #expect(abs(Double(value) + 128 - expected) <= 1, "\(input)")
      }
    }
  }

  @Test func softmax_ofEquals_isUniform() {
    var output = [Int8](repeating: 0, count: 4)
    softmax(count: 4).run(input: [Int8]([5, 5, 5, 5]), output: &output)
    #expect(output == [-64, -64, -64, -64])
    softmax(count: 1).run(input: [Int8]([-128]), output: &output)
    #expect(output[0] == 127)
  }

  @Test func exponential_staysWithinAMillionth() {
    #expect(exponentialOfNegative(0) == Int32.max)
    let values = stride(from: Int32(-31), through: 0, by: 1).map {
      (Double(exponentialOfNegative($0 << 26)) / 0x1p31, exp(Double($0)))
    }
    #expect(values.allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func addition_bringsBothScalesTogether() {
    // 0.5 * a + 0.25 * (b - 4) in units of 0.75: the common scale is twice 0.5.
    let kernel = Addition(
      count: 4,
      first: Addition.Input(zeroPoint: 0, multiplier: 1 << 30, shift: 0),
      second: Addition.Input(zeroPoint: 4, multiplier: 1 << 30, shift: -1),
      outputMultiplier: 1_431_655_765, outputShift: -19,
      stage: OutputStage(zeroPoint: -10, minimum: -128, maximum: 127))
    var output = [Int8](repeating: 0, count: 4)
    kernel.run(
      first: [Int8]([10, -10, 127, 0]), second: [Int8]([4, 124, 127, 4]), output: &output)
    #expect(output == [-3, 23, 116, -10])
  }

  @Test func mean_dividesInItsMultiplier() {
    // Equal scales over 4 pixels: 1/4 is 2^30 / 2^31 * 2^-1.
    let kernel = Mean(
      pixels: 4, channels: 2, inputZeroPoint: 3, multiplier: 1 << 30, shift: -1,
      stage: OutputStage(zeroPoint: 3, minimum: -128, maximum: 127))
    var output = [Int8](repeating: 0, count: 2)
    kernel.run(input: [Int8]([1, -1, 2, -2, 4, -4, 8, -8]), output: &output)
    #expect(output == [4, -4])
  }
}
