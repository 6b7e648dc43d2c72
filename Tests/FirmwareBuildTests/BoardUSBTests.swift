// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Testing

@testable import FirmwareBuild

@Suite struct BoardUSBTests {
  @Test func identity_isTheBoards() throws {
    let text = try BoardUSB(board: Board.load(named: "nano33ble")).text
    #expect(text.contains("typealias USBPort = NordicUSBPort\n"))
    #expect(text.contains("var base: UInt32 { 0x40027000 }"))
    #expect(text.contains("var interrupt: UInt32 { 0x27 }"))
    #expect(text.contains("var vendor: UInt32 { 0x2341 }"))
    #expect(text.contains("var product: UInt32 { 0x805a }"))
    #expect(text.contains("var bootloaderMark: UInt32 { 0xb0 }"))
    #expect(text.contains(#"var name: StaticString { "Arduino Nano 33 BLE" }"#))
  }

  @Test func samd21_hasItsOwnPortAndMark() throws {
    let text = try BoardUSB(board: Board.load(named: "mkr1000")).text
    #expect(text.contains("typealias USBPort = MicrochipUSBPort\n"))
    #expect(text.contains("var base: UInt32 { 0x41005000 }"))
    #expect(text.contains("var product: UInt32 { 0x804e }"))
    #expect(text.contains("var bootloaderMark: UInt32 { 0x7738135 }"))
  }

  @Test func boardWithoutUSB_getsThePortThatDoesNothing() throws {
    let text = try BoardUSB(board: Board.load(named: "mps2-an386")).text
    #expect(text.contains("typealias USBPort = NoUSBPort\n"))
    #expect(text.contains("var base: UInt32 { 0x0 }"))
  }

  @Test func controllerThatNoSketchUses_isLeftAlone() throws {
    var board = try Board.load(named: "nano33ble")
    board.usb = [:]
    #expect(BoardUSB(board: board).text.contains("typealias USBPort = NoUSBPort\n"))
  }

  @Test func name_isSpelledAsALiteral() throws {
    var board = try Board.load(named: "nano33ble")
    board.name = "a \"b\\(c)\" µ\n"
    #expect(BoardUSB(board: board).text.contains(#"{ "a b(c) " }"#))
  }
}
