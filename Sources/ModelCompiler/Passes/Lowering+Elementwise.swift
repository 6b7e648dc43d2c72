// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// One element from one or several.
extension Lowering {
  mutating func elementwise(_ step: Operator) throws {
    guard case .binary(.add, let activation) = step.kind else { throw unsupported(step) }
    let scales = step.inputs.map { Double(scale($0)) }
    let common = 2 * max(scales[0], scales[1])
    let inputs = zip(step.inputs, scales).map { tensor, scale in
      let multiplier = QuantizedMultiplier(scale / common)
      return Addition.Input(
        zeroPoint: Int32(zeroPoint(tensor)), multiplier: multiplier.multiplier,
        shift: Int32(multiplier.shift))
    }
    let widening = Double(1 << Int(Addition.leftShift))
    let output = QuantizedMultiplier(common / (widening * Double(scale(step.output))))
    let kernel = Addition(
      count: graph.tensors[step.output].count, first: inputs[0], second: inputs[1],
      outputMultiplier: output.multiplier, outputShift: Int32(output.shift),
      stage: stage(step, activation))
    call(
      KernelCall(
        kernel,
        reads: ["first": try place(step.inputs[0]), "second": try place(step.inputs[1])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(first: $1[0], second: $1[1], output: $1[2]) })
  }
}
