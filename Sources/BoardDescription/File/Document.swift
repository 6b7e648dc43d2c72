// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// The YAML of one file, before anything is made of it.
enum Document {
  /// Far above any board; keeps a hostile file from costing time.
  static let sizeLimit = 256 * 1024
  /// Deeper than any board nests; YAML's own parser recurses.
  static let depthLimit = 32
  static let lineLimit = 1000

  /// The root of the only document in `bytes`.
  static func compose(_ bytes: [UInt8], file: String) throws(BoardFileError) -> Entry {
    let start = Place(file: file, line: 1, column: 1)
    guard bytes.count <= sizeLimit else {
      throw BoardFileError(
        at: start, keyPath: "", found: "\(bytes.count) bytes",
        expected: "a board file of at most \(sizeLimit)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw BoardFileError(
        at: start, keyPath: "", found: "bytes that are no text", expected: "UTF-8")
    }
    try refuseHostileShapes(text, file: file)
    do {
      guard let root = try Yams.compose(yaml: text, .default, .default, .utf8) else {
        throw BoardFileError(at: start, keyPath: "", found: "an empty file", expected: "a mapping")
      }
      return Entry(node: root, file: file, keyPath: "")
    } catch let error as BoardFileError {
      throw error
    } catch {
      throw BoardFileError(yaml: error, file: file)
    }
  }

  /// Refuses what the parser would only survive at a cost: deep nesting, aliases that multiply.
  private static func refuseHostileShapes(
    _ text: String, file: String
  ) throws(BoardFileError) {
    var depth = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      var previous = UInt8(ascii: " ")
      for (column, byte) in line.utf8.enumerated() {
        func refuse(_ found: String, _ expected: String) -> BoardFileError {
          let place = Place(file: file, line: index + 1, column: column + 1)
          return BoardFileError(at: place, keyPath: "", found: found, expected: expected)
        }
        if byte == UInt8(ascii: "#"), previous == UInt8(ascii: " ") { break }
        if column >= lineLimit { throw refuse("a longer line", "at most \(lineLimit) columns") }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
          guard isTokenStart(after: previous) else { break }
          throw refuse("a YAML anchor or alias", "the value itself")
        default: break
        }
        if depth > depthLimit { throw refuse("deeper nesting", "at most \(depthLimit) levels") }
        previous = byte
      }
      let indentation = line.utf8.prefix { " -?\t".utf8.contains($0) }.count
      guard indentation <= 8 * depthLimit else {
        let place = Place(file: file, line: index + 1, column: indentation)
        throw BoardFileError(
          at: place, keyPath: "", found: "deeper nesting", expected: "at most \(depthLimit) levels")
      }
    }
  }

  private static func isTokenStart(after byte: UInt8) -> Bool {
    " \t[{,:-?".utf8.contains(byte)
  }
}

extension BoardFileError {
  /// What the YAML parser said, at its line.
  fileprivate init(yaml error: any Error, file: String) {
    let (problem, mark): (String, Mark?) =
      switch error as? YamlError {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        (problem, mark)
      case .duplicatedKeysInMapping(let keys, let context):
        ("the key \(keys.first ?? "") twice", context.mark)
      case .reader(let problem, _, _, _): (problem, nil)
      default: ("no YAML", nil)
      }
    self.init(
      at: Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1), keyPath: "",
      found: Self.noun(problem), expected: "well-formed YAML")
  }

  /// The parser says "found a tab" and "did not find a key"; here the sentence says "found" itself.
  private static func noun(_ problem: String) -> String {
    for (said, told) in [("found ", ""), ("did not find ", "no "), ("could not find ", "no ")]
    where problem.hasPrefix(said) {
      let rest = problem.dropFirst(said.count)
      return told + (told.isEmpty ? rest : rest.trimmingPrefix("expected "))
    }
    return problem
  }
}
