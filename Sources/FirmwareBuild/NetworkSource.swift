// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelCompiler
import ModelGraph
import TFLiteImport

/// The neural network of an application: the model that it comes from, and the code made of it.
///
/// For the application `keyword-spotting` that is `enum KeywordSpottingNetwork` in the target
/// `KeywordSpotting`, and C arrays in the target `KeywordSpottingWeights`.
struct NetworkSource {
  static let generatedFolder = "Generated"
  /// The application that runs any network.
  static let runner = "runner"

  /// Applications that run another one's network, by the names of both.
  private static let borrowed = ["inference-loop": "keyword-spotting"]

  private enum Origin {
    case file(URL)
    case network(RunnerNetwork)
  }

  private let origin: Origin
  /// Decides which kernels a model's file is compiled to.
  private let core: TargetCore
  private let sources: URL
  /// The application's target, `KeywordSpotting`.
  private let target: String
  /// The target of the application that the network belongs to.
  private let owner: String

  private var network: String { owner + "Network" }
  private var weights: String { owner + "Weights" }

  /// Nil for an application without a network.
  init?(
    application: String, package: URL, override: URL?, core: TargetCore = .dsp
  ) throws(FirmwareBuildError) {
    self.core = core
    let lender = Self.borrowed[application] ?? application
    let own = package.appendingPathComponent("Models/\(lender).tflite")
    if application == Self.runner {
      guard let override else { throw .needsModel(name: application) }
      origin = .file(override)
    } else {
      guard FileManager.default.fileExists(atPath: own.path) else {
        if override == nil { return nil }
        throw .noModelForApplication(name: application)
      }
      origin = .file(override ?? own)
    }
    sources = package.appendingPathComponent("Sources")
    target = Self.target(of: application)
    owner = Self.target(of: lender)
  }

  /// The runner's network.
  init(_ network: RunnerNetwork, package: URL) {
    origin = .network(network)
    core = network.program.options.core
    sources = package.appendingPathComponent("Sources")
    target = Self.target(of: Self.runner)
    owner = target
  }

  private static func target(of application: String) -> String {
    application.split(separator: "-").map(\.capitalized).joined()
  }

  /// The code, by the target and the name of each file.
  func code(progress: (String) -> Void) throws(FirmwareBuildError) -> [GeneratedFile] {
    let (program, name): (Program, String)
    switch origin {
    case .network(let network): (program, name) = (network.program, network.name)
    case .file(let model):
      progress("compiling the model \(model.lastPathComponent)")
      program = try self.program(of: model)
      name = model.deletingPathExtension().lastPathComponent
    }
    let code: GeneratedModel
    do {
      code = try ModelCompiler.compile(program, name: network, weightsModule: weights)
    } catch { throw .model(path: name, reason: "\(error)") }
    let runner = RunnerNetwork(name: name, program: program)
    let files = [
      GeneratedFile(target, "\(network).swift", "// swift-format-ignore-file\n" + code.swift),
      GeneratedFile(weights, "\(network)Weights.h", code.header),
      GeneratedFile(weights, "\(network)Weights.c", code.source),
      GeneratedFile(weights, "\(network)Shape.h", shape(of: runner, code.report)),
    ]
    guard target == Self.target(of: Self.runner) else { return files }
    return files + [GeneratedFile(target, "RunnerModel.swift", runner.shape)]
  }

  private func program(of model: URL) throws(FirmwareBuildError) -> Program {
    let bytes = try Files.read(model)
    do {
      return try Program(TFLiteModel.graph(from: bytes), options: CompilerOptions(core: core))
    } catch {
      throw .model(path: model.path, reason: "\(error)")
    }
  }

  /// Writes the code, leaving files alone that would not change.
  func generate(progress: (String) -> Void) throws(FirmwareBuildError) {
    for file in try code(progress: progress) {
      let folder = sources.appendingPathComponent("\(file.target)/\(Self.generatedFolder)")
      try Files.makeFolder(folder)
      try Files.update(Array(file.text.utf8), at: folder.appendingPathComponent(file.name))
    }
  }

  /// Everything that the code is made from.
  func addInputs(to fingerprint: inout Fingerprint) throws(FirmwareBuildError) {
    switch origin {
    case .file(let model): fingerprint.add(contentsOf: model)
    case .network: for file in try code(progress: { _ in }) { fingerprint.add(file.text) }
    }
  }

  /// What C code has to know when it is compiled: how much memory to set aside, and whether the
  /// model fits the application.
  private func shape(of network: RunnerNetwork, _ report: CompilationReport) -> String {
    let graph = network.program.graph
    return """
      // Generated by Breadboard's firmware builder; do not edit.

      #define NETWORK_INPUT_COUNT \(graph.inputs.reduce(0) { $0 + graph.tensors[$1].count })
      #define NETWORK_OUTPUT_COUNT \(graph.outputs.reduce(0) { $0 + graph.tensors[$1].count })
      #define NETWORK_INPUT_BYTES \(network.inputByteCount)
      #define NETWORK_ARENA_BYTES \(report.arenaByteCount)

      """
  }
}

/// A source file that the builder writes into a target's folder `Generated`.
struct GeneratedFile: Equatable {
  let target: String
  let name: String
  let text: String

  init(_ target: String, _ name: String, _ text: String) {
    (self.target, self.name, self.text) = (target, name, text)
  }
}
