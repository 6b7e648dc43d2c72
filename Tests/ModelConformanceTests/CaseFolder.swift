// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelSupport
import Testing

/// The way to the oracle: `BREADBOARD_CASES=/folder swift test --filter CaseFolder` writes the
/// models and inputs of `BREADBOARD_CASE_COUNT` seeds (300) of every operator, or of those named in
/// `BREADBOARD_OPERATORS`, for `tflite-micro.py` to run.
@Suite struct CaseFolder {
  private static let environment = ProcessInfo.processInfo.environment
  private static let folder = environment["BREADBOARD_CASES"]

  @Test(.enabled(if: folder != nil, "BREADBOARD_CASES names no folder"))
  func everyCase_isWritten() throws {
    let root = URL(fileURLWithPath: try #require(Self.folder))
    let chosen = Self.environment["BREADBOARD_OPERATORS"]?.split(separator: ",").map(String.init)
    let count = UInt64(Self.environment["BREADBOARD_CASE_COUNT"] ?? "") ?? 300
    for name in chosen ?? RandomGraph.names {
      let folder = root.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for seed in 0..<count {
        let graph = try #require(RandomGraph(name, seed: seed), "there is no operator \(name)")
        try write(graph, to: folder)
      }
    }
  }

  /// `7.tflite`, the inputs of its runs one behind the other in `7.in0`, `7.in1` and so on, and
  /// `7.txt` for people, with the hash of the case in its first line.
  private func write(_ graph: RandomGraph, to folder: URL) throws {
    let path = { (suffix: String) in folder.appendingPathComponent("\(graph.seed).\(suffix)") }
    try Data(graph.model).write(to: path("tflite"))
    for index in graph.runs[0].indices {
      try Data(graph.runs.flatMap { $0[index] }).write(to: path("in\(index)"))
    }
    try Data("\(graph.shortHash) \(graph.runs.count)\n\(graph.summary)\n".utf8)
      .write(to: path("txt"))
  }
}
