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

  @inline(__always)
  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    var target = output
    var batch = 0
    while batch < batches {
      let image = input + batch &* pixels &* channels
      var channel = 0
      while channel &+ 4 <= channels {
        var sums = FourChannelSums()
        sums.add(image + channel, count: pixels, pitch: channels)
        store(sums.total.0, target)
        store(sums.total.1, target + 1)
        store(sums.total.2, target + 2)
        store(sums.total.3, target + 3)
        target += 4
        channel &+= 4
      }
      while channel < channels {
        var sum: Int32 = 0
        var pixel = 0
        while pixel < pixels {
          let offset = pixel &* channels &+ channel
          sum = sum &+ Int32(image.load(fromByteOffset: offset, as: Int8.self))
          pixel &+= 1
        }
        store(sum, target)
        target += 1
        channel &+= 1
      }
      batch &+= 1
    }
  }

  @inline(__always)
  private func store(_ sum: Int32, _ target: UnsafeMutableRawPointer) {
    let moved = sum &- inputZeroPoint &* Int32(truncatingIfNeeded: pixels)
    let value = stage.quantize(requantize(moved, multiplier: multiplier, shift: shift))
    target.storeBytes(of: value, as: Int8.self)
  }
}
