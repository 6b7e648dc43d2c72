// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A function of a Swift file and how long it is.
struct FunctionLength: Equatable {
  /// What is declared: the function's name, or `init`.
  let name: String
  /// Counted from 1.
  let line: Int
  let lineCount: Int

  /// Words that begin the next declaration after one without a body.
  private static let declarations = ["func", "var", "let", "init", "case"]

  /// Every function and initialiser with a body, nested ones too.
  static func all(in code: CodeOnly) -> [FunctionLength] {
    let bytes = code.bytes
    var (found, line, index): ([FunctionLength], Int, Int) = ([], 1, 0)
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { line += 1 }
      guard CodeOnly.isLetter(bytes[index]) else {
        index += 1
        continue
      }
      let (start, word) = (index, word(at: index, in: bytes))
      index += word.count
      let isMember = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
      let isInitialiser = word.elementsEqual("init".utf8)
      guard !isMember, isInitialiser || word.elementsEqual("func".utf8) else { continue }
      guard let body = bodyRange(after: index, in: bytes) else { continue }
      let newlines = bytes[start...body].count { $0 == UInt8(ascii: "\n") }
      let name = isInitialiser ? "init" : Self.name(after: index, in: bytes)
      found.append(FunctionLength(name: name, line: line, lineCount: newlines + 1))
    }
    return found
  }

  private static func word(at index: Int, in bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes[index...].prefix(while: CodeOnly.isLetter)
  }

  private static func name(after index: Int, in bytes: [UInt8]) -> String {
    let name = bytes[index...].drop { $0 == UInt8(ascii: " ") }.prefix { !" (<".utf8.contains($0) }
    return String(decoding: name, as: UTF8.self)
  }

  /// Where the body's closing brace is; nil for a requirement, which has none.
  private static func bodyRange(after start: Int, in bytes: [UInt8]) -> Int? {
    var (index, parentheses) = (start, 0)
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
      case UInt8(ascii: "{") where parentheses == 0: return closingBrace(from: index, in: bytes)
      case UInt8(ascii: "}") where parentheses == 0: return nil
      default: break
      }
      guard CodeOnly.isLetter(bytes[index]) else {
        index += 1
        continue
      }
      let word = word(at: index, in: bytes)
      if parentheses == 0, declarations.contains(where: { word.elementsEqual($0.utf8) }) {
        return nil
      }
      index += word.count
    }
    return nil
  }

  private static func closingBrace(from start: Int, in bytes: [UInt8]) -> Int? {
    var depth = 0
    for index in start..<bytes.count {
      if bytes[index] == UInt8(ascii: "{") { depth += 1 }
      if bytes[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }
}
