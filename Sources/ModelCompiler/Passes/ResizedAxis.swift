// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Rows or columns of an image that is resized: where each of the output comes from, by TensorFlow
/// Lite's formulas in its own precision.
struct ResizedAxis {
  struct Options {
    var alignsCorners: Bool
    var halfPixelCenters: Bool
  }

  var input: Int
  var output: Int
  /// Elements from one of the input to the next.
  var stride: Int

  /// The nearest of the input to each of the output.
  func nearest(_ options: Options) -> [Int] {
    let spread = options.alignsCorners && output > 1
    let scale = Float(spread ? input - 1 : input) / Float(spread ? output - 1 : output)
    let offset: Float = options.halfPixelCenters ? 0.5 : 0
    return (0..<output).map { index in
      let place = (Float(index) + offset) * scale
      let rounded =
        options.alignsCorners ? place.rounded(.toNearestOrAwayFromZero) : place.rounded(.down)
      return max(0, min(input - 1, Int(rounded)))
    }
  }

  /// Offsets of both neighbours and 1024ths of the way from the first to the second. Many outputs
  /// to few inputs round so far that TensorFlow Lite looks behind the last; here that is the last.
  func integerPlaces(_ options: Options) -> [Int32] {
    let spread = options.alignsCorners && output > 1
    let (from, to) = spread ? (input - 1, output - 1) : (input, output)
    let scale = (1024 * from + to / 2) / to
    return (0..<output).flatMap { index in
      let place = index * scale + (options.halfPixelCenters ? scale / 2 - 512 : 0)
      let lower = max(0, min(input - 1, place / 1024))
      let upper = max(0, min(input - 1, (place + 1023) / 1024))
      return [lower * stride, upper * stride, place - 1024 * lower].map { Int32($0) }
    }
  }

  /// Offsets of both neighbours, and the way from the first to the second as a float's bits.
  func floatPlaces(_ options: Options) -> [Int32] {
    let spread = options.alignsCorners && output > 1
    let scale = Float(spread ? input - 1 : input) / Float(spread ? output - 1 : output)
    return (0..<output).flatMap { index in
      let place =
        options.halfPixelCenters ? (Float(index) + 0.5) * scale - 0.5 : Float(index) * scale
      let lower = max(0, min(input - 1, Int(place.rounded(.down))))
      let upper = max(0, min(input - 1, Int(place.rounded(.up))))
      let way = place - Float(lower)
      return [Int32(lower * stride), Int32(upper * stride), Int32(bitPattern: way.bitPattern)]
    }
  }
}
