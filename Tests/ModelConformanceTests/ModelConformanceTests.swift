// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelCompiler
import ModelGraph
import ModelRunner
import ModelSupport
import TFLiteImport
import Testing

/// Random models give TensorFlow Lite Micro's results bit for bit: the path of a user's model, from
/// the file's bytes to the outputs' bytes. Each operator's first recorded cases, or all with
/// `BREADBOARD_CASES_ALL=1`; `BREADBOARD_OPERATORS=CONV_2D,ADD` asks for these alone, supported or
/// not.
@Suite struct ModelConformanceTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let chosen =
    environment["BREADBOARD_OPERATORS"]?.split(separator: ",").map(String.init)
    ?? Operators.supported
  private static let takesAll = environment["BREADBOARD_CASES_ALL"] != nil

  @Test(arguments: chosen) func randomModels_answerLikeTFLM(_ name: String) throws {
    let cases = try RecordedCase.all(name)
      .prefix(Self.takesAll ? Int.max : Operators.slice(name))
    #expect(!cases.isEmpty)
    var wrong: [String] = []
    var refused: [String] = []
    for recorded in cases {
      switch Self.verdict(on: recorded, name) {
      case .right: break
      case .wrong(let text): wrong.append(text)
      case .refused(let text): refused.append(text)
      }
    }
    // One issue an operator: the first few cases say what is wrong.
    let text = (wrong.prefix(3) + refused.prefix(wrong.isEmpty ? 3 : 1)).joined(separator: "\n")
    #expect(
      wrong.isEmpty && refused.isEmpty,
      "\(name): \(wrong.count) wrong, \(refused.count) refused of \(cases.count)\n\(text)")
  }

  @Test func everyGenerator_isRecorded() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: RecordedCase.folder.path)
    #expect(files.filter { $0.hasSuffix(".txt") }.sorted() == RandomGraph.names.map { $0 + ".txt" })
  }

  private enum Verdict {
    case right
    /// Other outputs than the recorded ones.
    case wrong(String)
    /// An error instead of outputs.
    case refused(String)
  }

  private static func verdict(on recorded: RecordedCase, _ name: String) -> Verdict {
    guard let graph = RandomGraph(name, seed: recorded.seed) else {
      return .refused("\(name) has no generator")
    }
    let place = "\(name) seed \(recorded.seed)"
    guard graph.shortHash == recorded.caseHash else {
      return .refused("\(place): is generated anew; record it again with tflite-micro.py")
    }
    do {
      let answer = try Answer(graph)
      let isNear =
        Operators.rounding.contains(name)
        && recorded.sums?.matches(answer.sums, tolerance: Operators.tolerance) == true
      return answer.hash == recorded.outputHash || isNear
        ? .right : .wrong("\(place): other outputs\n\(graph.summary)")
    } catch {
      return .refused("\(place): \(error)\n\(graph.summary)")
    }
  }
}

/// What this project computes for a random model.
struct Answer {
  var hash = FNV.start
  var sums = FloatSums()

  init(_ random: RandomGraph) throws {
    let graph = try TFLiteModel.graph(from: random.model)
    let session = InferenceSession(try Program(graph), spoilsUnusedMemory: true)
    for inputs in random.runs {
      for (index, bytes) in try session.run(inputs: inputs).enumerated() {
        hash = FNV.hash(bytes, from: hash)
        if graph.tensors[graph.outputs[index]].type == .float32 { sums.add(bytes) }
      }
    }
  }
}
