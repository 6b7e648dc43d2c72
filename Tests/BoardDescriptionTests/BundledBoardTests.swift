// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel
import Testing

/// The bundled boards say what the hardware is.
@Suite struct BundledBoardTests {
  @Test func boards_areListedByFileName() {
    #expect(Set(Board.names()).isSuperset(of: ["mps2-an386", "nano33ble", "nano33ble-sense"]))
    #expect(Chip.names().contains("nrf52840"))
  }

  @Test(arguments: Board.names()) func everyBoard_loads(name: String) throws {
    let board = try Board.load(named: name)
    #expect(board.id == name)
    #expect(board.flash?.contains(board.application.start) == true)
  }

  @Test func nano33ble_isAnNRF52840BehindABootloader() throws {
    let board = try Board.load(named: "nano33ble")
    #expect(board.chip.name == "nRF52840")
    #expect(board.chip.core == .cortexM4F)
    #expect(board.cpuClock == Frequency(hertz: 64_000_000))
    #expect(board.flash?.size == .kibibytes(1024))
    #expect(board.flash?.page == .kibibytes(4))
    #expect(board.ram?.base == Address(0x2000_0000))
    #expect(board.ram?.size == .kibibytes(256))
    #expect(board.chip.interruptCount == 48)
    #expect(board.application.start == Address(0x10000))
    #expect(board.application.length == .kibibytes(960))
    #expect(board.pins["D13"] == Pin(port: 0, number: 13))
    #expect(board.console == "UARTE0")
    #expect(board.usb["bootloader"] == USBIdentity(vendor: 0x2341, product: 0x005A))
    #expect(board.usb["sketch"]?.matches(vendor: 0x2341, product: 0x015A) == true)
    #expect(board.usb["sketch"]?.matches(vendor: 0x2341, product: 0x005A) == false)
    #expect(board.flashing?.protocolName == "samba-nrf")
    #expect(board.isEmulated)
  }

  @Test func nano33ble_hearsThroughPDM() throws {
    let microphone = try #require(try Board.load(named: "nano33ble").device("microphone"))
    #expect(microphone.part == "mp34dt05")
    #expect(microphone.bus == "PDM")
    #expect(microphone.pins["clock"] == Pin(port: 0, number: 26))
    #expect(microphone.pins["data"] == Pin(port: 0, number: 25))
    #expect(microphone.pins["power"] == Pin(port: 0, number: 17))
  }

  @Test func peripherals_areFoundByAliasAndAddress() throws {
    let chip = try Board.load(named: "nano33ble").chip
    #expect(chip.peripheral("TWIM1")?.name == "SPIM1")
    #expect(chip.peripheral(at: Address(0x5000_0304))?.name == "GPIO")
    #expect(chip.peripheral(at: Address(0x4008_0000)) == nil)
    let timer = try #require(chip.peripheral("TIMER3"))
    let parameters = timer.parameters(reference: Frequency(hertz: 64_000_000))
    #expect(parameters.numbers == ["channels": 6])
    #expect(parameters.interrupt == 26)
  }

  @Test func mkr1000_isASAMD21BehindABootloader() throws {
    let board = try Board.load(named: "mkr1000")
    #expect(board.chip.core == .cortexM0Plus)
    #expect(board.cpuClock == Frequency(hertz: 48_000_000))
    #expect(board.flash?.size == .kibibytes(256))
    #expect(board.flash?.page == ByteCount(256))
    #expect(board.ram?.size == .kibibytes(32))
    #expect(board.application.start == Address(0x2000))
    #expect(board.pins["LED_BUILTIN"]?.description == "PA20")
    #expect(board.usb["bootloader"] == USBIdentity(vendor: 0x2341, product: 0x004E))
    #expect(board.flashing?.protocolName == "samba-samd")
    // The core's own bus to the ports, and flash beside the main array.
    #expect(board.chip.peripheral(at: Address(0x6000_0090))?.name == "PORT")
    #expect(board.chip.peripheral(at: Address(0x0080_A00C))?.name == "NVMCTRL")
  }

  @Test func mps2_describesItsChipInPlace() throws {
    let board = try Board.load(named: "mps2-an386")
    #expect(board.chip.name == "AN386")
    #expect(board.cpuClock == Frequency(hertz: 25_000_000))
    #expect(board.chip.peripheral("UART0")?.base == Address(0x4000_4000))
    #expect(board.application.start == Address(0))
  }

  @Test func cores_areThoseOfTheBoards() throws {
    let cores = try ["microbit", "mps2-an383", "mps2-an385", "mps2-an386", "mps2-an500"].map {
      try Board.load(named: $0).chip.core
    }
    #expect(cores == [.cortexM0, .cortexM0Plus, .cortexM3, .cortexM4F, .cortexM7DP])
    #expect(try Board.load(named: "microbit").flash?.page == .kibibytes(1))
  }

  @Test func flashOnlyBoards_areSaidToBe() throws {
    let emulated = Set(Board.emulatedNames())
    #expect(emulated.isSuperset(of: ["mps2-an386", "nano33ble", "microbit"]))
    #expect(emulated.isDisjoint(with: ["giga", "nano-rp2040", "sparkfun-edge"]))
  }

  /// What can be flashed lies in flash, starts where the application does, and says who it is.
  @Test(arguments: Board.names()) func flashing_fitsTheBoard(name: String) throws {
    let board = try Board.load(named: name)
    guard let flashing = board.flashing else { return #expect(board.isEmulated) }
    let flash = try #require(board.flash)
    #expect(flash.contains(flashing.start))
    #expect(UInt64(flashing.start.bits) + UInt64(flashing.length.count) <= flash.end)
    #expect(flashing.start == board.application.start)
    #expect(board.application.length <= flashing.length)
    #expect(board.usb["bootloader"] != nil || board.usb["adapter"] != nil)
    #expect(flashing.byHand != nil, "a remedy needs it")
  }

  /// The README's examples are files like any other.
  @Test func examplesOfTheREADME_load() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let readme = folder.appendingPathComponent("../../Boards/README.md")
    let examples = try String(contentsOf: readme, encoding: .utf8)
      .split(separator: "```yaml\n").dropFirst().map { String($0.prefix { $0 != "`" }) }
    #expect(examples.count == 2)
    let board = try Board.parse(Array(examples[0].utf8), file: "README.md")
    #expect(board.ram?.size == .kibibytes(32))
    let chip = try Chip.parse(Array(examples[1].utf8), file: "README.md")
    #expect(chip.peripheral("TWIM0")?.isModelled == false)
  }
}
