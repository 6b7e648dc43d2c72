// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Serial

/// The outputs, as text.
enum Results {
  /// The real values, three places, as the benchmark's host wants them.
  static func write(from arena: UnsafeMutableRawPointer) {
    Serial.write("m-results-[")
    var isFirst = true
    for output in 0..<Network.outputCount {
      let (offset, byteCount) = Network.output(output)
      for index in 0..<byteCount / RunnerModel.outputElementByteCount(output) {
        if !isFirst { Serial.write(",") }
        isFirst = false
        write(thousandths: thousandths(arena + offset, index, output))
      }
    }
    Serial.write("]\r\n")
  }

  /// Every output in lines of hexadecimal digits.
  static func writeBytes(from arena: UnsafeMutableRawPointer) {
    for output in 0..<Network.outputCount {
      let (offset, byteCount) = Network.output(output)
      var index = 0
      while index < byteCount {
        Serial.write("m-output-")
        Serial.write(UInt32(output))
        Serial.write("-[")
        let end = min(byteCount, index &+ bytesPerLine)
        while index < end {
          Serial.write(hexadecimal: (arena + offset).load(fromByteOffset: index, as: UInt8.self))
          index &+= 1
        }
        Serial.write("]\r\n")
      }
    }
  }

  private static let bytesPerLine = 512

  /// A thousand times the real value: the scale comes as an integer and a shift, so that cores
  /// without floating point do without it too.
  private static func thousandths(
    _ output: UnsafeMutableRawPointer, _ index: Int, _ number: Int
  ) -> Int32 {
    let scaling = RunnerModel.outputScaling(number)
    let value = element(output, index, number) &- scaling.zeroPoint
    let product = Int64(value) &* Int64(scaling.multiplier)
    let half: Int64 = scaling.shift > 0 ? 1 &<< Int64(scaling.shift &- 1) : 0
    return Int32(clamping: (product &+ half) &>> Int64(scaling.shift))
  }

  private static func element(
    _ output: UnsafeMutableRawPointer, _ index: Int, _ number: Int
  ) -> Int32 {
    switch RunnerModel.outputElementByteCount(number) {
    case 1: Int32(output.load(fromByteOffset: index, as: Int8.self))
    case 2: Int32(output.load(fromByteOffset: 2 &* index, as: Int16.self))
    default: output.load(fromByteOffset: 4 &* index, as: Int32.self)
    }
  }

  private static func write(thousandths value: Int32) {
    if value < 0 { Serial.write("-") }
    let whole = value.magnitude / 1000
    let rest = value.magnitude &- whole &* 1000
    Serial.write(whole)
    Serial.write(rest < 10 ? ".00" : rest < 100 ? ".0" : ".")
    Serial.write(rest)
  }
}
