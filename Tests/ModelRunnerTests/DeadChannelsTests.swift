// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import ModelRunner
import TFLiteImport
import TestSupport
import Testing

@testable import ModelCompiler

@Suite struct DeadChannelsTests {
  private let whole = CompilerOptions(removesDeadChannels: false)

  /// Channels of all tensors that operators compute.
  private func channels(_ graph: Graph) -> Int {
    graph.operators.reduce(0) { $0 + (graph.tensors[$1.output].shape.last ?? 1) }
  }

  private func weights(_ graph: Graph) -> Int {
    graph.operators.compactMap(\.weights).reduce(0) { $0 + graph.tensors[$1.tensor].count }
  }

  private func inputs(_ count: Int, _ random: inout Xorshift) -> [[Int8]] {
    let noise = (0..<6).map { _ in (0..<count).map { _ in Int8(random.below(256) - 128) } }
    let flat = [-128, -1, 0, 127].map { [Int8](repeating: $0, count: count) }
    let extremes = (0..<3).map { _ in
      (0..<count).map { _ in Int8(random.below(2) == 0 ? -128 : 127) }
    }
    return noise + flat + extremes
  }

  @Test func randomGraphs_keepEveryBit() throws {
    var removed = 0
    var reduced = 0
    for seed in 1...400 as ClosedRange<UInt64> {
      var (graph, random) = try RandomGraph.make(seed: seed)
      let smaller = try DeadChannels.removed(from: graph)
      let gone = channels(graph) - channels(smaller)
      removed += gone
      reduced += gone > 0 ? 1 : 0
      let (before, after) = (
        InferenceSession(try Program(graph, options: whole)), InferenceSession(try Program(smaller))
      )
      for input in inputs(graph.tensors[0].count, &random) {
        #expect(try before.run(input) == after.run(input), "seed \(seed)")
      }
    }
    #expect(reduced > 100 && removed > 2000, "\(reduced) graphs lost \(removed) channels")
  }

  @Test func ranges_holdEveryValue() throws {
    for seed in 1...100 as ClosedRange<UInt64> {
      var (graph, random) = try RandomGraph.make(seed: seed)
      let ranges = ValueRanges(graph)
      let last = graph.outputs[0]
      let expected = try #require(ranges.channels[last])
      let session = InferenceSession(try Program(graph, options: whole))
      for input in inputs(graph.tensors[0].count, &random) {
        for (index, value) in try session.run(input).enumerated() {
          #expect(expected[index % expected.count].contains(Int(value)), "seed \(seed)")
        }
      }
    }
  }

  @Test func enormousTensors_areLeftAlone() throws {
    let tensors = (0..<4).map { index in
      Tensor(
        name: "t\(index)", shape: [1, 1 << 26], type: .int8,
        quantization: Quantization(scale: 1, zeroPoint: 0))
    }
    let operators = (0..<3).map {
      Operator(index: $0, kind: .reshape, inputs: [$0], output: $0 + 1)
    }
    let graph = try Graph(tensors: tensors, operators: operators, inputs: [0], outputs: [3])
    #expect(try DeadChannels.removed(from: graph) == graph)
    #expect(ValueRanges(graph).channels == [nil, nil, nil, nil])
  }

  @Test func reducedGraph_hasNothingMoreToLose() throws {
    for seed in 1...50 as ClosedRange<UInt64> {
      let smaller = try DeadChannels.removed(from: RandomGraph.make(seed: seed).graph)
      #expect(try channels(DeadChannels.removed(from: smaller)) == channels(smaller))
    }
  }

  @Test(.enabled(if: ConformanceData.isPresent, "models not found; set BREADBOARD_DATA"))
  func visualWakeWords_halveAndAnswerTheSame() throws {
    let graph = try TFLiteModel.graph(from: ConformanceData.bytes("mlperf-tiny/vww.tflite"))
    let smaller = try DeadChannels.removed(from: graph)
    let before = try Program(graph, options: whole)
    let after = try Program(graph)
    #expect(before.multiplyCount == 7_489_664 && after.multiplyCount == 3_766_476)
    #expect([graph, smaller].map(weights) == [208_112, 30_340])
    let session = InferenceSession(after)
    let inputs = try ConformanceData.rows(
      "mlperf-tiny/vww.inputs.bin", count: graph.tensors[graph.inputs[0]].count)
    let outputs = try ConformanceData.rows("mlperf-tiny/vww.outputs.bin", count: 2)
    try #require(inputs.count == 8 && outputs.count == 8)
    for (input, output) in zip(inputs, outputs) { #expect(try session.run(input) == output) }
  }
}
