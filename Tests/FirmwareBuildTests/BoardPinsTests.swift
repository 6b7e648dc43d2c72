// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

@testable import FirmwareBuild

@Suite struct BoardPinsTests {
  @Test func pins_haveTheirPrintedNames() throws {
    let text = BoardPins(board: try Board.load(named: "nano33ble")).text
    #expect(text.contains("static var LED_BUILTIN: Pin { Pin(port: 0, number: 13) }"))
    #expect(text.contains("static var TX: Pin { Pin(port: 1, number: 3) }"))
  }

  @Test func namesThatAreNotSwift_areLeftOut() throws {
    var board = try Board.load(named: "nano33ble")
    board.pins = [
      "A0": Pin(port: 0, number: 4), "~D3": Pin(port: 1, number: 12),
      "3V3": Pin(port: 0, number: 0), "x { fatalError() }": Pin(port: 0, number: 1),
    ]
    let text = BoardPins(board: board).text
    #expect(text.split(separator: "\n").filter { $0.contains("static var") }.count == 1)
  }
}
