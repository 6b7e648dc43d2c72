// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Makes lines of what a serial port brings.
struct LineCutter {
  private var bytes: [UInt8] = []
  /// A line that never ends is cut.
  private static let longest = 4096

  mutating func append(_ new: [UInt8]) { bytes += new }

  /// The next line that is complete, without its end.
  mutating func next() -> String? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
      guard bytes.count >= Self.longest else { return nil }
      defer { bytes = [] }
      return String(decoding: bytes, as: UTF8.self)
    }
    var line = bytes[..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    bytes.removeSubrange(...end)
    return text
  }
}
