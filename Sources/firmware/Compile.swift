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

        Exit codes: 0 done, 64 a bad argument, 65 bad input or a model too large for the board, \
        74 output could not be written.
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

    @Option(
      help: ArgumentHelp("Draws where tensors lie in RAM, over time.", valueName: "file.svg"))
    var plot: String?

    @Option(help: ArgumentHelp("Puts the image and what it is made of there.", valueName: "folder"))
    var output: String?

    @OptionGroup(title: "Accuracy") var dataset: DatasetOptions

    @Flag(
      name: .customLong("no-dead-channels"),
      help: "Keeps channels whose value is the same for every input.")
    var noDeadChannels = false

    func validate() throws {
      let texts = [
        ("the model", model), ("--board", board), ("--json", json), ("--output", output),
        ("--plot", plot), ("--dataset", dataset.dataset), ("--labels", dataset.labels),
      ]
      for (option, text) in texts + inputs.map({ ("--inputs", $0) }) where text == "" {
        throw ValidationError("\(option) was given nothing; write a value behind it.")
      }
    }

    func run() throws {
      signal(SIGPIPE, SIG_IGN)
      try Firmware.reportingErrors {
        let board = try Board.load(named: board)
        for path in [json, plot] where path != nil && path != "-" {
          try OutputFile.checkFolder(of: path ?? "")
        }
        let graph = try graph()
        let program = try program(graph, for: board)
        if dataset.isAskedFor { return try classify(program) }
        let arrays = try inputs.map { try ArrayFile(path: $0) }
        let fed = arrays.isEmpty ? nil : try ModelInputs(arrays, for: graph)
        try Capacity(program, of: board).check(model: modelName)
        let (image, loaded) = try build(program, for: board)
        let report = try CompileReport(
          model: modelName, board: board, program: program, built: image, image: loaded,
          measurement: try Measurement(fed, on: board, image: loaded))
        try write(report, MemoryChart(program), image, program, board)
      }
    }

    private var modelName: String { URL(fileURLWithPath: model).lastPathComponent }

    private func graph() throws -> Graph {
      let bytes = try InputFile.read(model, limit: 256 << 20)
      do { return try TFLiteModel.graph(from: bytes) } catch {
        throw InputError(description: "'\(model)': \(error)")
      }
    }

    private func program(_ graph: Graph, for board: Board) throws -> Program {
      let options = CompilerOptions(
        core: TargetCore(board), removesDeadChannels: !noDeadChannels)
      do { return try Program(graph, options: options) } catch {
        throw InputError(description: "'\(model)': \(error)")
      }
    }

    private func classify(_ program: Program) throws {
      guard inputs.isEmpty, output == nil, plot == nil else {
        throw InputError(
          description: "--dataset runs on this computer; leave out --inputs, --output and --plot")
      }
      let result = try DatasetRun(dataset, program).run()
      if let json { try OutputFile.write(json: result, to: json) }
      if json != "-" { try Standard.print(result.lines) }
    }

    private func network(_ program: Program) -> RunnerNetwork {
      RunnerNetwork(
        name: URL(fileURLWithPath: model).deletingPathExtension().lastPathComponent,
        program: program)
    }

    private func build(
      _ program: Program, for board: Board
    ) throws -> (BuiltImage, LoadedImage) {
      defer { Terminal.endProgress() }
      let image = try FirmwareBuilder().image(
        running: network(program), board: board, progress: Terminal.progress)
      return (
        image,
        try LoadedImage(
          bytes: InputFile.read(image.elf.path), name: image.elf.lastPathComponent, for: board)
      )
    }

    private func write(
      _ report: CompileReport, _ chart: MemoryChart, _ image: BuiltImage, _ program: Program,
      _ board: Board
    ) throws {
      if let plot {
        let title = "\(modelName) on \(board.name)"
        try OutputFile.write(Data(chart.svg(title: title).utf8), to: plot)
      }
      if let json { try OutputFile.write(json: report, to: json) }
      var files = [image.elf, image.bin, image.hex]
      if let output {
        files = try OutputFolder(output).fill(with: files)
        for file in try FirmwareBuilder().sources(of: network(program)) {
          try OutputFolder(output).write(file.text, as: file.name)
        }
      }
      guard json != "-" else { return }
      try Standard.print(
        report.lines(for: board, chart: chart) + [""] + report.outputLines
          + (report.outputLines.isEmpty ? [] : [""]) + files.map { "image    \($0.path)" })
    }
  }
}

/// Standard output; a reader that has seen enough, `| head`, is no failure.
enum Standard {
  static func print(_ lines: [String]) throws {
    let failure = Terminal.put(lines.joined(separator: "\n") + "\n", on: 1)
    guard failure == 0 || failure == EPIPE else { throw OutputError("the report", failure) }
  }
}

/// A folder that the user wants filled; it is made if need be.
struct OutputFolder {
  private let url: URL

  init(_ path: String) throws {
    url = URL(fileURLWithPath: path)
    do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch
    {
      throw OutputError("'\(path)'", ENOTDIR)
    }
  }

  func fill(with files: [URL]) throws -> [URL] {
    try files.map { file in
      let target = url.appendingPathComponent(file.lastPathComponent)
      try OutputFile.write(Data(contentsOf: file), to: target.path)
      return target
    }
  }

  func write(_ text: String, as name: String) throws {
    try OutputFile.write(Data(text.utf8), to: url.appendingPathComponent(name).path)
  }
}
