// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Hand-made graphs, small enough to reason about.
enum SmallGraphs {
  static func activation(_ name: String, _ shape: [Int], scale: Float = 0.5, zeroPoint: Int = 0)
    -> Tensor
  {
    Tensor(
      name: name, shape: shape, type: .int8,
      quantization: Quantization(scale: scale, zeroPoint: zeroPoint))
  }

  static func weights(_ shape: [Int], scales: [Float] = [0.25], dimension: Int = 0) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(
      name: "weights", shape: shape, type: .int8,
      quantization: Quantization(
        scales: scales, zeroPoints: scales.map { _ in 0 }, dimension: dimension),
      constant: (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }[...])
  }

  /// 1x4x4x1 by a 3x3 convolution to two channels, flattened, fully connected to three, softmax.
  static func classifier() throws -> Graph {
    try Graph(
      tensors: [
        activation("image", [1, 4, 4, 1], zeroPoint: 3),
        weights([2, 3, 3, 1], scales: [0.25, 0.125]),
        activation("features", [1, 2, 2, 2], zeroPoint: -128),
        activation("flat", [1, 8], zeroPoint: -128),
        weights([3, 8]),
        activation("scores", [1, 3], scale: 2),
        activation("probabilities", [1, 3], scale: 1 / 256, zeroPoint: -128),
      ],
      operators: [
        Operator(
          index: 0,
          kind: .convolution(Sliding(padding: .valid), Weights(tensor: 1), .relu), inputs: [0],
          output: 2),
        Operator(index: 1, kind: .reshape, inputs: [2], output: 3),
        Operator(
          index: 2, kind: .fullyConnected(Weights(tensor: 4), .none), inputs: [3], output: 5),
        Operator(index: 3, kind: .softmax(beta: 1), inputs: [5], output: 6),
      ], inputs: [0], outputs: [6])
  }

  /// Additions up and down again: in the middle all of `width` results are still needed.
  static func ladder(width: Int, shape: [Int]) throws -> Graph {
    let tensors = (0...2 * width).map { activation("t\($0)", shape) }
    var operators: [Operator] = []
    for index in 1...width {
      operators.append(
        Operator(
          index: index - 1, kind: .binary(.add, .none), inputs: [0, index - 1], output: index))
    }
    for index in 1...width {
      operators.append(
        Operator(
          index: width + index - 1, kind: .binary(.add, .none),
          inputs: [width + index - 1, width - index], output: width + index))
    }
    return try Graph(tensors: tensors, operators: operators, inputs: [0], outputs: [2 * width])
  }
}
