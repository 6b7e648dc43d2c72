// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import ModelCompiler
import TFLiteImport
import Terminal
import Testing

@testable import firmware

/// The stored models and what they answer.
enum MLPerfTiny {
  static let folder = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["BREADBOARD_DATA"]
      ?? FirmwareBuilder.checkout.deletingLastPathComponent().path + "/shared/data"
  ).appendingPathComponent("mlperf-tiny")

  static let isPresent = FileManager.default.fileExists(
    atPath: folder.appendingPathComponent("kws.tflite").path)

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}

/// The figures that README states for the networks of MLPerf Tiny: cycles are counted, so that a
/// worse kernel fails here and not in somebody's product. Every network answers bit for bit on the
/// emulated board. Skipped where `BREADBOARD_DATA` (default `../shared/data`) is missing.
@Suite(.serialized, .enabled(if: MLPerfTiny.isPresent, "models not found; set BREADBOARD_DATA"))
struct FigureTests {
  struct Limit: Sendable, CustomTestStringConvertible {
    let model: String
    var board = "mps2-an386"
    var removesDeadChannels = true
    let cycles: Int
    /// Tensors and scratch memory.
    let arenaBytes: Int
    /// The whole image: the runner, its kernels, the weights.
    let flashBytes: Int

    var testDescription: String {
      "\(model) on \(board)\(removesDeadChannels ? "" : ", dead channels kept")"
    }
  }

  /// A little above what is measured: what a change may cost without being looked at.
  static let limits = [
    Limit(model: "kws", cycles: 3_600_000, arenaBytes: 10_500, flashBytes: 48_000),
    Limit(model: "vww", cycles: 6_200_000, arenaBytes: 40_000, flashBytes: 90_000),
    Limit(
      model: "vww", removesDeadChannels: false, cycles: 10_600_000, arenaBytes: 40_000,
      flashBytes: 300_000),
    Limit(model: "ic", cycles: 15_500_000, arenaBytes: 37_500, flashBytes: 105_000),
    Limit(model: "ad", cycles: 380_000, arenaBytes: 2_150, flashBytes: 285_000),
    // With the driver of the board's USB port.
    Limit(
      model: "kws", board: "nano33ble", cycles: 4_100_000, arenaBytes: 10_500, flashBytes: 54_000),
  ]

  @Test(arguments: limits) func network_staysWithinItsLimits(limit: Limit) throws {
    let board = try Board.load(named: limit.board)
    let program = try Program(
      TFLiteModel.graph(from: MLPerfTiny.bytes(limit.model + ".tflite")),
      options: CompilerOptions(
        core: TargetCore(board), removesDeadChannels: limit.removesDeadChannels))
    let image = try FirmwareBuilder().image(
      running: RunnerNetwork(name: limit.model, program: program), board: board)
    let loaded = try LoadedImage(
      bytes: InputFile.read(image.elf.path), name: "runner", for: board)
    let runner = try BoardRunner(board: board, image: loaded)

    let inputs = try MLPerfTiny.bytes(limit.model + ".inputs.bin")
    let outputs = try MLPerfTiny.bytes(limit.model + ".outputs.bin")
    var cycles = 0
    for index in 0..<8 {
      let inference = try runner.infer(part(index, of: inputs))
      #expect(inference.outputs == [part(index, of: outputs)], "vector \(index)")
      cycles = max(cycles, inference.cycles)
    }
    #expect(cycles <= limit.cycles)
    #expect(program.plan.arenaByteCount <= limit.arenaBytes)
    #expect(loaded.flashBytes <= limit.flashBytes)
  }

  private func part(_ index: Int, of bytes: [UInt8]) -> [UInt8] {
    let count = bytes.count / 8
    return Array(bytes[index * count..<(index + 1) * count])
  }
}
