// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Pools, and what looks at a whole row.
extension Lowering {
  mutating func pool(_ step: Operator) throws {
    guard type(step.inputs[0]) == .int8 else { return try widePool(step) }
    let reads: KeyValuePairs = ["input": try place(step.inputs[0])]
    let writes: KeyValuePairs = ["output": Place.tensor(step.output)]
    switch step.kind {
    case .averagePool(let sliding, let height, let width, let activation):
      let pool = AveragePooling(
        window: window(step, sliding, height: height, width: width),
        stage: stage(step, activation))
      call(KernelCall(pool, reads: reads, writes: writes) { $0.run(input: $1[0], output: $1[1]) })
    case .maximumPool(let sliding, let height, let width, let activation):
      let pool = MaximumPooling(
        window: window(step, sliding, height: height, width: width),
        stage: stage(step, activation))
      call(KernelCall(pool, reads: reads, writes: writes) { $0.run(input: $1[0], output: $1[1]) })
    default: throw unsupported(step)
    }
  }

  mutating func softmax(_ step: Operator, beta: Float) throws {
    guard type(step.inputs[0]) == .int8, type(step.output) == .int8 else {
      return try wideSoftmax(step, beta: beta)
    }
    let tensor = graph.tensors[step.inputs[0]]
    // Differences of inputs become Q5: 5 integer bits, 26 of fraction.
    let real = min(Double(beta) * Double(scale(step.inputs[0])) * 0x1p26, 0x1p31 - 1)
    let scale = QuantizedMultiplier(real)
    guard scale.shift >= 0, scale.multiplier > 0 else {
      throw ModelError(
        .operator(index: step.index, name: step.name),
        "has beta times input scale \(real * 0x1p-26)",
        remedy: "below 2^-26 every output would be the same; check the model's quantization")
    }
    let radius = (31.0 * 0x1p26 / Double(sign: .plus, exponent: scale.shift, significand: 1))
      .rounded(.down)
    let count = tensor.shape[tensor.shape.count - 1]
    let kernel = Softmax(
      rows: tensor.count / count, count: count, multiplier: scale.multiplier,
      leftShift: Int32(scale.shift), minimumDifference: -Int32(clamping: Int64(radius)))
    call(
      KernelCall(
        kernel, reads: ["input": try place(step.inputs[0])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }
}
