// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import Testing

/// Every bundled board that is emulated is built for and booted; one that is too small for the
/// applications boots a program of its own.
@Suite(.serialized) struct BoardMatrixTests {
  @Test(arguments: Board.emulatedNames())
  func board_bootsAnImageBuiltForIt(name: String) throws {
    let board = try Board.load(named: name)
    if board.chip.name == "nRF52840" {
      let outcome = try Command.run("--board", name, "--app", "heartbeat", "--until", "beat 1")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("led_builtin"))
    } else if board.chip.name == "SAMD21G18A" {
      let outcome = try Command.run("--board", name, "--app", "blink", "--until", "blink 2")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("led_builtin  switched on 2 times"))
      #expect(outcome.output.contains("no access to anything that is not modelled"))
    } else if name == "microbit" {
      let image = try MicrobitProgram.write()
      defer { try? FileManager.default.removeItem(at: image) }
      let outcome = try Command.run(
        "--board", name, "--firmware", image.path, "--until", MicrobitProgram.text)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("nRF51822, Cortex-M0 at 16 MHz"))
      #expect(outcome.output.contains("no access to anything that is not modelled"))
    } else {
      let outcome = try Command.run("--board", name, "--app", "compute-loop")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("by the program itself, status 0"))
    }
  }

  @Test func boardThatIsNotEmulated_saysSo() throws {
    let outcome = try Command.run("--board", "giga")
    #expect(outcome.status == 65)
    #expect(
      outcome.errors.contains(
        "Arduino Giga R1 WiFi can only be flashed (flash --board giga): the peripherals of its "
          + "STM32H747XI are not modelled; --list-boards names the boards that are emulated"))
    let list = try Command.run("--list-boards").output
    #expect(list.contains("giga              Arduino Giga R1 WiFi: can be flashed, not emulated"))
  }
}
