// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel
import Testing

@testable import FirmwareBuild

@Suite struct LinkerScriptTests {
  @Test func script_placesApplicationBehindBootloader() throws {
    let script = try LinkerScript(board: Board.load(named: "nano33ble"))
    #expect(script.text.contains("FLASH (rx) : ORIGIN = 0x00010000, LENGTH = 983040"))
    #expect(script.text.contains("RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 262144"))
  }

  @Test func script_followsBoardsMemories() throws {
    var board = try Board.load(named: "nano33ble")
    let ram = try #require(board.chip.memories.firstIndex { $0.kind == .ram })
    board.chip.memories[ram].size = .kibibytes(32)
    #expect(try LinkerScript(board: board).text.contains("LENGTH = 32768"))
  }

  @Test func script_takesTheChipsVectorTable() throws {
    let tables = try ["nano33ble", "mkr1000", "mps2-an386"].map {
      try LinkerScript(board: Board.load(named: $0)).text
    }
    #expect(tables[0].contains("KEEP(*(.vectors.nrf52840))"))
    #expect(tables[1].contains("KEEP(*(.vectors.samd21g18a))"))
    #expect(tables[2].contains("KEEP(*(.vectors.nrf52840))"))
    for table in LinkerScript.vectorTables {
      let folder = FirmwareBuilder.checkout.appendingPathComponent("Firmware/Sources/Startup/Chips")
      let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
      let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
      #expect(texts.contains { $0.contains("VECTOR_TABLE(\(table),") }, "no table \(table)")
    }
  }

  @Test func script_cannotBeBrokenByBoardsName() throws {
    var board = try Board.load(named: "nano33ble")
    board.name = "*/ SECTIONS"
    #expect(
      try LinkerScript(board: board).text.hasPrefix("/* Made by FirmwareBuild for:  SECTIONS */"))
  }

  @Test func boardWithoutRAM_isRefused() throws {
    var board = try Board.load(named: "nano33ble")
    board.chip.memories.removeAll { $0.kind == .ram }
    #expect(throws: FirmwareBuildError.noMemory(board: board.name, kind: "ram")) {
      try LinkerScript(board: board)
    }
  }

  @Test func applicationPastFlash_isRefused() throws {
    var board = try Board.load(named: "nano33ble")
    board.application.start = Address(0x1000_0000)
    let error = FirmwareBuildError.applicationOutsideFlash(
      board: board.name, start: Address(0x1000_0000))
    #expect(throws: error) { try LinkerScript(board: board) }
    #expect(error.description.contains("0x10000000 does not lie in its flash"))
  }
}
