// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import DebugServer
import Emulator
import Foundation
import MachineModel
import Terminal

/// Boots a firmware image on an emulated board.
@main struct Emulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emulate",
    abstract: "Runs the bytes that would be flashed on an emulated board.",
    discussion: """
      Examples:
        emulate --board nano33ble
            builds the keyword-spotting application, plays a sentence to it
        emulate --board nano33ble --microphone hello.wav
            plays your own recording into the PDM microphone
        emulate --firmware sketch.hex --duration 5s --until "ready"
            runs any image; exit code 1 if it has not printed "ready"
        emulate --budget-latency 150ms --budget-ram 64KiB --json run.json
            holds the run to budgets: exit code 2 when one is missed
        echo hello | emulate --firmware echo.elf --uart -
            types to the board
        emulate --board nano33ble --as-device /tmp/ttyACM0
            a board that can be flashed and talked to as if it were plugged in, until Ctrl-C
        emulate size sketch.elf --board nano33ble
            what takes flash and RAM, by section and symbol; see emulate size --help

      Exit codes:
        0    done
        1    the text of --until did not come
        2    a budget was missed
        3    the firmware crashed
        n    what the program gave exit(), where it ended itself by semihosting
        64   a bad argument
        65   bad input
        74   output could not be written
        130  stopped by Ctrl-C
      """)

  @Option(
    help: ArgumentHelp(
      "A board from --list-boards, or the path of a board file.", valueName: "name"))
  var board = "nano33ble"

  @Option(
    help: ArgumentHelp(
      "The image to run: ELF, Intel HEX, UF2 or raw binary.",
      valueName: "image"))
  var firmware: String?

  @Option(
    help: ArgumentHelp(
      "The application to build and run, where no image is given. (default: keyword-spotting)",
      valueName: "name"))
  var app: String?

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

  @Option(
    help: ArgumentHelp(
      "How the board moves, for its motion sensors: rows of t,ax,ay,az[,gx,gy,gz[,mx,my,mz]] in s, "
        + "g, degrees/s and microtesla, from when the firmware first measures.",
      valueName: "file.csv"))
  var motion: String?

  @Option(
    help: ArgumentHelp(
      "Virtual time to run for: 500ms, 10s, 2min. Without it the run ends with the recording, or "
        + "after a minute.", valueName: "time"))
  var duration: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "Ends the run once the console prints this, within a line; exit code 1 if it does not.",
      valueName: "text"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "'-' sends standard input to the board's console UART.",
      valueName: "-"))
  var uart: String?

  @Option(
    help: ArgumentHelp("The longest that any marked task may take: 150ms.", valueName: "time"))
  var budgetLatency: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "RAM that static data, stack and heap may use together: 64KiB.", valueName: "size"))
  var budgetRAM: MemoryAmount?

  @Option(help: ArgumentHelp("Flash that the image may use: 256KiB.", valueName: "size"))
  var budgetFlash: MemoryAmount?

  @Option(
    help: ArgumentHelp(
      "Writes everything measured as JSON; '-' for standard output, the transcript then goes to "
        + "standard error.",
      valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Waits for GDB and lets it run the board, backwards too: ':3333', then 'target remote "
        + ":3333' in GDB; '0.0.0.0:3333' to be reached from other machines.",
      valueName: "[host]:port"))
  var gdb: ListenAddress?

  @OptionGroup(title: "Cables") var cables: CableOptions

  @OptionGroup(title: "Snapshots")
  var snapshots: SnapshotOptions

  @Option(help: ArgumentHelp("Seed of everything random on the board.", valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup(title: "Seeing inside") var observation: ObservationOptions
  @OptionGroup(title: "Seeing inside") var profiling: ProfileOptions

  @Option(
    help: ArgumentHelp(
      "What runs the instructions: jit, interpreter or stepper; all give the same run, at "
        + "different speed.", valueName: "engine"))
  var engine = Engine.jit

  @Flag(help: "Names the boards that can be emulated, and those that can only be flashed.")
  var listBoards = false

  mutating func validate() throws {
    if gdb != nil, profiling.isAskedFor {
      throw ValidationError(
        "--gdb may run the board backwards, which no profile can follow; leave out one of them.")
    }
    if gdb != nil, cables.isAskedFor {
      throw ValidationError(
        "--gdb may run the board backwards, which nobody at a cable can follow; leave out one of "
          + "them.")
    }
    if cables.isAskedFor, snapshots.save != nil || snapshots.load != nil {
      throw ValidationError("a snapshot cannot hold what hangs on a cable; leave out one of them.")
    }
    if let uart, uart != "-" {
      throw ValidationError("--uart takes '-', for standard input; it was given '\(uart)'.")
    }
    if uart != nil, observation.rttInput != nil {
      throw ValidationError(
        "--uart and --rtt-input cannot both have standard input; leave one out.")
    }
    for (option, built) in [("--model", model), ("--app", app)] where built != nil {
      guard firmware == nil else {
        throw ValidationError("\(option) builds an image; leave it out or leave out --firmware.")
      }
    }
    let texts = [
      ("--board", board), ("--firmware", firmware), ("--app", app), ("--model", model),
      ("--microphone", microphone), ("--motion", motion), ("--until", until), ("--json", json),
    ]
    for (option, text) in texts where text == "" {
      throw ValidationError("\(option) was given nothing; write a value behind it.")
    }
    if let until, until.contains(where: \.isNewline) {
      throw ValidationError("--until looks within one line; leave out the line break.")
    }
  }

  /// `size` is a command of its own; everything else is a run.
  static func main() {
    let arguments = CableOptions.completed(Array(CommandLine.arguments.dropFirst()))
    if arguments.first == Size.name { return Size.main(Array(arguments.dropFirst())) }
    main(arguments)
  }

  func run() throws {
    try Self.reportingErrors {
      if listBoards { return try printBoards() }
      let code = try Session(self).run()
      if code != .success { throw code }
    }
  }

  /// One clear line about what went wrong, and the exit code for it.
  static func reportingErrors(_ body: () throws -> Void) throws {
    do { try body() } catch let error as ExitCode {
      throw error
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(error is OutputError ? 74 : 65)
    }
  }

  private func printBoards() throws {
    signal(SIGPIPE, SIG_IGN)
    let transcript = Transcript(descriptor: 1)
    let boards = try Board.names().map { try Board.load(named: $0) }
    for board in boards where board.isEmulated {
      transcript.print("\(board.id.padded(to: 18))\(board.name), \(board.oneLine)")
    }
    for board in boards where !board.isEmulated {
      transcript.print("\(board.id.padded(to: 18))\(board.name): can be flashed, not emulated")
    }
    try transcript.checkComplete()
  }
}

extension Engine: ExpressibleByArgument {}

extension ExitCode {
  static let textMissing = ExitCode(1)
  static let budgetMissed = ExitCode(2)
  static let firmwareCrashed = ExitCode(3)
}
