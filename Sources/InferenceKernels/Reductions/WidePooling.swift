// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// AVERAGE_POOL_2D and MAX_POOL_2D on int16. Input and output share one quantization.
public struct ShortPooling: Equatable, Sendable {
  public var window: Window
  public var stage: OutputStage
  public var isMaximum: Bool

  /// - Parameter stage: only its range is used.
  public init(window: Window, stage: OutputStage, isMaximum: Bool) {
    self.window = window
    self.stage = stage
    self.isMaximum = isMaximum
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int16.self)
    var target = output.assumingMemoryBound(to: Int16.self)
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < window.inputChannels {
        var sum: Int32 = 0
        var largest: Int32 = -32768
        var count: Int32 = 0
        window.forEachTap(row: row, column: column) { _, y, x in
          let value = Int32(
            image[(y &* window.inputWidth &+ x) &* window.inputChannels &+ channel])
          sum = sum &+ value
          largest = max(largest, value)
          count = count &+ 1
        }
        let value = isMaximum ? largest : roundedQuotient(sum, count)
        target.pointee = Int16(truncatingIfNeeded: max(stage.minimum, min(stage.maximum, value)))
        target += 1
        channel &+= 1
      }
    }
  }
}

/// AVERAGE_POOL_2D and MAX_POOL_2D on real numbers.
public struct FloatPooling: Equatable, Sendable {
  public var window: Window
  public var range: FloatRange
  public var isMaximum: Bool

  public init(window: Window, range: FloatRange, isMaximum: Bool) {
    self.window = window
    self.range = range
    self.isMaximum = isMaximum
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Float.self)
    var target = output.assumingMemoryBound(to: Float.self)
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < window.inputChannels {
        var sum: Float = 0
        var largest = -Float.greatestFiniteMagnitude
        var count: Int32 = 0
        window.forEachTap(row: row, column: column) { _, y, x in
          let value = image[(y &* window.inputWidth &+ x) &* window.inputChannels &+ channel]
          sum += value
          largest = largest < value ? value : largest
          count = count &+ 1
        }
        target.pointee = range.clamp(isMaximum ? largest : count == 0 ? 0 : sum / Float(count))
        target += 1
        channel &+= 1
      }
    }
  }
}
