// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import Foundation
import MachineModel

/// Boots a firmware image on an emulated board.
@main struct Emulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emulate",
    abstract: "Runs the bytes that would be flashed on an emulated board.",
    discussion: """
      Examples:
        emulate --board nano33ble
            builds the keyword-spotting application and plays the bundled sentence to it
        emulate --board nano33ble --microphone hello.wav
            plays your own recording into the PDM microphone
        emulate --board nano33ble --firmware sketch.hex --duration 5s --until "ready"
            runs any image; exit code 1 if it has not printed "ready" in 5 virtual seconds
        emulate --board nano33ble --budget-latency 150ms --budget-ram 64KiB --json report.json
            holds the run to budgets: exit code 2 when one is missed

      Exit codes: 0 done, 1 the text of --until did not come, 2 a budget was missed, 3 the
      firmware crashed, 64 a bad argument, 65 bad input, 74 output could not be written.
      """)

  @Option(help: "A board from --list-boards, or the path of a board file.")
  var board = "nano33ble"

  @Option(
    help: ArgumentHelp(
      "The image to run: ELF, Intel HEX, UF2 or raw binary.",
      valueName: "image"))
  var firmware: String?

  @Option(help: "The application to build and run, where no image is given.")
  var app = "keyword-spotting"

  @Option(
    help: ArgumentHelp(
      "A TensorFlow Lite model to build the application with.",
      valueName: "file.tflite"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "What the microphone hears: any WAV file. One second of silence follows, then the run ends.",
      valueName: "file.wav"))
  var microphone: String?

  @Option(help: "Virtual time to run for: 500ms, 10s, 2min.")
  var duration: TimeSpan?

  @Option(help: "Ends the run once the console prints this; exit code 1 if it does not.")
  var until: String?

  @Option(
    help: ArgumentHelp(
      "'-' sends standard input to the board's console UART.",
      valueName: "-"))
  var uart: String?

  @Option(help: "The longest that any marked task may take: 150ms.")
  var budgetLatency: TimeSpan?

  @Option(help: "RAM that static data, stack and heap may use together: 64KiB.")
  var budgetRAM: MemoryAmount?

  @Option(help: "Flash that the image may use: 256KiB.")
  var budgetFlash: MemoryAmount?

  @Option(
    help: ArgumentHelp(
      "Writes everything measured as JSON; '-' for standard output.",
      valueName: "file"))
  var json: String?

  @Option(help: "Seed of everything random on the board.")
  var seed: UInt64 = 1

  @Flag(help: "Names the boards that can be emulated.")
  var listBoards = false

  mutating func validate() throws {
    if let uart, uart != "-" {
      throw ValidationError("--uart takes '-', for standard input; it was given '\(uart)'.")
    }
    if firmware != nil, model != nil {
      throw ValidationError("--model builds an application; it cannot change --firmware's image.")
    }
  }

  func run() throws {
    if listBoards { return try printBoards() }
    do {
      let code = try Session(self).run()
      if code != .success { throw code }
    } catch let error as ExitCode {
      throw error
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(error is OutputError ? 74 : 65)
    }
  }

  private func printBoards() throws {
    for id in Board.names() {
      let board = try Board.load(named: id)
      print("\(id.padded(to: 18))\(board.name), \(board.oneLine)")
    }
  }
}

extension ExitCode {
  static let textMissing = ExitCode(1)
  static let budgetMissed = ExitCode(2)
  static let firmwareCrashed = ExitCode(3)
}
