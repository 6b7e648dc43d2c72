// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// MEAN over rows and columns of an int8 NHWC tensor: TensorFlow Lite's sum, with the division
/// folded into the multiplier.
public struct Mean: Equatable, Sendable {
  public var batches: Int
  /// Rows times columns.
  public var pixels: Int
  public var channels: Int
  public var inputZeroPoint: Int32
  public var multiplier: Int32
  public var shift: Int32
  public var stage: OutputStage

  public init(
    batches: Int = 1, pixels: Int, channels: Int, inputZeroPoint: Int32, multiplier: Int32,
    shift: Int32, stage: OutputStage
  ) {
    self.batches = batches
    self.pixels = pixels
    self.channels = channels
    self.inputZeroPoint = inputZeroPoint
    self.multiplier = multiplier
    self.shift = shift
    self.stage = stage
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    let offset = inputZeroPoint &* Int32(truncatingIfNeeded: pixels)
    var index = 0
    while index < batches &* channels {
      let start = index / channels &* pixels &* channels &+ index % channels
      var sum: Int32 = 0
      var pixel = 0
      while pixel < pixels {
        sum = sum &+ Int32(input[start &+ pixel &* channels])
        pixel &+= 1
      }
      output[index] = stage.quantize(
        requantize(sum &- offset, multiplier: multiplier, shift: shift))
      index &+= 1
    }
  }
}
