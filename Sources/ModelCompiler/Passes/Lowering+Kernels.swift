// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Graphs are accepted in more types and shapes than there are kernels for.
extension Lowering {
  /// Refuses what a kernel would take for something else. Whoever adds a kernel takes its case out.
  func checkHasKernel(_ step: Operator) throws {
    let isInt8 = (step.inputs + step.outputs).allSatisfy { graph.tensors[$0].type == .int8 }
    let hasKernel: Bool
    switch step.kind {
    case .convolution, .depthwiseConvolution, .averagePool, .maximumPool, .softmax:
      hasKernel = isInt8
    case .fullyConnected(let weights, _):
      let zeroPoints = graph.tensors[weights.tensor].quantization?.zeroPoints ?? []
      hasKernel = isInt8 && zeroPoints.allSatisfy { $0 == 0 }
    case .binary(.add, _):
      let shapes = (step.inputs + step.outputs).map { graph.tensors[$0].shape }
      hasKernel = isInt8 && shapes.allSatisfy { $0 == shapes[0] }
    case .reduce(.mean, let dimensions):
      let rank = graph.tensors[step.inputs[0]].shape.count
      hasKernel = isInt8 && rank == 4 && dimensions == [1, 2]
    default: hasKernel = true
    }
    guard hasKernel else { throw unsupported(step) }
  }
}
