// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import Terminal

/// `emulate size sketch.elf`
struct Size: ParsableCommand {
  static let name = "size"

  static let configuration = CommandConfiguration(
    commandName: "emulate size",
    abstract: "What takes an image's flash and RAM, by section and by symbol.")

  @Argument(
    help: ArgumentHelp(
      "The image: ELF tells most. (default: keyword-spotting, built)", valueName: "image"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "A board from emulate --list-boards, or the path of a board file.", valueName: "name"))
  var board = "nano33ble"

  @Option(
    help: ArgumentHelp("An application to build, where no image is given.", valueName: "name"))
  var app: String?

  @Flag(help: "Shows every symbol, not the largest alone.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Writes everything as JSON; '-' for standard output, without the tables.",
      valueName: "file"))
  var json: String?

  func validate() throws {
    guard image == nil || app == nil else {
      throw ValidationError("--app builds an image; leave it out or name no image.")
    }
    for (option, text) in [("the image", image), ("--app", app), ("--json", json)] where text == ""
    {
      throw ValidationError("\(option) was given nothing; write a value behind it.")
    }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    try Emulate.reportingErrors {
      let board = try Board.load(named: board)
      let path = try image ?? built(for: board)
      let loaded = try LoadedImage(
        bytes: InputFile.read(path), name: URL(fileURLWithPath: path).lastPathComponent,
        for: board)
      let sizes = loaded.sizes(on: board)
      if let json { try OutputFile.write(json: sizes, to: json) }
      guard json != "-" else { return }
      let transcript = Transcript(descriptor: 1)
      for line in sizes.lines(top: all ? .max : 20) { transcript.print(line) }
      try transcript.checkComplete()
    }
  }

  private func built(for board: Board) throws -> String {
    defer { Terminal.endProgress() }
    return try FirmwareBuilder().image(
      app: app ?? "keyword-spotting", board: board, progress: Terminal.progress
    ).elf.path
  }
}
