// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import MachineModel

extension Firmware {
  /// `firmware build keyword-spotting`
  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Builds an application's image: .elf, .bin and .hex, as it would be flashed.")

    @Argument(help: "The application.")
    var app = "keyword-spotting"

    @Option(help: "A board's name or the path of a board file.")
    var board = "nano33ble"

    @Option(
      help: ArgumentHelp(
        "A model in place of the application's own.",
        valueName: "file.tflite"))
    var model: String?

    func run() throws {
      let board = try Board.load(named: board)
      let start = ContinuousClock.now
      let image = try FirmwareBuilder().image(
        app: app, board: board, model: model.map { URL(fileURLWithPath: $0) },
        progress: Progress.show)
      Progress.end()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let loaded = try LoadedImage(
        bytes: Array(Data(contentsOf: image.elf)), name: app, for: board)
      let ram = ByteCount.grouped(loaded.staticRAMBytes ?? 0)
      print(
        "\(app) for \(board.name): \(ByteCount.grouped(loaded.flashBytes)) B flash, "
          + "\(ram) B static RAM")
      print(image.isNew ? "built in \(fixed(seconds, places: 1)) s" : "up to date")
      for file in [image.elf, image.bin, image.hex] { print("  \(file.path)") }
    }
  }
}

/// A line on standard error that replaces itself; nothing at all in a pipe.
enum Progress {
  static func show(_ text: String) {
    guard isatty(2) == 1 else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text.prefix(100))".utf8))
  }

  static func end() {
    guard isatty(2) == 1 else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
