// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelCompiler
import ModelGraph
import ModelRunner
import TFLiteImport
import Testing

/// The MLPerf Tiny networks against what TensorFlow Lite Micro answered and what a real board did.
/// Skipped where `BREADBOARD_DATA` (default `../shared/data`) is missing.
@Suite(.enabled(if: ConformanceData.isPresent, "models not found; set BREADBOARD_DATA"))
struct MLPerfTinyTests {
  private func session(_ model: String) throws -> InferenceSession {
    let graph = try TFLiteModel.graph(from: ConformanceData.bytes("mlperf-tiny/\(model).tflite"))
    return InferenceSession(try Program(graph), spoilsUnusedMemory: true)
  }

  @Test(arguments: ["kws", "vww", "ic", "ad"])
  func network_answersBitExactlyAsTensorFlowLiteMicro(model: String) throws {
    let session = try session(model)
    let graph = session.program.graph
    let inputs = try ConformanceData.rows(
      "mlperf-tiny/\(model).inputs.bin", count: graph.tensors[graph.inputs[0]].count)
    let outputs = try ConformanceData.rows(
      "mlperf-tiny/\(model).outputs.bin", count: graph.tensors[graph.outputs[0]].count)
    #expect(inputs.count == 8 && outputs.count == 8)
    for (index, input) in inputs.enumerated() {
      #expect(try session.run(input) == outputs[index], "input \(index)")
    }
  }

  @Test func keywords_scoreAsOnTheRealBoard() throws {
    let session = try session("kws")
    let inputs = try ConformanceData.rows("kws01/inputs.bin", count: 490)
    let table = try String(
      decoding: ConformanceData.bytes("kws01/nucleo_l4r5zi_scores.csv"), as: UTF8.self)
    let board = table.split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",").dropFirst(2).map { String($0) } }
    try #require(inputs.count == 1000 && board.count == 1000)

    var sameWord = 0
    var sameScores = 0
    for (input, expected) in zip(inputs, board) {
      let scores = try session.run(input).map { Int($0) + 128 }
      let values = expected.compactMap(Double.init)
      let word = scores.firstIndex(of: scores.max() ?? 0)
      sameWord += word == values.firstIndex(of: values.max() ?? 0) ? 1 : 0
      // The board printed three decimals and cut off the rest: 2/256 became 0.007.
      let printed = scores.map { score in
        let thousandths = String(score * 1000 / 256)
        return "0." + String(repeating: "0", count: 3 - thousandths.count) + thousandths
      }
      sameScores += printed == expected ? 1 : 0
    }
    print("words equal to the board's: \(sameWord) of 1000, all 12 scores: \(sameScores)")
    #expect(sameWord == 1000)
    #expect(sameScores >= 996)
  }
}
