// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelCompiler
import ModelGraph
import ModelRunner
import Testing

@Suite struct InferenceSessionTests {
  /// Two inputs, added and handed on by a reshape.
  private func session() throws -> InferenceSession {
    func tensor(_ name: String, _ shape: [Int]) -> Tensor {
      Tensor(
        name: name, shape: shape, type: .int8, quantization: Quantization(scale: 1, zeroPoint: 0))
    }
    let graph = try Graph(
      tensors: [
        tensor("a", [2, 2]), tensor("b", [2, 2]), tensor("sum", [2, 2]), tensor("flat", [4]),
      ],
      operators: [
        Operator(index: 0, kind: .binary(.add, .none), inputs: [0, 1], output: 2),
        Operator(index: 1, kind: .reshape, inputs: [2], output: 3),
      ], inputs: [0, 1], outputs: [3])
    return InferenceSession(try Program(graph))
  }

  private func bytes(_ values: Int8...) -> [UInt8] { values.map { UInt8(bitPattern: $0) } }

  @Test func twoInputs_areAddedAndSaturate() throws {
    let session = try session()
    #expect(
      try session.run(inputs: [bytes(1, -2, 100, -100), bytes(3, 4, 100, -100)])
        == [bytes(4, 2, 127, -128)])
    // A second run starts from its own inputs alone.
    #expect(try session.run(inputs: [[0, 0, 0, 0], [5, 6, 7, 8]]) == [[5, 6, 7, 8]])
  }

  @Test func wrongInputs_areRefusedWithTheNumbers() throws {
    let session = try session()
    let count = #expect(throws: InferenceSession.Failure.self) { try session.run([1, 2, 3, 4]) }
    #expect(count?.description == "1 inputs were given; the model takes 2")
    let size = #expect(throws: InferenceSession.Failure.self) {
      try session.run(inputs: [[1, 2, 3, 4], [1]])
    }
    #expect(size?.description == "input 1 has 1 bytes; the model takes 4")
  }
}
