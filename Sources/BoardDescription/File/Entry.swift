// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// One value of a board file and where it stands.
struct Entry {
  let node: Node
  let file: String
  /// `devices.microphone.clock`
  let keyPath: String

  var place: Place { Self.place(of: node, in: file) }

  static func place(of node: Node, in file: String) -> Place {
    Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  func error(expected: String, found: String? = nil) -> BoardFileError {
    BoardFileError(at: place, keyPath: keyPath, found: found ?? description, expected: expected)
  }

  /// The value in words, short enough for one line.
  var description: String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : quoted(scalar.string)
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// Members of a mapping whose keys the file chooses, in the file's order.
  func members() throws(BoardFileError) -> [(key: String, value: Entry)] {
    guard case .mapping(let mapping) = node else { throw error(expected: "a mapping") }
    var members: [(key: String, value: Entry)] = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key, Self.isName(scalar.string) else {
        let found = Entry(node: key, file: file, keyPath: keyPath)
        throw found.error(expected: "a key of letters, digits, '-' and '_'")
      }
      let path = keyPath.isEmpty ? scalar.string : "\(keyPath).\(scalar.string)"
      members.append((scalar.string, Entry(node: value, file: file, keyPath: path)))
    }
    return members
  }

  /// A mapping that may hold only these keys.
  func fields(_ known: [String]) throws(BoardFileError) -> Fields {
    var values: [String: Entry] = [:]
    for (key, value) in try members() {
      guard known.contains(key) else {
        throw BoardFileError(
          at: keyPlace(key), keyPath: value.keyPath, found: "an unknown key",
          expected: suggestion(for: key, among: known))
      }
      values[key] = value
    }
    return Fields(owner: self, values: values)
  }

  func items() throws(BoardFileError) -> [Entry] {
    guard case .sequence(let sequence) = node else {
      throw error(expected: "a list such as [a, b]")
    }
    return sequence.enumerated().map { index, item in
      Entry(node: item, file: file, keyPath: "\(keyPath)[\(index)]")
    }
  }

  private func keyPlace(_ name: String) -> Place {
    guard case .mapping(let mapping) = node else { return place }
    let key = mapping.keys.first { $0.scalar?.string == name }
    return Self.place(of: key ?? node, in: file)
  }

  private static func isName(_ text: String) -> Bool {
    let isShort = (1...64).contains(text.utf8.count)
    return isShort
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

/// A mapping whose keys have been checked.
struct Fields {
  let owner: Entry
  let values: [String: Entry]

  subscript(key: String) -> Entry? { values[key] }

  func required(_ key: String, _ what: String) throws(BoardFileError) -> Entry {
    if let entry = values[key] { return entry }
    let path = owner.keyPath.isEmpty ? key : "\(owner.keyPath).\(key)"
    throw BoardFileError(
      at: owner.place, keyPath: path, found: "no such key", expected: what)
  }
}

/// The text as a string literal, cut after 40 characters.
func quoted(_ text: String) -> String {
  text.count <= 40 ? text.debugDescription : String(text.prefix(40)).debugDescription + "…"
}
