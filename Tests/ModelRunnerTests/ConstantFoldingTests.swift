// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import ModelRunner
import Testing

@testable import ModelCompiler

@Suite struct ConstantFoldingTests {
  private func tensor(_ name: String, _ shape: [Int], _ values: [Int8]? = nil) -> Tensor {
    Tensor(
      name: name, shape: shape, type: .int8, quantization: Quantization(scale: 1, zeroPoint: 0),
      constant: values.map { $0.map { UInt8(bitPattern: $0) }[...] })
  }

  private func add(_ index: Int, _ inputs: [Int], _ output: Int) -> Operator {
    Operator(index: index, kind: .binary(.add, .none), inputs: inputs, output: output)
  }

  /// The input plus the flattened sum of two constants; a result that nobody reads beside it.
  private func graph() throws -> Graph {
    try Graph(
      tensors: [
        tensor("input", [4]), tensor("a", [2, 2], [1, 2, 3, 100]),
        tensor("b", [2, 2], [10, 20, -30, 100]), tensor("sum", [2, 2]), tensor("flat", [4]),
        tensor("output", [4]), tensor("unread", [4]),
      ],
      operators: [
        add(0, [1, 2], 3), Operator(index: 1, kind: .reshape, inputs: [3], output: 4),
        add(2, [0, 4], 5), add(3, [0, 5], 6),
      ], inputs: [0], outputs: [5])
  }

  @Test func operatorsOnConstants_areComputedAtCompileTime() throws {
    let graph = try graph()
    let program = try Program(graph)
    #expect(program.graph.operators.map(\.index) == [2])
    #expect(program.graph.tensors[4].int8Values == [11, 22, -27, 127])
    #expect(try InferenceSession(program).run([1, 2, 3, 4]) == [12, 24, -24, 127])

    let whole = try Program(lowering: graph, options: CompilerOptions())
    #expect(whole.steps.count == 3)
    #expect(try InferenceSession(whole).run([1, 2, 3, 4]) == [12, 24, -24, 127])
  }

  @Test func whatCannotBeEvaluated_staysAnOperator() throws {
    let graph = try graph()
    var asked: [Int] = []
    let folded = try ConstantFolding.folded(graph) { step, _ in
      asked.append(step.index)
      return nil
    }
    #expect(asked == [0])
    #expect(folded.operators.map(\.index) == [0, 1, 2])
  }

  @Test func constantOutput_isStillComputed() throws {
    let graph = try Graph(
      tensors: [tensor("input", [1]), tensor("a", [1], [3]), tensor("sum", [1])],
      operators: [add(0, [1, 1], 2)], inputs: [0], outputs: [2])
    #expect(try InferenceSession(Program(graph)).run([5]) == [6])
  }

  @Test func largeResult_isLeftToTheBoard() throws {
    let count = ConstantFolding.byteLimit + 1
    let graph = try Graph(
      tensors: [
        tensor("input", [count]), tensor("a", [count], [Int8](repeating: 1, count: count)),
        tensor("sum", [count]), tensor("output", [count]),
      ], operators: [add(0, [1, 1], 2), add(1, [0, 2], 3)], inputs: [0], outputs: [3])
    #expect(try Program(graph).graph.operators.count == 2)
  }
}
