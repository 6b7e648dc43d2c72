// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

/// A small whole board, and what happens when one line of it is replaced.
enum SampleBoard {
  static let text = """
    name: Test board
    chip:
      name: testchip
      core: cortex-m4f
      clocks: { cpu: 64 MHz }
      interrupts: 48
      priorityBits: 3
      memories:
        flash: { kind: flash, base: 0x00000000, size: 1 MiB, page: 4 KiB }
        ram: { kind: ram, base: 0x20000000, size: 256 KiB }
      peripherals:
        TIMER0: { kind: nordic.timer, base: 0x40008000, interrupt: 8, with: { channels: 4 } }
        PDM: { kind: nordic.pdm, base: 0x4001D000, interrupt: 29, also: [MICROPHONE] }
    pins: { D13: P0.13, A0: P1.04 }
    devices:
      led: { part: led, pin: D13, activeHigh: true }
      microphone: { part: mp34dt05, on: PDM, clock: P0.26, data: A0 }
    console: TIMER0
    usb:
      sketch: { vendor: 0x2341, product: 0x805A }
    application: { start: 0x10000 }
    flashing: { protocol: samba-nrf, touch: 1200, start: 0x10000, length: 960 KiB }
    """

  static func parse(_ text: String) throws(BoardFileError) -> Board {
    try Board.parse(Array(text.utf8), file: "test.yml")
  }

  /// The message for the sample with the first `old` replaced.
  static func message(replacing old: String, with new: String) -> String {
    guard let range = text.firstRange(of: old) else { return "the sample has no \(old)" }
    do {
      _ = try parse(text.replacingCharacters(in: range, with: new))
      return "no error"
    } catch {
      return error.description
    }
  }
}

extension String {
  func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}

@Suite struct BoardFileTests {
  @Test func devices_areWiredByPinNameAndPad() throws {
    let board = try SampleBoard.parse(SampleBoard.text)
    #expect(board.id == "test")
    #expect(board.devices.map(\.name) == ["led", "microphone"])
    #expect(board.device("led")?.pins == ["pin": Pin(port: 0, number: 13)])
    #expect(board.device("led")?.numbers == ["activeHigh": 1])
    #expect(board.device("microphone")?.pins["data"] == Pin(port: 1, number: 4))
    #expect(board.device("microphone")?.bus == "PDM")
    #expect(board.device("microphone")?.place.line == 17)
    #expect(board.application.length == .kibibytes(960))
    #expect(board.flashing?.touch == 1200)
  }

  @Test func letteredPads_keepTheirSpelling() throws {
    let range = try #require(SampleBoard.text.firstRange(of: "P0.26"))
    let board = try SampleBoard.parse(SampleBoard.text.replacingCharacters(in: range, with: "PB08"))
    let pin = board.device("microphone")?.pins["clock"]
    #expect(pin == Pin(port: Pin.firstLetteredPort + 1, number: 8))
    #expect(pin?.description == "PB08")
    #expect(Pin(port: 0, number: 8).description == "P0.08")
  }

  @Test func board_overridesItsChipsClocksAndMemories() throws {
    let text = """
      name: Small
      chip: nrf52840
      clocks: { cpu: 32 MHz }
      memories: { ram: { size: 32 KiB }, flash: { instructionWaitStates: 1 } }
      """
    let board = try SampleBoard.parse(text)
    #expect(board.ram?.size == .kibibytes(32))
    #expect(board.ram?.base == Address(0x2000_0000))
    #expect(board.flash?.instructionWaitStates == 1)
    #expect(board.flash?.dataWaitStates == 2)
    #expect(board.cpuClock == Frequency(hertz: 32_000_000))
    #expect(board.chip.clocks["low"] == Frequency(hertz: 32768))
  }

  @Test func fractionalFrequencies_areExact() throws {
    let range = try #require(SampleBoard.text.firstRange(of: "64 MHz"))
    let text = SampleBoard.text.replacingCharacters(in: range, with: "32.768 kHz")
    #expect(try SampleBoard.parse(text).cpuClock == Frequency(hertz: 32768))
  }

