// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Testing

@Suite struct CatalogueErrorTests {
  @Test func unknownPartAndKind_pointIntoTheFile() throws {
    let board = try SampleBoard.parse(SampleBoard.text)
    let led = try #require(board.device("led"))
    #expect(
      led.unknownPart(known: ["led-strip", "leds"]).description
        == "test.yml:16:8: devices.led.part: found \"led\", "
        + "expected leds (or one of led-strip, leds)")
    let timer = try #require(board.peripheral("TIMER0"))
    #expect(
      timer.unknownKind(known: ["nordic.timers"]).description
        == "test.yml:12:13: peripherals.TIMER0.kind: found \"nordic.timer\", "
        + "expected nordic.timers (or one of nordic.timers, unmodelled)")
  }

  @Test func settings_areCheckedAgainstThePart() throws {
    let board = try SampleBoard.parse(SampleBoard.text)
    let led = try #require(board.device("led"))
    try led.check(pins: ["pin"], optional: ["activeHigh"])
    #expect {
      try led.check(pins: ["pin"], optional: ["activeHi"])
    } throws: { error in
      "\(error)".contains(
        "devices.led.activeHigh: found a setting that led does not have, expected activeHi (")
    }
    #expect {
      try led.check(pins: ["anode"])
    } throws: { error in
      "\(error)".contains("devices.led.anode: found no pin, expected the pin of led of that name")
    }
    #expect {
      try led.check(pins: [], optional: ["pin", "activeHigh"], needsBus: true)
    } throws: { error in
      "\(error)".contains("devices.led.on: found no such key")
    }
    let microphone = try #require(board.device("microphone"))
    try microphone.check(pins: ["clock", "data"], optional: ["power"], needsBus: true)
  }
}
