// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Flasher
import Foundation
import Terminal

/// Writes an image into a real board's flash.
@main struct Flash: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flash",
    abstract: "Writes an application into the flash of a board that is plugged in.",
    discussion: """
      Examples:
        flash keyword-spotting --board nano33ble
            builds an application and writes it
        flash sketch.bin
            writes an image to the only board that is plugged in
        flash sketch.hex --board mkr1000 --port /dev/ttyACM1 --monitor
            to the board at that port; then shows what it prints, until Ctrl-C
        flash --list
            what is plugged in: board, port, serial number, sketch or bootloader, troubles
        sudo flash --install-udev
            Linux: lets every user of this machine flash boards

      Exit codes:
        0    done
        1    the board was not flashed, or the text of --until did not come
        64   a bad argument
        65   bad input: no image, or not one for this board
        74   output could not be written
        130  stopped by Ctrl-C; the same command flashes the board
      """)

  @Argument(
    help: ArgumentHelp(
      "What to write: an image (ELF, Intel HEX, UF2 or raw binary), or the name of an application "
        + "to build.", valueName: "image"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "A board from --list-boards, or the path of a board file. (default: the one plugged in)",
      valueName: "name"))
  var board: String?

  @Option(
    help: ArgumentHelp(
      "The board's serial port, or a link to it. Needed where several boards are plugged in.",
      valueName: "path"))
  var port: String?

  @Option(help: ArgumentHelp("The board's USB serial number.", valueName: "number"))
  var serialNumber: String?

  @Option(
    help: ArgumentHelp(
      "A TensorFlow Lite model to build the application with.", valueName: "file.tflite"))
  var model: String?

  @Flag(help: "Shows the boards that are plugged in.")
  var list = false

  @Flag(help: "Names the boards that can be flashed.")
  var listBoards = false

  @Flag(name: .customLong("no-wait"), help: "Ends without waiting for the application's port.")
  var endsAtOnce = false

  @OptionGroup(title: "Afterwards") var monitoring: MonitorOptions

  @Flag(name: .shortAndLong, help: "Says each step.")
  var verbose = false

  @Option(
    help: ArgumentHelp(
      "Writes what was done, or seen, as JSON; '-' for standard output, the transcript then goes "
        + "to standard error.", valueName: "file"))
  var json: String?

  @Flag(
    help: "Given twice, lets an image replace what lies below the applications: the bootloader.")
  var allowBootloader: Int

  @Flag(help: "Linux: writes the udev rules by which every user may flash boards; run it as root.")
  var installUdev = false

  @Flag(help: "With --install-udev: shows the rules and writes nothing.")
  var print = false

  mutating func validate() throws {
    let texts = [
      ("the image", image), ("--board", board), ("--port", port),
      ("--serial-number", serialNumber), ("--model", model), ("--json", json),
    ]
    for (option, text) in texts where text == "" {
      throw ValidationError("\(option) was given nothing; write a value behind it.")
    }
    let isSomethingElse = list || listBoards || installUdev
    guard image != nil || isSomethingElse || monitoring.monitor else {
      throw ValidationError(
        "Name the image to write, or an application to build: 'flash keyword-spotting'; or use "
          + "--list, --monitor or --help.")
    }
    if isSomethingElse, image != nil || monitoring.monitor {
      throw ValidationError(
        "--list, --list-boards and --install-udev write no image; leave it out.")
    }
    if print, !installUdev { throw ValidationError("--print goes with --install-udev.") }
    if port != nil, serialNumber != nil {
      throw ValidationError("--port and --serial-number both choose the board; leave one out.")
    }
    if allowBootloader == 1 {
      throw ValidationError(
        "--allow-bootloader lets an image replace the bootloader, after which only a debug probe "
          + "may mend the board; who means that gives it twice.")
    }
  }

  func run() throws {
    // A reader that goes away is an answer of write(), not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    do {
      if listBoards { return try BoardList.printKnown() }
      if installUdev { return try UdevInstallation(printsOnly: print).run() }
      if list { return try BoardList(json: json).run() }
      try FlashRun(self).run()
    } catch let error as ExitCode {
      throw error
    } catch {
      Terminal.complain("\(error)")
      throw Self.code(for: error)
    }
  }

  static func code(for error: any Error) -> ExitCode {
    switch error {
    case let error as FlashError:
      switch error.kind {
      case .image: ExitCode(65)
      case .board: ExitCode(1)
      case .interrupted: ExitCode(128 + (Interruption.signal ?? SIGINT))
      }
    case is OutputError: ExitCode(74)
    default: ExitCode(65)
    }
  }
}
