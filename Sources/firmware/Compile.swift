// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import MachineModel
import ModelCompiler
import ModelGraph
import TFLiteImport
import Terminal

extension Firmware {
  /// `firmware compile model.tflite --board nano33ble`
  struct Compile: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts a TensorFlow Lite model on a board, and measures it there.",
      discussion: """
        Examples:
          firmware compile model.tflite --board nano33ble
              says what the model costs, and makes the image that runs it
          firmware compile model.tflite --inputs x.npy
              runs it on the emulated board: outputs, and the cycles of each layer
          firmware compile model.tflite --dataset folder --labels labels.csv
              runs the same kernels on this computer: accuracy and a confusion matrix
        """)

    @Argument(help: ArgumentHelp("The model.", valueName: "model.tflite"))
    var model: String

    @Option(help: ArgumentHelp("A board's name or the path of a board file.", valueName: "name"))
    var board = "nano33ble"

    @Option(
      help: ArgumentHelp(
        "Inputs to run on the emulated board: .npy (int8, uint8, float32) or raw bytes; several, "
          + "stacked, run one after another. Once for each input of the model.",
        valueName: "file"))
    var inputs: [String] = []

    @Option(
      help: ArgumentHelp(
        "Writes costs, outputs and cycles as JSON; '-' for standard output, without the text.",
        valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Puts the image and what it is made of there.", valueName: "folder"))
    var output: String?

    @Flag(
      name: .customLong("no-dead-channels"),
      help: "Keeps channels whose value is the same for every input.")
    var noDeadChannels = false

    func validate() throws {
      let texts = [
        ("the model", model), ("--board", board), ("--json", json), ("--output", output),
      ]
      for (option, text) in texts + inputs.map({ ("--inputs", $0) }) where text == "" {
        throw ValidationError("\(option) was given nothing; write a value behind it.")
      }
    }

    func run() throws {
      try Firmware.reportingErrors {
        let board = try Board.load(named: board)
        let graph = try Self.graph(of: model)
        let arrays = try inputs.map { try ArrayFile(path: $0) }
        let fed = arrays.isEmpty ? nil : try ModelInputs(arrays, for: graph)
        let program = try program(graph, for: board)
        let report = CompilationReport(program)
        let image = try build(program, for: board)
        let loaded = try LoadedImage(
          bytes: InputFile.read(image.elf.path), name: image.elf.lastPathComponent, for: board)
        let measured = try fed.map { try Measurement($0, on: board, image: loaded) }
        print(report)
        print("\(loaded.flashBytes) flash, \(loaded.staticRAMBytes ?? 0) static RAM")
        if let measured {
          print(
            measured.inferences.map(\.cycles), measured.layerCycles,
            measured.inferences.map(\.outputs))
        }
      }
    }

    private static func graph(of path: String) throws -> Graph {
      let bytes = try InputFile.read(path, limit: 256 << 20)
      do { return try TFLiteModel.graph(from: bytes) } catch {
        throw InputError(description: "'\(path)': \(error)")
      }
    }

    private func program(_ graph: Graph, for board: Board) throws -> Program {
      let options = CompilerOptions(
        core: TargetCore(board), removesDeadChannels: !noDeadChannels)
      do { return try Program(graph, options: options) } catch {
        throw InputError(description: "'\(model)': \(error)")
      }
    }

    private func build(_ program: Program, for board: Board) throws -> BuiltImage {
      defer { Terminal.endProgress() }
      let name = URL(fileURLWithPath: model).deletingPathExtension().lastPathComponent
      return try FirmwareBuilder().image(
        running: RunnerNetwork(name: name, program: program), board: board,
        progress: Terminal.progress)
    }
  }
}

/// What the emulated board made of some inputs.
struct Measurement {
  let inferences: [BoardRunner.Inference]
  let layerCycles: [Int]

  init(_ inputs: ModelInputs, on board: Board, image: LoadedImage) throws {
    defer { Terminal.endProgress() }
    let runner = try BoardRunner(board: board, image: image)
    inferences = try inputs.inferences.enumerated().map { index, input in
      Terminal.progress("inference \(index + 1) of \(inputs.inferences.count)")
      return try runner.infer(input)
    }
    layerCycles = try runner.layerCycles()
  }
}
