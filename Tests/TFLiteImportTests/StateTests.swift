// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import ModelSupport
import TFLiteImport
import Testing

/// Models that remember: what their variables hold at first.
@Suite struct StateTests {
  private func graph(_ name: String, where isWanted: (Graph) -> Bool = { _ in true }) throws
    -> Graph
  {
    for seed in 0..<50 {
      let random = try #require(RandomGraph(name, seed: UInt64(seed)))
      let graph = try TFLiteModel.graph(from: random.model)
      if isWanted(graph) { return graph }
    }
    throw ModelError(.model, "no such model", remedy: "widen the search")
  }

  @Test func resourceVariable_startsAtItsZeroPoint() throws {
    let graph = try graph("VAR_HANDLE") { graph in
      graph.tensors[graph.inputs[0]].quantization?.whole.map { $0.zeroPoint != 0 } ?? false
    }
    let zeroPoint = try #require(graph.tensors[graph.inputs[0]].quantization?.whole?.zeroPoint)
    let variable = try #require(graph.variables.first)
    #expect(graph.variables.count == 1)
    #expect(
      variable.initial
        == Array(repeating: UInt8(truncatingIfNeeded: zeroPoint), count: variable.byteCount))
    #expect(graph.operators.contains { $0.kind == .readVariable(0) })
    #expect(graph.operators.contains { $0.kind == .assignVariable(0) })
  }

  @Test func calledOnce_givesTheFirstValue() throws {
    let graph = try graph("CALL_ONCE")
    let variable = try #require(graph.variables.first)
    #expect(Set(variable.initial ?? []).count > 1)
    #expect(!graph.operators.contains { $0.name == "CALL_ONCE" })
  }

  @Test func recurrentStates_areVariables() throws {
    let svdf = try graph("SVDF")
    let lstm = try graph("UNIDIRECTIONAL_SEQUENCE_LSTM")
    #expect(svdf.variables.count == 1)
    #expect(lstm.variables.count == 2)
  }

  @Test func stateThatIsNoVariable_isRefused() {
    let small = OneOperator.Value(shape: [2, 2], bytes: [1, 2, 3, 4])
    let svdf = OneOperator(
      code: 27,
      inputs: [.init(shape: [1, 2]), small, small, .init(shape: [1, 4])], reads: [0, 1, 2, -1, 3],
      outputs: [.init(shape: [1, 2])], optionsType: 6, options: [0: .int32(1)])
    let error = #expect(throws: ModelError.self) { try svdf.graph() }
    #expect(
      error?.description
        == "operator 0 SVDF, tensor 3 't3': is a state that is not marked as a variable; convert "
        + "the model again")
  }

  @Test func hugeVariable_isRefused() {
    let small = OneOperator.Value(shape: [2, 2], bytes: [1, 2, 3, 4])
    let svdf = OneOperator(
      code: 27,
      inputs: [
        .init(shape: [1, 2]), small, small, .init(shape: [1, 1 << 25], isVariable: true),
      ], reads: [0, 1, 2, -1, 3],
      outputs: [.init(shape: [1, 2])], optionsType: 6, options: [0: .int32(1)])
    let error = #expect(throws: ModelError.self) { try svdf.graph() }
    #expect(
      error?.description
        == "tensor 3 't3': is a variable of int8 1x33554432; variables are of a type that is "
        + "supported and take at most 16777216 bytes in all")
  }

  @Test func peepholes_areRefused() {
    let lstm = OneOperator(
      code: 44, inputs: [.init(shape: [1, 2, 3])], reads: Array(repeating: 0, count: 24),
      outputs: [.init(shape: [1, 2, 3])], optionsType: 71, options: [0: .byte(4)])
    let error = #expect(throws: ModelError.self) { try lstm.graph() }
    #expect(
      error?.description
        == "operator 0 UNIDIRECTIONAL_SEQUENCE_LSTM: has peephole connections; train an LSTM "
        + "without peephole connections")
  }
}
