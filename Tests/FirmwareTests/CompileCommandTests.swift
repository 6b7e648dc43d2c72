// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ModelSupport

/// The finished command, run as a user runs it; nothing here builds an image.
@Suite struct CompileCommandTests {
  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("firmware")

  private func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String)
  {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = ["compile"] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self),
      String(decoding: complaint, as: UTF8.self)
    )
  }

  /// Runs with the files in a folder of their own; `DIR` stands for it.
  private func run(_ files: [String: [UInt8]], _ arguments: String...) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-compile-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes) in files {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
    var outcome = try run(arguments.map { $0.replacing("DIR", with: folder.path) })
    outcome.errors = outcome.errors.replacing(folder.path, with: "DIR")
    return outcome
  }

  private func expectRefusal(
    _ outcome: (status: Int32, output: String, errors: String), _ text: String,
    status: Int32 = 65, _ place: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.errors.contains(text), "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.output.isEmpty, sourceLocation: place)
    if status == 65 {
      #expect(outcome.errors.hasPrefix("firmware: "), sourceLocation: place)
      #expect(outcome.errors.filter(\.isNewline).count == 1, sourceLocation: place)
    }
  }

  @Test func badFiles_areNamed() throws {
    expectRefusal(try run([:], "DIR/x.tflite"), "'DIR/x.tflite' does not exist; check the path")
    expectRefusal(try run([:], "DIR"), "'DIR' is a folder; name the file in it")
    expectRefusal(try run(["x.tflite": [1, 2, 3]], "DIR/x.tflite"), "'DIR/x.tflite': ")
    let model = ["x.tflite": TwoEnds.bytes]
    expectRefusal(try run(model, "DIR/x.tflite", "--board", "nano"), "nano")
    expectRefusal(
      try run(model, "DIR/x.tflite", "--inputs", "DIR/no.npy"), "'DIR/no.npy' does not exist")
    expectRefusal(
      try run(model, "DIR/x.tflite", "--inputs", "DIR/x.tflite"),
      "the model has 2 inputs, but 1 files were given")
    expectRefusal(
      try run(model, "DIR/x.tflite", "--dataset", "DIR", "--labels", "DIR/l.csv"),
      "the model has 2 inputs; --dataset takes models with one")
  }

  @Test func badArguments_areExplained() throws {
    expectRefusal(try run([:], "x.tflite", "--frob"), "Unknown option '--frob'", status: 64)
    expectRefusal(try run([:]), "Missing expected argument", status: 64)
    expectRefusal(try run([:], "x.tflite", "--board", ""), "--board was given nothing", status: 64)
    expectRefusal(
      try run([:], "x.tflite", "--dataset", "d"), "--dataset and --labels go", status: 64)
  }

  @Test func outputThatCannotBeWritten_isFoundOutFirst() throws {
    let outcome = try run(
      ["x.tflite": TwoEnds.bytes], "DIR/x.tflite", "--json", "/nowhere/x.json")
    expectRefusal(outcome, "'/nowhere/x.json' could not be written", status: 74)
  }

  @Test func modelTooLargeForTheBoard_makesNoImage() throws {
    var graph = TFLiteFile.Subgraph()
    let quantization = TFLiteFile.Quantization(scale: 1, zeroPoint: 0)
    graph.tensors = ["photo", "bright"].map {
      .init(name: $0, type: .int8, shape: [1, 100, 100, 3], quantization: quantization)
    }
    graph.operators = [
      .init(code: .add, version: 2, inputs: [0, 0], outputs: [1], options: .add(.none))
    ]
    (graph.inputs, graph.outputs) = ([0], [1])
    let outcome = try run(
      ["x.tflite": TFLiteFile(subgraphs: [graph]).bytes], "DIR/x.tflite", "--board", "microbit",
      "--output", "DIR/image")
    expectRefusal(outcome, "'x.tflite' does not fit BBC micro:bit: ")
    expectRefusal(outcome, "too many for its RAM")
    expectRefusal(outcome, "layer 0 ADD needs most: ")
  }
}
