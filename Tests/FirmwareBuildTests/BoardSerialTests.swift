// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Testing

@testable import FirmwareBuild

@Suite struct BoardSerialTests {
  @Test(arguments: [
    ("nano33ble", "NordicUARTEPort"), ("microbit", "NordicUARTPort"), ("mps2-an386", "CMSDKPort"),
    ("mps2-an383", "CMSDKPort"),
  ])
  func driver_comesFromTheBoardsFile(name: String, driver: String) throws {
    let serial = try BoardSerial(board: Board.load(named: name))
    #expect(serial.text.contains("typealias SerialPort = \(driver)\n"))
  }

  @Test func numbers_areTheBoards() throws {
    let nano = try BoardSerial(board: Board.load(named: "nano33ble")).text
    #expect(nano.contains("var base: UInt32 { 0x40002000 }"))
    #expect(nano.contains("var transmitPin: UInt32 { 0x23 }"))
    #expect(nano.contains("var cache: UInt32 { 0x4001e000 }"))
    #expect(nano.contains("var hertz: UInt32 { 0x3d09000 }"))
    // Its flash keeps up with 16 MHz: there is no cache to switch on.
    let microbit = try BoardSerial(board: Board.load(named: "microbit")).text
    #expect(microbit.contains("var cache: UInt32 { 0x0 }"))
  }

  @Test func boardWithoutConsole_isRefused() throws {
    var board = try Board.load(named: "nano33ble")
    board.console = "TIMER0"
    let error = FirmwareBuildError.noConsole(board: board.name, found: "TIMER0, a nordic.timer")
    #expect(throws: error) { try BoardSerial(board: board) }
    #expect(error.description.contains("TIMER0, a nordic.timer; the runner talks over"))
    board.console = nil
    #expect(throws: FirmwareBuildError.noConsole(board: board.name, found: nil)) {
      try BoardSerial(board: board)
    }
  }

  @Test func boardWithoutSerialPins_isRefused() throws {
    var board = try Board.load(named: "nano33ble")
    board.pins["RX"] = nil
    #expect(throws: FirmwareBuildError.missingPins(board: board.name, names: ["RX"])) {
      try BoardSerial(board: board)
    }
  }
}
