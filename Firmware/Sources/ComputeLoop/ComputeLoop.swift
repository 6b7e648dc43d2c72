// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Semihosting
import Startup

/// Work that fits any Cortex-M4F and touches no peripheral: an int8 convolution, a sort and a
/// checksum, over and over. It measures emulators; `swift run -c release benchmark` runs it.
@main
enum ComputeLoop {
  static let side = 32
  static let channels = 8
  nonisolated(unsafe) static var image = InlineArray<8192, Int8>(repeating: 0)
  nonisolated(unsafe) static var result = InlineArray<8192, Int8>(repeating: 0)
  nonisolated(unsafe) static var keys = InlineArray<256, UInt32>(repeating: 0)
  /// Where a debugger, or the benchmark, finds the answer.
  nonisolated(unsafe) static var checksum: UInt32 = 0

  static func main() {
    var seed: UInt32 = 1
    fill(&seed)
    for _ in 0..<40 {
      convolve()
      sort(&seed)
      checksum = crc(checksum)
      for index in image.indices { image[index] = result[index] }
    }
    semihosting_exit()
  }

  private static func next(_ seed: inout UInt32) -> UInt32 {
    seed = seed &* 1_664_525 &+ 1_013_904_223
    return seed &>> 8
  }

  private static func fill(_ seed: inout UInt32) {
    for index in image.indices { image[index] = Int8(truncatingIfNeeded: next(&seed)) }
  }

  /// 3 × 3 over eight channels, weights from the position, rounded to int8.
  private static func convolve() {
    for y in 1..<(side - 1) {
      for x in 1..<(side - 1) {
        for output in 0..<channels { result[at(y, x, output)] = tap(y, x, output) }
      }
    }
  }

  private static func tap(_ y: Int, _ x: Int, _ output: Int) -> Int8 {
    var sum: Int32 = 0
    for dy in -1...1 {
      for dx in -1...1 {
        for channel in 0..<channels {
          let weight = Int32(truncatingIfNeeded: (output &+ channel &* 3 &+ dy &- dx) & 15) &- 8
          sum = sum &+ Int32(image[at(y &+ dy, x &+ dx, channel)]) &* weight
        }
      }
    }
    return Int8(truncatingIfNeeded: max(-128, min(127, sum &>> 7)))
  }

  private static func at(_ y: Int, _ x: Int, _ channel: Int) -> Int {
    (y &* side &+ x) &* channels &+ channel
  }

  /// Insertion sort of fresh keys.
  private static func sort(_ seed: inout UInt32) {
    for index in keys.indices { keys[index] = next(&seed) }
    for index in 1..<keys.count {
      let key = keys[index]
      var hole = index
      while hole > 0, keys[hole &- 1] > key {
        keys[hole] = keys[hole &- 1]
        hole &-= 1
      }
      keys[hole] = key
    }
  }

  /// CRC-32 of the result and the keys, bit by bit.
  private static func crc(_ start: UInt32) -> UInt32 {
    var crc = ~start
    for index in result.indices {
      crc ^= UInt32(truncatingIfNeeded: Int32(result[index])) & 0xFF
      for _ in 0..<8 { crc = crc & 1 != 0 ? crc &>> 1 ^ 0xEDB8_8320 : crc &>> 1 }
    }
    return ~crc ^ keys[128]
  }
}
