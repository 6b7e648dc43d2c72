// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import MachineModel

/// Measures the emulator beside its peers on the same images; prints medians and ratios.
@main struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Instructions a second, ours and QEMU's, on the same ELF.",
    discussion: """
      Run it as `swift run -c release benchmark`. Without arguments it builds and measures the \
      compute loop of Firmware/Sources/ComputeLoop. Any ELF for the mps2-an386 board that ends by \
      the semihosting call SYS_EXIT (BKPT 0xAB) can be named.
      """)

  @Argument(help: "ELF files for mps2-an386; default: our compute loop.")
  var images: [String] = []

  @Option(help: "Runs of each; the median counts.")
  var runs = 5

  mutating func validate() throws {
    guard (1...99).contains(runs) else { throw ValidationError("--runs takes 1 to 99.") }
  }

  func run() throws {
    let board = try Board.load(named: "mps2-an386")
    let paths = try images.isEmpty ? [ComputeLoop.build(for: board)] : images
    #if DEBUG
      print("This is a debug build; figures that count come from -c release.")
    #endif
    for path in paths {
      for line in try Comparison(path: path, board: board, runs: runs).measure() { print(line) }
    }
  }
}

enum ComputeLoop {
  static func build(for board: Board) throws -> String {
    try FirmwareBuilder().image(app: "compute-loop", board: board).elf.path
  }
}
