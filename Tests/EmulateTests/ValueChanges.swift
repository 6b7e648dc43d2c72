// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A value change dump, read as strictly as IEEE 1364-2005, clause 18, says: what GTKWave would
/// show of it.
struct ValueChanges {
  struct Flaw: Error, CustomStringConvertible {
    let description: String
  }

  struct Change: Equatable {
    var time: UInt64
    var value: String
  }

  private struct Variable {
    var path: String
    var type: Substring
    var width: Int
  }

  private(set) var timescale = ""
  private(set) var end: UInt64 = 0
  /// By path, `cpu.sleep`, without the board's name. An event's value is `1`.
  private(set) var changes: [String: [Change]] = [:]
  private var variables: [Substring: Variable] = [:]
  private var isInDump = false

  init(_ text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let head = lines.firstIndex(of: "$enddefinitions $end") else {
      throw Flaw(description: "the head never ends")
    }
    var scopes: [Substring] = []
    for line in lines[..<head] { try readHead(line.split(separator: " "), &scopes) }
    guard scopes.isEmpty else { throw Flaw(description: "scopes are left open") }
    guard lines.last == "" else { throw Flaw(description: "the last line does not end") }
    var time: UInt64?
    for line in lines[(head + 1)...].dropLast() { try readChange(line, &time) }
    end = time ?? 0
  }

  private mutating func readHead(_ words: [Substring], _ scopes: inout [Substring]) throws {
    guard words.last == "$end" else { throw Flaw(description: "no $end: \(words)") }
    switch words.first {
    case "$comment": break
    case "$timescale": timescale = words[1..<(words.count - 1)].joined(separator: " ")
    case "$scope" where words.count == 4: scopes.append(words[2])
    case "$upscope" where !scopes.isEmpty: scopes.removeLast()
    case "$var" where words.count >= 6:
      let path = (scopes.dropFirst() + [words[4]]).joined(separator: ".")
      guard let width = Int(words[2]), variables[words[3]] == nil, changes[path] == nil else {
        throw Flaw(description: "declared twice: \(words)")
      }
      variables[words[3]] = Variable(path: path, type: words[1], width: width)
      changes[path] = []
    default: throw Flaw(description: "unknown: \(words)")
    }
  }

  private mutating func readChange(_ line: Substring, _ time: inout UInt64?) throws {
    if line == "$dumpvars" || line == "$end" { return }
    if line.first == "#" {
      guard let new = UInt64(line.dropFirst()), new > time ?? 0 || time == nil else {
        throw Flaw(description: "time goes back: \(line)")
      }
      time = new
      return
    }
    let words = line.split(separator: " ")
    let isLong = line.first == "b" || line.first == "s"
    guard let time, let first = words.first, words.count == (isLong ? 2 : 1) else {
      throw Flaw(description: "no change: \(line)")
    }
    let code = isLong ? words[1] : first.dropFirst()
    let value = isLong ? first.dropFirst() : first.prefix(1)
    guard let variable = variables[code] else { throw Flaw(description: "undeclared: \(line)") }
    guard Self.fits(value, line.first, variable) else { throw Flaw(description: "bad: \(line)") }
    changes[variable.path]?.append(Change(time: time, value: String(value)))
  }

  private static func fits(_ value: Substring, _ kind: Character?, _ variable: Variable) -> Bool {
    switch variable.type {
    case "wire": value == "0" || value == "1" || value == "z"
    case "event": value == "1" && kind == "1"
    case "string": kind == "s" && !value.isEmpty
    case "reg": kind == "b" && value.count <= variable.width && value.allSatisfy("01".contains)
    default: false
    }
  }

  /// What a variable became, one after the other.
  func values(_ path: String) -> [String] { changes[path]?.map(\.value) ?? [] }
}
