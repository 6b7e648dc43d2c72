// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// SVDF and LSTM of models that are not quantized.
extension Lowering {
  mutating func floatSVDF(
    _ step: Operator, _ tensors: SVDFTensors, rank: Int, _ activation: Activation
  ) throws {
    let (features, times) = (tensors.featureWeights, tensors.timeWeights)
    let (filters, inputs) = (graph.tensors[features].shape[0], graph.tensors[features].shape[1])
    let kernel = FloatSVDF(
      batches: graph.tensors[step.output].count / (filters / rank), inputCount: inputs,
      unitCount: filters / rank, rank: rank, memoryCount: graph.tensors[times].shape[1],
      range: FloatRange(activation))
    let biases = try tensors.bias.map { try place($0) }
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "features": try place(features),
          "times": try place(times),
          "biases": try biases
            ?? constant(.int32([Int32](repeating: 0, count: filters / rank)), "biases"),
        ],
        writes: ["state": .variable(tensors.state.variable), "output": .tensor(step.output)],
        multiplyCount: kernel.batches * filters * (inputs + kernel.memoryCount)
      ) {
        $0.run(
          input: $1[0], features: $1[1], times: $1[2], biases: $1[3], state: $1[4],
          output: $1[5])
      })
  }

  mutating func floatLSTM(
    _ step: Operator, _ tensors: LSTMTensors, _ cellClip: Float, timeMajor: Bool
  ) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let (inputs, units) = (shape[2], graph.tensors[step.output].shape[2])
    let kernel = FloatSequenceLSTM(
      batches: shape[timeMajor ? 1 : 0], steps: shape[timeMajor ? 0 : 1], isTimeMajor: timeMajor,
      inputCount: inputs, unitCount: units, cellClip: cellClip)
    let fromInput = tensors.inputWeights.map { words($0) }
    let fromState = tensors.recurrentWeights.map { words($0) }
    let biases = tensors.biases.map { words($0) }
    var weights: [Int32] = []
    for unit in 0..<units {
      for gate in 0..<4 {
        weights += fromInput[gate][unit * inputs..<(unit + 1) * inputs]
        weights += fromState[gate][unit * units..<(unit + 1) * units]
      }
    }
    let gateBiases = (0..<units).flatMap { unit in biases.map { $0[unit] } }
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "weights": try constant(.int32(weights), "weights"),
          "biases": try constant(.int32(gateBiases), "biases"),
        ],
        writes: [
          "outputState": .variable(tensors.outputState.variable),
          "cellState": .variable(tensors.cellState.variable), "output": .tensor(step.output),
        ], multiplyCount: kernel.batches * kernel.steps * weights.count
      ) {
        $0.run(
          input: $1[0], weights: $1[1], biases: $1[2], outputState: $1[3], cellState: $1[4],
          output: $1[5])
      })
  }

  /// The bits of a constant of real numbers.
  private func words(_ tensor: Int) -> [Int32] {
    graph.tensors[tensor].wideValues.map { Int32(truncatingIfNeeded: $0) }
  }
}
