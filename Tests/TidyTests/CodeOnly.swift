// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Swift source with comments and string literals blanked out, so that a search finds code only.
/// Lines keep their numbers and columns.
struct CodeOnly {
  private(set) var bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    while index < bytes.count { step() }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Where a word stands that does not continue a longer one; a search by bytes, since `String`'s
  /// takes minutes over the whole tree in a debug build.
  func contains(_ word: String) -> Bool {
    let word = Array(word.utf8)
    guard let first = word.first, bytes.count >= word.count else { return false }
    return (0...bytes.count - word.count).contains { start in
      guard bytes[start] == first, bytes[start...].starts(with: word) else { return false }
      return start == 0
        || !(Self.isLetter(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: "."))
    }
  }

  /// Of a name or number.
  static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  private mutating func step() {
    let byte = bytes[index]
    guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#")
    else {
      index += 1
      return
    }
    if starts("//") {
      blank(through: bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count)
    } else if starts("/*") {
      blankBlockComment()
    } else if byte == UInt8(ascii: "\"") || starts("#\"") || starts("##\"") {
      blankString()
    } else {
      index += 1
    }
  }

  private func starts(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { bytes[index...].starts(with: $0) }
  }

  private mutating func blank(through end: Int) {
    while index < min(end, bytes.count) {
      if bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
      index += 1
    }
  }

  private mutating func blankBlockComment() {
    var depth = 0
    repeat {
      let (opens, closes) = (starts("/*"), starts("*/"))
      depth += opens ? 1 : closes ? -1 : 0
      blank(through: index + (opens || closes ? 2 : 1))
    } while depth > 0 && index < bytes.count
  }

  /// A literal with everything interpolated into it.
  private mutating func blankString() {
    let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
    blank(through: index + hashes)
    let isLong = starts("\"\"\"")
    let quotes = isLong ? 3 : 1
    let close = Array(repeating: UInt8(ascii: "\""), count: quotes) + hashMarks(hashes)
    let escape = [UInt8(ascii: "\\")] + hashMarks(hashes)
    blank(through: index + quotes)
    while index < bytes.count {
      if bytes[index...].starts(with: close) { return blank(through: index + close.count) }
      if bytes[index] == UInt8(ascii: "\n"), !isLong { return }
      if bytes[index...].starts(with: escape) {
        blank(through: index + escape.count)
        if index < bytes.count, bytes[index] == UInt8(ascii: "(") {
          blankInterpolation()
        } else {
          blank(through: index + 1)
        }
      } else {
        blank(through: index + 1)
      }
    }
  }

  private mutating func blankInterpolation() {
    var depth = 0
    repeat {
      if bytes[index] == UInt8(ascii: "\"") {
        blankString()
        continue
      }
      depth += bytes[index] == UInt8(ascii: "(") ? 1 : bytes[index] == UInt8(ascii: ")") ? -1 : 0
      blank(through: index + 1)
    } while depth > 0 && index < bytes.count
  }

  private func hashMarks(_ count: Int) -> [UInt8] {
    Array(repeating: UInt8(ascii: "#"), count: count)
  }
}
