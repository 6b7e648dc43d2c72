// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import MachineModel
import Terminal

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
      try Firmware.reportingErrors {
        let board = try Board.load(named: board)
        let start = ContinuousClock.now
        let image = try FirmwareBuilder().image(
          app: app, board: board, model: model.map { URL(fileURLWithPath: $0) },
          progress: Terminal.progress)
        Terminal.endProgress()
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
}
