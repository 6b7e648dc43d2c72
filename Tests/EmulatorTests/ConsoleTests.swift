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

  // MARK: UART and USB saying the same

  private func say(
    _ text: String, by source: Console.Source, at cycle: UInt64, on console: inout Console
  ) {
    for byte in text.utf8 {
      _ = console.receive(byte, from: source, at: Instant(sinceReset: Cycles(cycle)))
    }
  }

  private func text(_ console: Console) -> [String] {
    console.lines.map { "\($0.source.rawValue) \($0.text)" }
  }

  @Test func echoByUSB_isShownOnce_whicheverComesFirst() {
    var console = Console()
    say("one\n", by: .serial, at: 10, on: &console)
    say("one\n", by: .usb, at: 11, on: &console)
    say("two\nthree\n", by: .usb, at: 12, on: &console)
    say("two\n", by: .serial, at: 13, on: &console)
    say("three\n", by: .serial, at: 14, on: &console)
    #expect(text(console) == ["serial one", "serial two", "serial three"])
    #expect(!console.isHoldingBack)
  }

  @Test func lineOfUSBAlone_isShownOnceTheUARTIsQuiet() {
    var console = Console()
    say("position\n", by: .serial, at: 10, on: &console)
    say("debug\n", by: .usb, at: 11, on: &console)
    #expect(console.isHoldingBack)
    let early = Instant(sinceReset: Cycles(29))
    #expect(console.release(at: early, millisecond: Cycles(1)) == [])
    let late = Instant(sinceReset: Cycles(30))
    #expect(console.release(at: late, millisecond: Cycles(1)).map(\.text) == ["debug"])
    #expect(text(console) == ["serial position", "usb debug"])
    say("last\n", by: .usb, at: 31, on: &console)
    #expect(console.release(at: nil, millisecond: Cycles(1)).map(\.text) == ["last"])
  }

  @Test func lineOfUSB_waitsForNobody_whereTheUARTIsSilent() {
    var console = Console()
    say("hello\n", by: .usb, at: 1, on: &console)
    #expect(text(console) == ["usb hello"])
  }

  /// The run ends when the UART has sent half of what USB has sent whole.
  @Test func lineThatIsCutByTheEnd_hidesItsEcho() {
    var console = Console()
    let now = Instant.reset + Cycles(10)
    for byte in Array("heard \"fo".utf8) { _ = console.receive(byte, at: now) }
    for byte in Array("heard \"four\"\r\n".utf8) {
      #expect(console.receive(byte, from: .usb, at: now) == nil)
    }
    #expect(console.flush()?.text == "heard \"fo")
    #expect(console.release(at: nil, millisecond: Cycles(1)).isEmpty)
  }
}
