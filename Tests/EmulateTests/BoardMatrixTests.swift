// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Testing

/// Every bundled board is built for and booted.
@Suite(.serialized) struct BoardMatrixTests {
  @Test(arguments: Board.names())
  func board_bootsAnImageBuiltForIt(name: String) throws {
    let board = try Board.load(named: name)
    if board.chip.name == "nRF52840" {
      let outcome = try Command.run("--board", name, "--app", "heartbeat", "--until", "beat 1")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("led_builtin"))
    } else {
      let outcome = try Command.run("--board", name, "--app", "compute-loop")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("by the program itself, status 0"))
    }
  }
}
