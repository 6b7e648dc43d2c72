// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

/// Pools and MEAN against the definition, one tap after the other.
@Suite struct PoolingTests {
  private func expected(_ window: Window, _ stage: OutputStage, _ input: [Int8], isMaximum: Bool)
    -> [Int8]
  {
    var output: [Int8] = []
    window.forEachOutputPixel { batch, row, column in
      for channel in 0..<window.inputChannels {
        var values: [Int32] = []
        window.forEachTap(row: row, column: column) { _, y, x in
          let pixel = (batch * window.inputHeight + y) * window.inputWidth + x
          values.append(Int32(input[pixel * window.inputChannels + channel]))
        }
        let mean = roundedQuotient(values.reduce(0, +), Int32(values.count))
        let value = isMaximum ? values.max() ?? -128 : mean
        output.append(Int8(max(stage.minimum, min(stage.maximum, value))))
      }
    }
    return output
  }

  private func check(_ window: Window, _ layer: inout RandomLayer) {
    let stage = layer.stage()
    let pixels = window.batches * window.inputHeight * window.inputWidth
    let input = layer.bytes(pixels * window.inputChannels)
    let count = window.batches * window.outputHeight * window.outputWidth * window.inputChannels
    var output = [Int8](repeating: 0, count: count)
    AveragePooling(window: window, stage: stage).run(input: input, output: &output)
    #expect(output == expected(window, stage, input, isMaximum: false), "\(window)")
    MaximumPooling(window: window, stage: stage).run(input: input, output: &output)
    #expect(output == expected(window, stage, input, isMaximum: true), "\(window)")
  }

  @Test func pools_equalTheDefinition() {
    for seed in 1...200 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let channels = layer.int(1...9)
      var window = layer.window(channels: channels, outputs: channels)
      (window.dilationHeight, window.dilationWidth) = (1, 1)
      check(window, &layer)
    }
  }

  /// More taps than a halfword's worth.
  @Test func globalPools_equalTheDefinition() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var layer = RandomLayer(seed: seed)
      let (height, width, channels) = (layer.int(1...40), layer.int(1...40), layer.int(1...6))
      check(
        Window(
          inputHeight: height, inputWidth: width, inputChannels: channels, outputHeight: 1,
          outputWidth: 1, outputChannels: channels, kernelHeight: height, kernelWidth: width),
        &layer)
      let input = layer.bytes(2 * height * width * channels)
      let kernel = Mean(
        batches: 2, pixels: height * width, channels: channels, inputZeroPoint: 7,
        multiplier: 1 << 30, shift: -8, stage: layer.stage())
      var output = [Int8](repeating: 0, count: 2 * channels)
      kernel.run(input: input, output: &output)
      let means = (0..<2 * channels).map { index in
        let image = index / channels * kernel.pixels * channels + index % channels
        let sum = (0..<kernel.pixels).reduce(Int32(0)) { $0 + Int32(input[image + $1 * channels]) }
        let moved = sum - 7 * Int32(kernel.pixels)
        return kernel.stage.quantize(
          requantize(moved, multiplier: kernel.multiplier, shift: kernel.shift))
      }
      #expect(output == means)
    }
  }
}
