// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import ModelCompiler
import ModelGraph
import TFLiteImport

@testable import ModelSupport

/// A model with two inputs and two outputs: a convolution of the one plus the other, and what a
/// dense layer makes of the sum.
enum TwoEnds {
  static var bytes: [UInt8] {
    var graph = TFLiteFile.Subgraph()
    graph.tensors = [
      tensor("first", [1, 5, 5, 3], 0.5, 3),
      tensor("second", [1, 5, 5, 4], 0.25, -20),
      constant("kernel", [4, 3, 3, 3], seed: 7),
      tensor("features", [1, 5, 5, 4], 0.75, -128),
      tensor("sum", [1, 5, 5, 4], 0.5, -10),
      constant("matrix", [6, 100], seed: 11),
      tensor("scores", [1, 6], 2, 5),
    ]
    graph.operators = [
      .init(
        code: .conv2D, version: 3, inputs: [0, 2, -1], outputs: [3],
        options: .conv2D(.same, stride: [1, 1], .relu, dilation: [1, 1])),
      .init(code: .add, version: 2, inputs: [3, 1], outputs: [4], options: .add(.none)),
      .init(
        code: .fullyConnected, version: 4, inputs: [4, 5, -1], outputs: [6],
        options: .fullyConnected(.none, keepsRank: false)),
    ]
    (graph.inputs, graph.outputs) = ([0, 1], [4, 6])
    return TFLiteFile(subgraphs: [graph]).bytes
  }

  static func program(for core: TargetCore = .dsp) throws -> Program {
    try Program(TFLiteModel.graph(from: bytes), options: CompilerOptions(core: core))
  }

  /// So many inferences' bytes, the same every time.
  static func inputs(_ count: Int) -> [[UInt8]] {
    (0..<count).map { number in
      (0..<175).map { index -> UInt8 in
        let mixed = index * 2_654_435 + number * 977
        return UInt8(truncatingIfNeeded: mixed >> 7)
      }
    }
  }

  private static func tensor(
    _ name: String, _ shape: [Int], _ scale: Float, _ zeroPoint: Int
  ) -> TFLiteFile.Tensor {
    .init(
      name: name, type: .int8, shape: shape, quantization: .init(scale: scale, zeroPoint: zeroPoint)
    )
  }

  private static func constant(_ name: String, _ shape: [Int], seed: Int) -> TFLiteFile.Tensor {
    let count = shape.reduce(1, *)
    return .init(
      name: name, type: .int8, shape: shape, quantization: .init(scale: 0.01, zeroPoint: 0),
      constant: (0..<count).map { index -> UInt8 in
        let value = (index * 37 + seed) % 255 - 127
        return UInt8(truncatingIfNeeded: value)
      })
  }
}
