// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

@testable import Emulator

/// Boards that are spoken to and flashed as their genuine bootloaders would be.
@Suite struct StandInBootloaderTests {
  private func machine(_ board: String, flashed image: [UInt8]? = nil) throws -> Machine {
    let board = try Board.load(named: board)
    let machine = try Machine(board: board)
    #expect(machine.useStandInBootloader(keepsPackets: true))
    machine.load(
      try image.map { try LoadedImage(bytes: $0, name: "app.bin", for: board) }
        ?? LoadedImage(absentFor: board))
    return machine
  }

  /// `b .` behind a vector table with 16 entries.
  private static func endlessLoop(at base: UInt32, stack: UInt32 = 0x2000_8000) -> [UInt8] {
    let words = [stack, base + 0x41] + Array(repeating: 0, count: 14) + [0xE7FE_E7FE]
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private func run(_ machine: Machine, milliseconds: Int) {
    let span = machine.cycles(in: .milliseconds(milliseconds))
    let end = machine.core.now + span
    if case .asleepForever = machine.run(until: StopConditions(duration: span)) {
      machine.core.advance(to: end)
    }
  }

  /// What comes back within 20 ms.
  private func ask(_ machine: Machine, _ text: String, data: [UInt8] = []) -> String {
    var answer: [UInt8] = []
    machine.onUSBSerial = { answer += $0 }
    machine.sendSerial(Array(text.utf8))
    run(machine, milliseconds: 10)
    if !data.isEmpty { machine.sendSerial(data) }
    run(machine, milliseconds: 10)
    return String(decoding: answer, as: UTF8.self)
  }

  @Test(arguments: [("nano33ble", "2341:005a"), ("mkr1000", "2341:004e")])
  func boardWithoutAnApplication_isABootloader(board: String, numbers: String) throws {
    let machine = try machine(board)
    #expect(machine.isInBootloader)
    run(machine, milliseconds: 300)
    #expect(machine.usb.isSerialOpen)
    #expect(machine.usb.deviceName == "\(numbers) \(machine.board.name)")
    #expect(ask(machine, "N#") == "\n\r")
    #expect(ask(machine, "V#").contains("Arduino"))
    machine.endConsoleLine()
    #expect(machine.console.lines.isEmpty)
  }

  @Test func mkr1000_isFlashed_andStarts() throws {
    let machine = try machine("mkr1000")
    run(machine, milliseconds: 300)
    let image = Self.endlessLoop(at: 0x2000)
    #expect(ask(machine, "X00002000#") == "X\n\r")
    _ = ask(machine, "S20005000,00000044#", data: image)
    #expect(ask(machine, "Y20005000,0#") == "Y\n\r")
    #expect(ask(machine, "Y00002000,44#") == "Y\n\r")
    #expect(machine.inspect(0x2000, count: 0x44) == image)
    // SYSRESETREQ.
    #expect(ask(machine, "WE000ED0C,05FA0004#") == "")
    #expect(!machine.isInBootloader)
    #expect(machine.resetCount == 1)
    #expect(machine.core[register: 15] == 0x2040)
    #expect(!machine.usb.isInUse)
  }

  @Test func nano33ble_isFlashed_andStarts() throws {
    let machine = try machine("nano33ble")
    run(machine, milliseconds: 300)
    let image = Self.endlessLoop(at: 0x1_0000)
    _ = ask(machine, "S00000000,00000044#", data: image)
    #expect(ask(machine, "Y00000000,0#") == "Y\n\r")
    #expect(ask(machine, "Y00000000,00001000#") == "Y\n\r")
    #expect(machine.inspect(0x1_0000, count: 0x44) == image)
    #expect(ask(machine, "K#") == "")
    #expect(!machine.isInBootloader)
    #expect(machine.core[register: 15] == 0x1_0040)
  }

  @Test func bootloadersOwnFlash_isNotWritten() throws {
    let machine = try machine("mkr1000")
    #expect(machine.poke(0x100, [1, 2, 3, 4]))
    run(machine, milliseconds: 300)
    #expect(ask(machine, "X00000000#") == "X\n\r")
    #expect(machine.inspect(0x100, count: 4) == [1, 2, 3, 4])
  }

  @Test func application_runsFromTheStart() throws {
    let machine = try machine("nano33ble", flashed: Self.endlessLoop(at: 0x1_0000))
    #expect(!machine.isInBootloader)
    run(machine, milliseconds: 10)
    #expect(machine.core[register: 15] == 0x1_0040)
  }

  @Test func magicWord_callsTheBootloaderOnce() throws {
    let machine = try machine("mkr1000", flashed: Self.endlessLoop(at: 0x2000))
    #expect(machine.poke(0x2000_7FFC, [0x35, 0x81, 0x73, 0x07]))
    machine.restart(.software)
    #expect(machine.isInBootloader)
    machine.restart(.software)
    #expect(!machine.isInBootloader)
  }

  @Test func retainedRegister_callsTheBootloaderOnce() throws {
    let machine = try machine("nano33ble", flashed: Self.endlessLoop(at: 0x1_0000))
    #expect(machine.poke(0x4000_051C, [0xB0, 0, 0, 0]))
    machine.restart(.software)
    #expect(machine.isInBootloader)
    machine.restart(.software)
    #expect(!machine.isInBootloader)
  }

  @Test func doubleTap_callsTheBootloader() throws {
    let machine = try machine("mkr1000", flashed: Self.endlessLoop(at: 0x2000))
    machine.pressReset()
    run(machine, milliseconds: 300)
    #expect(!machine.isInBootloader)
    machine.pressReset()
    #expect(machine.isInBootloader)
  }

  @Test func singleTap_startsTheApplicationHalfASecondLater() throws {
    let machine = try machine("mkr1000", flashed: Self.endlessLoop(at: 0x2000))
    machine.pressReset()
    let before = machine.core.instructionsExecuted
    run(machine, milliseconds: 490)
    #expect(machine.core.instructionsExecuted == before)
    run(machine, milliseconds: 20)
    #expect(machine.core.instructionsExecuted > before)
    machine.pressReset()
    #expect(!machine.isInBootloader)
  }

  @Test func boardWhoseBootloaderIsUnknown_isRefused() throws {
    let machine = try Machine(board: Board.load(named: "microbit"))
    #expect(!machine.useStandInBootloader(keepsPackets: false))
  }
}
