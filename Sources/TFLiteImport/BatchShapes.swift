// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Batches that a converter left unknown. It writes 1 for a batch of any size, and so also behind
/// SPACE_TO_BATCH_ND, which Keras makes of a dilated convolution and which multiplies the batch.
enum BatchShapes {
  /// Gives the tensors from there to BATCH_TO_SPACE_ND the batch that they have at run time.
  static func complete(_ operators: [Operator], _ tensors: inout [Tensor]) {
    for step in operators {
      guard let input = step.inputs.first, let output = step.outputs.first,
        tensors.indices.contains(input), tensors.indices.contains(output),
        tensors[input].shape.count == tensors[output].shape.count,
        let batch = tensors[input].shape.first, tensors[output].shape.first == 1,
        let wanted = self.batch(step.kind, batch), (1...Graph.Limits.elements).contains(wanted)
      else { continue }
      tensors[output].shape[0] = wanted
    }
  }

  /// The batch of an operator's output; nil for those that do not say.
  private static func batch(_ kind: Operator.Kind, _ batch: Int) -> Int? {
    switch kind {
    case .spaceToBatch(let block, _, _): product(block).flatMap { multiplied(batch, $0) }
    case .batchToSpace(let block, _, _): product(block).flatMap { $0 > 0 ? batch / $0 : nil }
    case .convolution, .depthwiseConvolution, .averagePool, .maximumPool, .unary, .quantize: batch
    default: nil
    }
  }

  private static func product(_ block: [Int]) -> Int? {
    block.reduce(1 as Int?) { total, extent in total.flatMap { multiplied($0, extent) } }
  }

  private static func multiplied(_ a: Int, _ b: Int) -> Int? {
    let (product, overflows) = a.multipliedReportingOverflow(by: b)
    return overflows ? nil : product
  }
}
