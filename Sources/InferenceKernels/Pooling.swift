// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// AVERAGE_POOL_2D on int8: the mean of the taps that are not padding, halves away from zero, as
/// TensorFlow Lite Micro has it. Input and output share one quantization.
public struct AveragePooling: Equatable, Sendable {
  public var window: Window
  public var stage: OutputStage

  /// - Parameter stage: only its range is used; a pool moves nothing.
  public init(window: Window, stage: OutputStage) {
    self.window = window
    self.stage = stage
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    let channels = window.inputChannels
    var target = output
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < channels {
        var sum: Int32 = 0
        var count: Int32 = 0
        window.forEachTap(row: row, column: column) { _, y, x in
          sum = sum &+ Int32(image[(y &* window.inputWidth &+ x) &* channels &+ channel])
          count = count &+ 1
        }
        let mean = roundedQuotient(sum, count)
        target[channel] = Int8(truncatingIfNeeded: max(stage.minimum, min(stage.maximum, mean)))
        channel &+= 1
      }
      target += channels
    }
  }
}

/// MAX_POOL_2D on int8. Input and output share one quantization.
public struct MaximumPooling: Equatable, Sendable {
  public var window: Window
  public var stage: OutputStage

  /// - Parameter stage: only its range is used; a pool moves nothing.
  public init(window: Window, stage: OutputStage) {
    self.window = window
    self.stage = stage
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    let channels = window.inputChannels
    var target = output
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < channels {
        var largest: Int32 = -128
        window.forEachTap(row: row, column: column) { _, y, x in
          largest = max(
            largest, Int32(image[(y &* window.inputWidth &+ x) &* channels &+ channel]))
        }
        target[channel] = Int8(truncatingIfNeeded: max(stage.minimum, min(stage.maximum, largest)))
        channel &+= 1
      }
      target += channels
    }
  }
}

/// `sum / count` with halves away from zero; 0 where nothing was counted.
@inline(__always)
func roundedQuotient(_ sum: Int32, _ count: Int32) -> Int32 {
  guard count > 0 else { return 0 }
  let half = count / 2
  return sum > 0 ? (sum &+ half) / count : (sum &- half) / count
}
