// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// DEPTHWISE_CONV_2D with any multiplier as the definition reads. Weights 1HWC and the bias as in
/// the model. The yardstick of the fast depthwise kernels, and the kernel for layers without a
/// proved epilogue.
public struct ReferenceDepthwiseConvolution: Equatable, Sendable {
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
    let multiplier = window.outputChannels / window.inputChannels
    var target = output
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < window.outputChannels {
        var sum = scaling.bias[channel]
        window.forEachTap(row: row, column: column) { tap, y, x in
          let pixel = image + (y &* window.inputWidth &+ x) &* window.inputChannels
          let value = Int32(pixel[channel / multiplier]) &- Int32(inputZeroPoint)
          sum = sum &+ value &* Int32(weights[tap &* window.outputChannels &+ channel])
        }
        target[channel] = stage.quantize(scaling.scale(sum, channel: channel))
        channel &+= 1
      }
      target += window.outputChannels
    }
  }
}
