// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import Testing

/// Each fast kernel against the readable one on random shapes, borders and scales.
@Suite struct FastKernelTests {
  @Test func convolution_equalsItsReference() {
    for seed in 1...400 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let (channels, outputs) = (layer.int(1...9), layer.int(1...7))
      let window =
        seed % 3 == 0
        ? layer.pointwiseWindow(channels: channels, outputs: outputs)
        : layer.window(channels: channels, outputs: outputs)
      let zeroPoint = layer.zeroPoint()
      let stage = layer.stage()
      let kernel = Convolution(window: window, inputZeroPoint: zeroPoint, stage: stage)
      let reference = ReferenceConvolution(
        window: window, inputZeroPoint: zeroPoint, stage: stage)
      let weights = layer.bytes(outputs * kernel.tapCount)
      let table = layer.channels(outputs)
      let input = layer.bytes(
        window.batches * window.inputHeight * window.inputWidth * channels)
      let count = window.batches * window.outputHeight * window.outputWidth * outputs

      var expected = [Int8](repeating: 0, count: count)
      table.use { reference.run(input: input, weights: weights, scaling: $0, output: &expected) }

      let folded = table.folding(zeroPoint, taps: kernel.tapCount) {
        weights[$0 * kernel.tapCount + $1]
      }
      var actual = [Int8](repeating: 0, count: count)
      withAlignedBytes(input) { input in
        withAlignedBytes([Int8](repeating: 0, count: outputs * kernel.paddedTapCount)) { packed in
          withAlignedBytes([Int8](repeating: 77, count: kernel.scratchByteCount)) { scratch in
            kernel.packWeights(weights, to: packed)
            folded.use {
              kernel.run(
                input: input, weights: packed, scaling: $0, scratch: scratch, output: &actual)
            }
          }
        }
      }
      #expect(actual == expected, "seed \(seed), \(window)")
    }
  }

  @Test func fullyConnected_equalsItsReference() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let (batches, inputs, outputs) = (layer.int(1...3), layer.int(1...70), layer.int(1...9))
      let zeroPoint = layer.zeroPoint()
      let stage = layer.stage()
      let kernel = FullyConnected(
        batches: batches, inputCount: inputs, outputCount: outputs, stage: stage)
      let reference = ReferenceFullyConnected(
        batches: batches, inputCount: inputs, outputCount: outputs, inputZeroPoint: zeroPoint,
        stage: stage)
      let weights = layer.bytes(outputs * inputs)
      let table = layer.channels(outputs)
      let input = layer.bytes(batches * inputs)

      var expected = [Int8](repeating: 0, count: batches * outputs)
      table.use { reference.run(input: input, weights: weights, scaling: $0, output: &expected) }

      let folded = table.folding(zeroPoint, taps: inputs) { weights[$0 * inputs + $1] }
      var actual = [Int8](repeating: 0, count: batches * outputs)
      withAlignedBytes([Int8](repeating: 0, count: outputs * kernel.paddedInputCount)) { packed in
        withAlignedBytes([Int8](repeating: 77, count: kernel.scratchByteCount)) { scratch in
          kernel.packWeights(weights, to: packed)
          folded.use {
            kernel.run(
              input: input, weights: packed, scaling: $0, scratch: scratch, output: &actual)
          }
        }
      }
      #expect(actual == expected, "seed \(seed)")
    }
  }
}
