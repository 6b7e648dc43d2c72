// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Testing

@testable import TFLiteImport

@Suite struct BatchShapesTests {
  /// A dilated convolution as Keras' converter writes it for a batch of unknown size.
  @Test func batchBehindSpaceToBatch_isMultiplied() {
    func tensor(_ shape: [Int]) -> Tensor { Tensor(name: "t", shape: shape, type: .int8) }
    var tensors = [[1, 32, 32, 8], [1, 18, 18, 8], [1, 16, 16, 4], [1, 32, 32, 4]].map(tensor)
    tensors.append(tensor([4, 3, 3, 8]))
    let operators = [
      Operator(
        index: 0, kind: .spaceToBatch(block: [2, 2], before: [2, 2], after: [2, 2]), inputs: [0],
        output: 1),
      Operator(
        index: 1, kind: .convolution(Sliding(padding: .valid), Weights(tensor: 4), .relu),
        inputs: [1], output: 2),
      Operator(
        index: 2, kind: .batchToSpace(block: [2, 2], cropBefore: [0, 0], cropAfter: [0, 0]),
        inputs: [2], output: 3),
    ]
    BatchShapes.complete(operators, &tensors)
    #expect(tensors.map { $0.shape[0] } == [1, 4, 4, 1, 4])
  }

  @Test func hugeBlocks_changeNothing() {
    var tensors = [[1, 2, 2, 1], [1, 2, 2, 1]].map {
      Tensor(name: "t", shape: $0, type: .int8)
    }
    let kind = Operator.Kind.spaceToBatch(block: [.max, .max], before: [0, 0], after: [0, 0])
    BatchShapes.complete(
      [Operator(index: 0, kind: kind, inputs: [0], output: 1)], &tensors)
    #expect(tensors[1].shape == [1, 2, 2, 1])
  }
}
