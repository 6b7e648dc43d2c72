// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Testing

@testable import FirmwareBuild

@Suite struct BoardSerialTests {
  @Test(arguments: [
    ("nano33ble", "NordicUARTEPort"), ("microbit", "NordicUARTPort"), ("mps2-an386", "CMSDKPort"),
    ("mps2-an383", "CMSDKPort"), ("mkr1000", "SERCOMPort"),
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
    #expect(error.description.contains("TIMER0, a nordic.timer; the application talks over"))
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

  @Test func samd21_hasItsConsoleOnThePadsOfTXAndRX() throws {
    var board = try Board.load(named: "mkr1000")
    let text = try BoardSerial(board: board).text
    // SERCOM5 by function D: PB22 is pad 2, PB23 pad 3.
    #expect(text.contains("var busNumber: UInt32 { 0x5 }"))
    #expect(text.contains("var multiplexer: UInt32 { 0x3 }"))
    #expect(text.contains("var transmitPad: UInt32 { 0x1 }"))
    #expect(text.contains("var receivePad: UInt32 { 0x3 }"))
    #expect(text.contains("var transmitPin: UInt32 { 0x36 }"))
    // SERCOM1 by function C: PA16 to PA19.
    board.console = "SERCOM1"
    board.pins["TX"] = board.pins["D8"]
    board.pins["RX"] = board.pins["D10"]
    let other = try BoardSerial(board: board).text
    #expect(other.contains("var multiplexer: UInt32 { 0x2 }"))
    #expect(other.contains("var transmitPad: UInt32 { 0x0 }"))
    board.console = "SERCOM4"
    let error = FirmwareBuildError.unreachablePins(board: board.name, console: "SERCOM4")
    #expect(throws: error) { try BoardSerial(board: board) }
    #expect(error.description.contains("pins TX and RX are no pads of SERCOM4"))
  }

  @Test(arguments: [
    ("mkr1000", "MicrochipLight", "0x14", "0x1"), ("nano33ble", "NordicLight", "0xd", "0x1"),
    ("microbit", "NoLight", "0xffffffff", "0x1"),
  ])
  func light_isTheBoards(name: String, driver: String, pin: String, level: String) throws {
    let text = try BoardSerial(board: Board.load(named: name)).text
    #expect(text.contains("typealias LightPort = \(driver)\n"))
    #expect(text.contains("var lightPin: UInt32 { \(pin) }"))
    #expect(text.contains("var lightIsActiveHigh: UInt32 { \(level) }"))
  }
}
