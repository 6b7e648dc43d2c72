// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

/// Each kernel of the DSP extension against the readable one, with its output over its input.
@Suite struct PackedKernelTests {
  @Test func pointwiseConvolution_equalsItsReference() {
    for seed in 1...400 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let channels = seed % 50 == 0 ? layer.int(65...140) : layer.int(1...20)
      let outputs = layer.int(1...12)
      var window = layer.pointwiseWindow(channels: channels, outputs: outputs)
      window.inputWidth += 2
      window.outputWidth += 2
      let test = PackedLayer(window, &layer)
      let pixels = window.inputHeight * window.inputWidth
      if layer.int(0...1) == 0 {
        let kernel = PointwiseConvolution(
          inputChannels: channels, outputChannels: outputs, pixels: pixels,
          epilogue: ExactEpilogue())
        #expect(kernel.isSupported)
        test.expectEqual(
          kernel.packWeights(test.weights, bias: test.bias, epilogueWords: test.epilogueWords),
          kernel.packedWordCount, kernel.scratchByteCount, kernel.overlap, clamped: false, seed
        ) { kernel.run(input: $0, weights: $1, scratch: $2, output: $3) }
      } else {
        let kernel = PointwiseConvolution(
          inputChannels: channels, outputChannels: outputs, pixels: pixels,
          epilogue: test.clamp)
        test.expectEqual(
          kernel.packWeights(test.weights, bias: test.bias, epilogueWords: test.epilogueWords),
          kernel.packedWordCount, kernel.scratchByteCount, kernel.overlap, clamped: true, seed
        ) { kernel.run(input: $0, weights: $1, scratch: $2, output: $3) }
      }
    }
  }

  @Test func rowConvolution_equalsItsReference() {
    var supported = 0
    for seed in 1...1000 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let channels = seed % 50 == 0 ? layer.int(20...40) : layer.int(1...9)
      var window = layer.window(channels: channels, outputs: layer.int(1...7))
      window.dilationHeight = 1
      window.dilationWidth = 1
      let test = PackedLayer(window, &layer)
      let kernel = RowConvolution(
        window: window, inputZeroPoint: test.inputZeroPoint, epilogue: test.clamp)
      guard kernel.isSupported else { continue }
      supported += 1
      test.expectEqual(
        kernel.packWeights(test.weights, bias: test.bias, epilogueWords: test.epilogueWords),
        kernel.packedWordCount, kernel.scratchByteCount, kernel.overlap, clamped: true, seed
      ) { kernel.run(input: $0, weights: $1, scratch: $2, output: $3) }
    }
    #expect(supported > 900)
  }

  @Test func rowConvolution_ofDilatedTaps_isNotSupported() {
    var layer = RandomLayer(seed: 1)
    var window = layer.pointwiseWindow(channels: 4, outputs: 4)
    window.dilationWidth = 2
    let kernel = RowConvolution(window: window, inputZeroPoint: 0, epilogue: ExactEpilogue())
    #expect(!kernel.isSupported)
  }

  @Test func denseLayer_equalsItsReference() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let (inputs, outputs) = (layer.int(1...90), layer.int(1...9))
      let window = Window(
        inputHeight: 1, inputWidth: layer.int(1...3), inputChannels: inputs, outputHeight: 1,
        outputWidth: 1, outputChannels: outputs, kernelHeight: 1, kernelWidth: 1)
      var rows = window
      rows.outputWidth = window.inputWidth
      let test = PackedLayer(rows, &layer)
      let kernel = DenseLayer(
        batches: rows.inputWidth, inputCount: inputs, outputCount: outputs,
        sharesConstants: outputs == 1 || test.channelsAreAlike, epilogue: ExactEpilogue())
      test.expectEqual(
        kernel.packWeights(test.weights, bias: test.bias, epilogueWords: test.epilogueWords),
        kernel.packedWordCount, kernel.scratchByteCount, kernel.overlap, clamped: false, seed
      ) { kernel.run(input: $0, weights: $1, scratch: $2, output: $3) }
    }
  }
}
