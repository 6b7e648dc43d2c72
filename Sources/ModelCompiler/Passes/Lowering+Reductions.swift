// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Many elements to one.
extension Lowering {
  mutating func reduction(_ step: Operator) throws {
    guard case .reduce(.mean, _) = step.kind else { throw unsupported(step) }
    let shape = graph.tensors[step.inputs[0]].shape
    let pixels = shape[1] * shape[2]
    let scale = QuantizedMultiplier(Double(scale(step.inputs[0])) / Double(scale(step.output)))
    // The division by the number of pixels goes into the multiplier, keeping as many bits as fit.
    let bits = max(0, min(Int.bitWidth - 1 - pixels.leadingZeroBitCount, 31 + scale.shift))
    let multiplier = (Int64(scale.multiplier) << Int64(bits)) / Int64(pixels)
    let kernel = Mean(
      batches: shape[0], pixels: pixels, channels: shape[3],
      inputZeroPoint: Int32(zeroPoint(step.inputs[0])), multiplier: Int32(clamping: multiplier),
      shift: Int32(scale.shift - bits), stage: stage(step, .none))
    call(
      KernelCall(
        kernel, reads: ["input": try place(step.inputs[0])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }
}
