// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import StaticMemory

/// One line of text in a fixed room; what does not fit is left out. (An interpolated `String` would
/// cost 20 KB of flash and a heap.)
public struct Line {
  /// As many bytes as the console sends at once, less the end of the line.
  private static let room = Int(console_capacity) - 2
  private var bytes = InlineArray<64, UInt8>(repeating: 0)
  private var count = 0

  public init() {}

  public init(_ text: StaticString) { append(text) }

  public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { for byte in $0 { append(byte) } }
  }

  /// Appends a number in decimal, at least `width` characters wide.
  public mutating func append(_ number: UInt32, width: Int = 1) {
    var digits = InlineArray<10, UInt8>(repeating: UInt8(ascii: " "))
    var remaining = number
    var length = 0
    repeat {
      digits[length] = UInt8(truncatingIfNeeded: remaining % 10) &+ UInt8(ascii: "0")
      remaining /= 10
      length &+= 1
    } while remaining > 0
    for position in (0..<min(max(length, width), 10)).reversed() { append(digits[position]) }
  }

  /// Appends two hexadecimal digits.
  public mutating func append(hexadecimal byte: UInt8) {
    append(Self.digit(byte &>> 4))
    append(Self.digit(byte & 15))
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &- 10 &+ value
  }

  private mutating func append(_ byte: UInt8) {
    guard count < Self.room else { return }
    bytes[count] = byte
    count &+= 1
  }

  /// Copies the text and the end of the line; returns the number of bytes.
  func copy(to memory: UnsafeMutablePointer<UInt8>) -> Int {
    for index in 0..<count { memory[index] = bytes[index] }
    memory[count] = UInt8(ascii: "\r")
    memory[count &+ 1] = UInt8(ascii: "\n")
    return count &+ 2
  }
}
