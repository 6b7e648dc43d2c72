// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

/// Each kernel for cores without the DSP extension against the readable one.
@Suite struct LaneKernelTests {
  @Test func laneConvolution_ofAnyWindow_equalsItsReference() {
    for seed in 1...1000 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let channels = seed % 50 == 0 ? layer.int(20...40) : layer.int(1...9)
      let window = layer.window(channels: channels, outputs: layer.int(1...7))
      expectConvolution(window, &layer, seed)
    }
  }

  @Test func laneConvolution_ofPixels_equalsItsReference_withOutputOverInput() {
    for seed in 1...400 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let channels = seed % 20 == 0 ? layer.int(65...140) : layer.int(1...20)
      let window = layer.pointwiseWindow(channels: channels, outputs: layer.int(1...12))
      expectConvolution(window, &layer, seed)
    }
  }

  /// Weights as small as trained ones, so that groups of all lengths occur.
  @Test func laneConvolution_ofSmallWeights_equalsItsReference() {
    for seed in 1...200 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let window = layer.pointwiseWindow(channels: layer.int(1...70), outputs: layer.int(1...5))
      expectConvolution(window, &layer, seed, divisor: Int8(layer.int(2...60)))
    }
  }

  private func expectConvolution(
    _ window: Window, _ layer: inout RandomLayer, _ seed: UInt64, divisor: Int8 = 1
  ) {
    let test = PackedLayer(window, &layer, divisor: divisor)
    let kernel = LaneConvolution(
      window: window, inputZeroPoint: test.inputZeroPoint, epilogue: test.clamp)
    test.expectEqual(
      kernel.packWeights(test.weights, bias: test.bias, epilogueWords: test.epilogueWords),
      kernel.packedWordCount, kernel.scratchByteCount, kernel.overlap, clamped: true, seed
    ) { kernel.run(input: $0, weights: $1, scratch: $2, output: $3) }
  }
}
