// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FirmwareBuild
import MachineModel
import ModelCompiler
import Testing

@testable import firmware

@Suite struct CapacityTests {
  private func complaint(_ change: (inout Board) throws -> Void) throws -> String {
    var board = try Board.load(named: "nano33ble")
    try change(&board)
    let error = #expect(throws: (any Error).self) {
      try Capacity(TwoEnds.program(), of: board).check(model: "x.tflite")
    }
    return "\(try #require(error))"
  }

  @Test func modelThatFits_isTaken() throws {
    try Capacity(TwoEnds.program(), of: Board.load(named: "nano33ble")).check(model: "x.tflite")
  }

  @Test func tooMuchRAM_namesTensorsAndBytes() throws {
    let text = try complaint { board in
      let ram = try #require(board.chip.memories.firstIndex { $0.kind == .ram })
      board.chip.memories[ram].size = ByteCount(2200)
    }
    #expect(text.hasPrefix("'x.tflite' does not fit Arduino Nano 33 BLE: "))
    #expect(text.contains("too many for its RAM. Tensors and scratch take"))
    #expect(text.contains("of 152 B beside the stack; layer "))
    #expect(text.contains("(100 B)"))
  }

  @Test func tooMuchFlash_namesTheHeaviestLayer() throws {
    let text = try complaint { $0.application.length = ByteCount(500) }
    #expect(text.contains("too many for its flash of 500 B, without any code"))
    #expect(text.contains("FULLY_CONNECTED alone takes"))
  }
}
