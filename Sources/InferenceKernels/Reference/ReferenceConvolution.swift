// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// CONV_2D as the definition reads: every output, every tap, padding skipped, the input's offset
/// added. Weights OHWI and the bias as in the model. The yardstick of `Convolution`.
public struct ReferenceConvolution: Sendable {
  public var window: Window
  public var inputZeroPoint: Int8
  public var stage: OutputStage

  public init(window: Window, inputZeroPoint: Int8, stage: OutputStage) {
    self.window = window
    self.inputZeroPoint = inputZeroPoint
    self.stage = stage
  }

  public func run(
    input: UnsafePointer<Int8>, weights: UnsafePointer<Int8>, scaling: ChannelScaling,
    output: UnsafeMutablePointer<Int8>
  ) {
    var target = output
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < window.outputChannels {
        let sum = accumulate(image, weights, row: row, column: column, channel: channel)
        let total = scaling.bias[channel] &+ sum
        target[channel] = stage.quantize(scaling.scale(total, channel: channel))
        channel &+= 1
      }
      target += window.outputChannels
    }
  }

  private func accumulate(
    _ image: UnsafePointer<Int8>, _ weights: UnsafePointer<Int8>, row: Int, column: Int,
    channel: Int
  ) -> Int32 {
    var sum: Int32 = 0
    window.forEachTap(row: row, column: column) { tap, y, x in
      let pixel = image + (y &* window.inputWidth &+ x) &* window.inputChannels
      let taps = window.kernelHeight &* window.kernelWidth
      let weight = weights + (channel &* taps &+ tap) &* window.inputChannels
      var index = 0
      while index < window.inputChannels {
        let value = Int32(pixel[index]) &- Int32(inputZeroPoint)
        sum = sum &+ value &* Int32(weight[index])
        index &+= 1
      }
    }
    return sum
  }
}
