// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Boards
import Foundation
import Testing

/// Damaged board files end in an error with a place, or a board; never in a trap.
@Suite struct BoardFuzzTests {
  static let files: [(name: String, bytes: [UInt8])] = {
    let boards = Board.names().map { Boards.boards.appendingPathComponent($0 + ".yml") }
    let chips = Chip.names().map { Boards.chips.appendingPathComponent($0 + ".yml") }
    return (boards + chips).map { url in
      (url.lastPathComponent, [UInt8]((try? Data(contentsOf: url)) ?? Data()))
    }
  }()

  static func use(_ bytes: [UInt8], _ name: String) {
    expectPlace { _ = try Board.parse(bytes, file: name) }
    expectPlace { _ = try Chip.parse(bytes, file: name) }
  }

  private static func expectPlace(_ body: () throws -> Void) {
    do {
      try body()
    } catch let error as BoardFileError {
      #expect(error.place.line >= 1 && error.place.column >= 1, "\(error)")
      #expect(!error.description.contains("\n"), "\(error)")
    } catch {
      Issue.record(error)
    }
  }

  static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }

  static func joined(_ lines: [ArraySlice<UInt8>]) -> [UInt8] {
    Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  @Test(arguments: files.map(\.name)) func everyLine_canBeMissingOrTwiceOrNonsense(name: String) {
    let lines = Self.lines(Self.files.first { $0.name == name }?.bytes ?? [])
    #expect(lines.count > 10)
    for index in lines.indices {
      var (missing, twice) = (lines, lines)
      missing.remove(at: index)
      twice.insert(lines[index], at: index)
      Self.use(Self.joined(missing), name)
      Self.use(Self.joined(twice), name)
      for nonsense in ["  - x", "x: [", "? {a: b}", "\t", "x: -1", "\"", "%YAML 9", "--- ", "..."] {
        var altered = lines
        altered[index] = Array(nonsense.utf8)[...]
        Self.use(Self.joined(altered), name)
      }
    }
  }

  @Test func values_canBeAnythingAtAll() {
    let values = [
      "", "-1", "0", "18446744073709551615", "18446744073709551616", "0x", "0xFFFFFFFFFFFFFFFF",
      "~",
      "4294967295", "1e9", "4294967292", "16777216 KiB", "18446744073709551615 MiB", "1.5 MHz",
      "99999999999999999999 Hz", "18446744073709551.615 kHz", "P255.31", "P256.0", "P0.", "[]",
      "{}",
      "[[1]]", "true", "!!binary aGk=", "!!int x", "2001-01-01", "\u{0}", "\u{1F4A5}", "| \n x",
    ]
    for line in SampleBoard.text.split(separator: "\n") {
      guard let colon = line.lastIndex(of: ":") else { continue }
      for value in values {
        let altered = line[...colon] + " " + value + (line.hasSuffix("}") ? " }" : "")
        let text = SampleBoard.text.replacing(line, with: altered)
        Self.use(Array(text.utf8), "test.yml")
      }
    }
  }

  @Test func truncation_atEveryLength() {
    let bytes = Array(SampleBoard.text.utf8)
    for count in bytes.indices { Self.use(Array(bytes[..<count]), "test.yml") }
  }

  @Test func seededDamage_ofManyBytes() {
    var seed: UInt64 = 0x5EED
    func next() -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33)
    }
    let sample = Array(SampleBoard.text.utf8)
    for _ in 0..<1000 {
      var bytes = sample
      for _ in 0..<(1 + next() % 6) { bytes[next() % bytes.count] = UInt8(next() & 0xFF) }
      Self.use(bytes, "test.yml")
    }
  }

  static let hostile: [String: String] = [
    "unclosed lists": String(repeating: "[", count: 100_000),
    "unclosed mappings": String(repeating: "{a: ", count: 50_000),
    "lists in lists": String(repeating: "- ", count: 100_000),
    "keys in keys": String(repeating: "? ", count: 400) + "x",
    "deep indentation": (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    "aliases": "a: &a [x]\nb: &b [*a, *a]\n? *b\n: c\n",
    "a long file": String(repeating: "x", count: 300_000),
    "tags": "%TAG ! tag:x:\n---\n!a b\n",
  ]

  @Test(arguments: hostile.keys.sorted()) func hostileShapes_areRefused(shape: String) {
    let bytes = Array((Self.hostile[shape] ?? "").utf8)
    #expect(throws: BoardFileError.self) { try Board.parse(bytes, file: "hostile.yml") }
  }
}