  @Test func message_saysFileLineColumnKeyFoundAndExpected() {
    #expect(
      SampleBoard.message(replacing: "64 MHz", with: "64 Mhz")
        == "test.yml:5:18: chip.clocks.cpu: found \"64 Mhz\", "
        + "expected a frequency such as 64 MHz or 32768 Hz")
    #expect(
      SampleBoard.message(replacing: "interrupts: 48", with: "interupts: 48")
        == "test.yml:6:3: chip.interupts: found an unknown key, expected interrupts "
        + "(or one of bitBand, clocks, core, documentation, interrupts, memories, mpuRegions, "
        + "multiplierCycles, name, peripherals, priorityBits, registers, unmapped)")
  }

  @Test(arguments: [
    ("name: Test board\n", "", "test.yml:1:1: name: found no such key, expected the board's name"),
    (
      "cortex-m4f", "cortex-m5", ":4:9: chip.core: found \"cortex-m5\", expected cortex-m0"
    ),
    (
      "core: cortex-m4f", "core: cortex-m0",
      "chip.interrupts: found \"48\", expected an integer from 1 to 32"
    ),
    ("cpu: 64 MHz", "cpu: 0 Hz", "chip.clocks.cpu: found \"0 Hz\", expected a frequency"),
    ("{ cpu: 64 MHz }", "{ }", "found no clock for the CPU"),
    (
      "interrupts: 48", "interrupts: many",
      ":6:15: chip.interrupts: found \"many\", expected an integer"
    ),
    ("interrupts: 48", "interrupts: \"48\"", "expected an integer from 1 to 240"),
    (
      "size: 256 KiB", "size: 256 kB",
      ":10:47: chip.memories.ram.size: found \"256 kB\", expected a size"
    ),
    ("size: 256 KiB", "size: 99 GiB", "expected a size such as 256 KiB"),
    ("size: 256 KiB", "size: 300 MiB", "at most 262144 KiB"),
    (
      "base: 0x20000000", "base: 0x1_0000",
      "found flash, which ends at 0x000fffff, and ram, which starts"
    ),
    ("base: 0x20000000", "base: 0x20000001", "expected an address that is a multiple of 4"),
    ("base: 0x20000000", "base: 0xFFFF0000", "expected memory below 4 GiB"),
    ("base: 0x4001D000", "base: 0x40008004", "found TIMER0, which ends at 0x40008fff, and PDM"),
    ("kind: ram", "kind: rom", "expected at least one memory of kind ram"),
    (
      "interrupt: 8", "interrupt: 48",
      "TIMER0.interrupt: found \"48\", expected an integer from 0 to 47"
    ),
    (
      "interrupt: 8", "interrupts: 8", "TIMER0.interrupts: found an unknown key, expected interrupt"
    ),
    ("[MICROPHONE]", "[TIMER0]", "found TIMER0, also a name of TIMER0, expected a name of its own"),
    (
      "{ channels: 4 }", "{ channels: four }",
      "TIMER0.with.channels: found \"four\", expected a pad"
    ),
    (
      "pin: D13", "pin: D14",
      "devices.led.pin: found \"D14\", expected a pad such as P0.13 or PA20 or D13"
    ),
    ("clock: P0.26", "clock: PA32", "devices.microphone.clock: found \"PA32\", expected a pad"),
    (
      "interrupt: 8", "windows: [{ base: 0xFFFFF000, size: 0x2000 }]",
      "found 8 KiB at 0xfffff000, expected addresses below 4 GiB"
    ),
    (
      "interrupt: 8", "windows: [{ base: 0x20000100, size: 4 }]",
      "found ram, which ends at 0x2003ffff, and TIMER0, which starts at 0x20000100"
    ),
    ("interrupt: 8", "windows: [{ size: 4 }]", "base: found no such key, expected an address"),
    ("clock: P0.26", "clock: P0.32", "devices.microphone.clock: found \"P0.32\", expected a pad"),
    ("part: led", "prt: led", "devices.led.prt: found \"led\", expected a pad"),
    ("part: led, ", "", ":16:8: devices.led.part: found no such key, expected the part's name"),
    ("on: PDM", "on: PMD", "devices.microphone.on: found \"PMD\", expected PDM (or one of"),
    ("console: TIMER0", "console: UARTE0", "console: found \"UARTE0\", expected"),
    (
      "product: 0x805A", "product: 0x1805A",
      "usb.sketch.product: found \"0x1805A\", expected an integer"
    ),
    (
      "start: 0x10000 }", "start: 0x30000000 }",
      "application.start: found 0x30000000, expected an address"
    ),
    ("touch: 1200", "touch: 0", "flashing.touch: found \"0\", expected an integer"),
    ("samba-nrf", "samba-nfr", "flashing.protocol: found \"samba-nfr\", expected samba-nrf (or"),
    (
      "product: 0x805A", "product: 0x805A, also: [0x10000]",
      "usb.sketch.also[0]: found \"0x10000\", expected an integer"
    ),
    (
      "start: 0x10000 }", "start: 0x10000, vectors: 0x8000 }",
      "application.vectors: found 0x00008000, expected an address in the application"
    ),
    (
      "start: 0x10000 }", "start: 0x10000, handover: [{ address: 0x40000000, value: 1 }] }",
      "application.handover[0].address: found 0x40000000, expected the address of a register"
    ),
    (
      "start: 0x10000 }", "start: 0x10000, handover: [{ address: 0x40008002, value: 1 }] }",
      "handover[0].address: found \"0x40008002\", expected an address that is a multiple of 4"
    ),
    (
      "start: 0x10000 }", "start: 0x10000, handover: [{ address: 0x40008000 }] }",
      "application.handover[0].value: found no such key, expected what is written"
    ),
    ("pins: {", "pins: [", "found no ',' or ']', expected well-formed YAML"),
    ("A0: P1.04", "D13: P1.04", "twice"),
    ("A0: P1.04", "A0: *x", "found a YAML anchor or alias, expected the value itself"),
    ("A0: P1.04", "A0:", "pins.A0: found nothing, expected one line of text"),
    ("A0: P1.04", "A0: [P1.04]", "pins.A0: found a list, expected one line of text"),
    ("chip:\n", "memories: { rom: { size: 4 } }\nchip:\n", "expected ram (or one of flash, ram)"),
  ])
  func mistake_isNamed(old: String, new: String, expected: String) {
    let message = SampleBoard.message(replacing: old, with: new)
    #expect(message.contains(expected), "\(message)")
  }

  @Test func unknownBoard_listsTheBoards() {
    #expect {
      try Board.load(named: "nano33bel")
    } throws: { error in
      "\(error)"
        == "board \"nano33bel\": found no such board, expected nano33ble (or one of "
        + "\(Board.names().joined(separator: ", "))), or the path of a .yml file"
    }
  }

  @Test func missingFiles_areNamedByWhoAskedForThem() {
    #expect {
      try Board.load(named: "./nowhere.yml")
    } throws: { error in
      "\(error)".hasPrefix("./nowhere.yml: found no file \"nowhere.yml\" that can be opened")
    }
    let text = "name: x\nchip: ./nochip.yml\n"
    #expect {
      try SampleBoard.parse(text)
    } throws: { error in
      "\(error)".hasPrefix("test.yml:2:7: chip: found no file \"nochip.yml\" that can be opened")
    }
    #expect {
      try SampleBoard.parse("name: x\nchip: nrf52480\n")
    } throws: { error in
      "\(error)".hasPrefix("test.yml:2:7: chip: found \"nrf52480\", expected nrf52840 (or one of ")
    }
  }

  @Test func directory_isNoBoard() {
    #expect(throws: BoardFileError.self) { try Board.load(path: "/") }
  }
}
