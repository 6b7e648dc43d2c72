// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// AVERAGE_POOL_2D on int8: the mean of the taps that are not padding, halves away from zero, as
/// TensorFlow Lite Micro has it. Input and output share one quantization.
public struct AveragePooling: Equatable, Sendable {
  /// Without dilation, which pools have not.
  public var window: Window
  public var stage: OutputStage

  /// - Parameter stage: only its range is used; a pool moves nothing.
  public init(window: Window, stage: OutputStage) {
    self.window = window
    self.stage = stage
  }

  @inline(__always)
  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let channels = window.inputChannels
    var target = output
    window.forEachOutputPixel { batch, row, column in
      let patch = Patch(window, row: row, column: column)
      let start = input + (batch &* window.inputImage &+ patch.start)
      var channel = 0
      while channel &+ 4 <= channels {
        var sums = FourChannelSums()
        patch.forEachRow(start + channel) { sums.add($0, count: $1, pitch: channels) }
        store(sums.total.0, patch.count, target)
        store(sums.total.1, patch.count, target + 1)
        store(sums.total.2, patch.count, target + 2)
        store(sums.total.3, patch.count, target + 3)
        target += 4
        channel &+= 4
      }
      while channel < channels {
        var sum: Int32 = 0
        patch.forEachRow(start + channel) { row, count in
          var tap = 0
          while tap < count {
            sum = sum &+ Int32(row.load(fromByteOffset: tap &* channels, as: Int8.self))
            tap &+= 1
          }
        }
        store(sum, patch.count, target)
        target += 1
        channel &+= 1
      }
    }
  }

  @inline(__always)
  private func store(_ sum: Int32, _ count: Int, _ target: UnsafeMutableRawPointer) {
    let mean = roundedQuotient(sum, Int32(truncatingIfNeeded: count))
    let value = max(stage.minimum, min(stage.maximum, mean))
    target.storeBytes(of: Int8(truncatingIfNeeded: value), as: Int8.self)
  }
}

/// MAX_POOL_2D on int8. Input and output share one quantization.
public struct MaximumPooling: Equatable, Sendable {
  /// Without dilation, which pools have not.
  public var window: Window
  public var stage: OutputStage

  /// - Parameter stage: only its range is used; a pool moves nothing.
  public init(window: Window, stage: OutputStage) {
    self.window = window
    self.stage = stage
  }

  @inline(__always)
  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let channels = window.inputChannels
    var target = output
    window.forEachOutputPixel { batch, row, column in
      let patch = Patch(window, row: row, column: column)
      let start = input + (batch &* window.inputImage &+ patch.start)
      var channel = 0
      while channel &+ 4 <= channels {
        var largest: UInt32 = 0x8080_8080
        patch.forEachRow(start + channel) { row, count in
          var pixel = row
          let end = row + count &* channels
          while pixel < end {
            largest = ck_max_bytes(largest, pixel.loadUnaligned(as: UInt32.self))
            pixel = ck_opaque(pixel + channels)
          }
        }
        store(largest, target)
        store(largest &>> 8, target + 1)
        store(largest &>> 16, target + 2)
        store(largest &>> 24, target + 3)
        target += 4
        channel &+= 4
      }
      while channel < channels {
        var largest: UInt32 = 0x80
        patch.forEachRow(start + channel) { row, count in
          var tap = 0
          while tap < count {
            let byte = row.load(fromByteOffset: tap &* channels, as: UInt8.self)
            largest = ck_max_bytes(largest, UInt32(byte))
            tap &+= 1
          }
        }
        store(largest, target)
        target += 1
        channel &+= 1
      }
    }
  }

  @inline(__always)
  private func store(_ byte: UInt32, _ target: UnsafeMutableRawPointer) {
    let largest = Int32(Int8(truncatingIfNeeded: byte))
    let value = max(stage.minimum, min(stage.maximum, largest))
    target.storeBytes(of: Int8(truncatingIfNeeded: value), as: Int8.self)
  }
}

/// What an output pixel of a pool sees of its image.
private struct Patch {
  /// Bytes from the image's first to the patch's.
  var start: Int
  var rows: Int
  var columns: Int
  /// Bytes from one row to the next.
  var pitch: Int

  @inline(__always)
  var count: Int { rows &* columns }

  @inline(__always)
  init(_ window: Window, row: Int, column: Int) {
    let top = window.inputRow(output: row, kernel: 0)
    let left = window.inputColumn(output: column, kernel: 0)
    let (firstRow, firstColumn) = (max(0, top), max(0, left))
    rows = max(0, min(window.inputHeight, top &+ window.kernelHeight) &- firstRow)
    columns = max(0, min(window.inputWidth, left &+ window.kernelWidth) &- firstColumn)
    start = (firstRow &* window.inputWidth &+ firstColumn) &* window.inputChannels
    pitch = window.inputWidth &* window.inputChannels
    if columns == window.inputWidth {
      // Whole rows lie one behind the other.
      (rows, columns) = (min(rows, 1), rows &* columns)
    }
  }

  /// Calls `body` with the first byte of each row and its pixels.
  @inline(__always)
  func forEachRow(_ first: UnsafeRawPointer, _ body: (UnsafeRawPointer, Int) -> Void) {
    var row = 0
    while row < rows {
      body(first + row &* pitch, columns)
      row &+= 1
    }
  }
}

/// Sums of four channels, two in a word for as long as halfwords hold them.
struct FourChannelSums {
  private var even: UInt32 = 0
  private var odd: UInt32 = 0
  /// Taps that are in the words above.
  private var count = 0
  private var spread: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)

  @inline(__always)
  init() {}

  /// Adds `count` pixels, `pitch` bytes apart.
  @inline(__always)
  mutating func add(_ first: UnsafeRawPointer, count pixels: Int, pitch: Int) {
    var pixel = first
    var left = pixels
    while left > 0 {
      if count == Self.limit { empty() }
      let step = min(left, Self.limit &- count)
      let end = pixel + step &* pitch
      while pixel < end {
        let bytes = pixel.loadUnaligned(as: UInt32.self)
        even = ck_sxtab16(even, bytes)
        odd = ck_sxtab16_ror8(odd, bytes)
        pixel = ck_opaque(pixel + pitch)
      }
      count &+= step
      left &-= step
    }
  }

  /// Bytes that certainly fit a halfword together.
  private static var limit: Int { 255 }

  @inline(__always)
  var total: (Int32, Int32, Int32, Int32) {
    (
      spread.0 &+ Int32(Int16(truncatingIfNeeded: even)),
      spread.1 &+ Int32(Int16(truncatingIfNeeded: odd)),
      spread.2 &+ Int32(bitPattern: even) &>> 16, spread.3 &+ Int32(bitPattern: odd) &>> 16
    )
  }

  @inline(__always)
  private mutating func empty() {
    spread = total
    (even, odd, count) = (0, 0, 0)
  }
}

/// `sum / count` with halves away from zero; 0 where nothing was counted.
@inline(__always)
func roundedQuotient(_ sum: Int32, _ count: Int32) -> Int32 {
  guard count > 0 else { return 0 }
  let half = count / 2
  return sum > 0 ? (sum &+ half) / count : (sum &- half) / count
}
