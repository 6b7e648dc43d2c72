// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// RESIZE_BILINEAR of int8 or float32 images. A table says for each row and each column of the
/// output between which of the input's it lies, and how far from the first.
public struct BilinearResize<Element: InterpolatedElement>: Equatable, Sendable {
  public var batches: Int
  /// Elements of an input image.
  public var imageCount: Int
  public var rows: Int
  public var columns: Int
  public var channels: Int

  public init(batches: Int, imageCount: Int, rows: Int, columns: Int, channels: Int) {
    self.batches = batches
    self.imageCount = imageCount
    self.rows = rows
    self.columns = columns
    self.channels = channels
  }

  /// - Parameter places: for each row of the output the offsets of two of the input's, in elements,
  ///   and the weight of the second; then the same for each column. Words.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, places: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let rowPlaces = places.assumingMemoryBound(to: Int32.self)
    let columnPlaces = rowPlaces + 3 &* rows
    var image = input.assumingMemoryBound(to: Element.self)
    var output = output.assumingMemoryBound(to: Element.self)
    var batch = 0
    while batch < batches {
      var row = 0
      while row < rows {
        let place = rowPlaces + 3 &* row
        resizeRow(
          image + Int(place[0]), image + Int(place[1]), Element.Weight(word: place[2]),
          columnPlaces, output)
        output += columns &* channels
        row &+= 1
      }
      image += imageCount
      batch &+= 1
    }
  }

  @inline(__always)
  private func resizeRow(
    _ upper: UnsafePointer<Element>, _ lower: UnsafePointer<Element>, _ down: Element.Weight,
    _ places: UnsafePointer<Int32>, _ output: UnsafeMutablePointer<Element>
  ) {
    var place = places
    var output = output
    let end = places + 3 &* columns
    while place != end {
      let (left, right) = (Int(place[0]), Int(place[1]))
      let across = Element.Weight(word: place[2])
      var channel = 0
      while channel < channels {
        output[channel] = Element.interpolated(
          (upper[left &+ channel], upper[right &+ channel]),
          (lower[left &+ channel], lower[right &+ channel]), down: down, across: across)
        channel &+= 1
      }
      output += channels
      place += 3
    }
  }
}

/// The weight of the second of two neighbours, as a word of a table.
public protocol InterpolationWeight {
  init(word: Int32)
}

/// What images consist of that `BilinearResize` works on.
public protocol InterpolatedElement: Sendable {
  associatedtype Weight: InterpolationWeight

  static func interpolated(
    _ upper: (Self, Self), _ lower: (Self, Self), down: Weight, across: Weight
  ) -> Self
}

extension Int32: InterpolationWeight {
  @inline(__always)
  public init(word: Int32) { self = word }
}

extension Float: InterpolationWeight {
  @inline(__always)
  public init(word: Int32) { self.init(bitPattern: UInt32(bitPattern: word)) }
}

extension Int8: InterpolatedElement {
  /// Weights count 1024ths; halves are rounded away from zero. The four products fit 32 bits for
  /// weights within -512...1536.
  @inline(__always)
  public static func interpolated(
    _ upper: (Int8, Int8), _ lower: (Int8, Int8), down: Int32, across: Int32
  ) -> Int8 {
    let above = Int32(upper.0) &* (1024 &- across) &+ Int32(upper.1) &* across
    let below = Int32(lower.0) &* (1024 &- across) &+ Int32(lower.1) &* across
    let sum = above &* (1024 &- down) &+ below &* down
    let half: Int32 = sum > 0 ? 1 &<< 19 : -(1 &<< 19)
    return Int8(truncatingIfNeeded: (sum &+ half) / (1 &<< 20))
  }
}

extension Float: InterpolatedElement {
  /// In the order of TensorFlow Lite's sum, which decides the last bit; adding 0 makes -0 to 0.
  @inline(__always)
  public static func interpolated(
    _ upper: (Float, Float), _ lower: (Float, Float), down: Float, across: Float
  ) -> Float {
    let first = upper.0 * (1 - down) * (1 - across) + lower.0 * down * (1 - across)
    return first + upper.1 * (1 - down) * across + lower.1 * down * across + 0
  }
}
