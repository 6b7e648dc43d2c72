// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Emulator

@Suite struct ConsoleTests {
  private func lines(_ text: String) -> [Console.Line] {
    var console = Console()
    for (index, byte) in text.utf8.enumerated() {
      _ = console.receive(byte, at: .reset + Cycles(UInt64(index)))
    }
    return console.lines
  }

  @Test func line_bearsTheInstantOfItsFirstByte() {
    let found = lines("ab\r\ncd\n")
    #expect(found.map(\.text) == ["ab", "cd"])
    #expect(found.map(\.instant.sinceReset.count) == [0, 4])
  }

  @Test func controlCharacters_areNotPassedToTheTerminal() {
    #expect(lines("\u{1B}[2Jx\n").map(\.text) == ["[2Jx"])
  }

  @Test func secondControlSet_isNotPassedEither() {
    #expect(lines("\u{9B}31mx\u{85}y\n").map(\.text) == ["31mxy"])
  }

  @Test func endlessLine_isCut_withoutLosingAByte() {
    let found = lines(String(repeating: "x", count: 5000) + "y\n").map(\.text)
    #expect(found.map(\.utf8.count) == [4096, 905])
  }

  @Test func unfinishedLine_canBeSeenAndFlushed() {
    var console = Console()
    for byte in "> ".utf8 { _ = console.receive(byte, at: .reset) }
    #expect(console.isPrinting("> ") && !console.isPrinting(">>"))
    #expect(console.flush()?.text == "> ")
    #expect(console.flush() == nil)
  }

  @Test func linesOfDifferentSources_doNotMix() {
    var console = Console()
    for byte in "ab".utf8 {
      _ = console.receive(byte, at: .reset)
      _ = console.receive(byte + 2, from: .itm, at: .reset + Cycles(1))
    }
    #expect(console.receive(UInt8(ascii: "\n"), at: .reset)?.text == "ab")
    let line = console.flush(.itm)
    #expect(line?.text == "cd" && line?.source == .itm && line?.instant != .reset)
  }
}
