// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// A convolution, depthwise convolution or fully connected layer as sums of products: what passes
/// over the graph have to know of it. All they know of how an operator names its tensors is here.
struct WeightedLayer {
  enum Form: Equatable {
    case convolution
    /// Output channel k reads input channel k / multiplier alone.
    case depthwise(multiplier: Int)
    case fullyConnected
  }

  let form: Form
  let input: Int
  let output: Int
  let weightsTensor: Int
  let biasTensor: Int?
  /// Output channels, products per channel and input position, and inputs per position.
  let channels: Int
  let taps: Int
  let inputsPerTap: Int
  let weights: [Int8]
  let bias: [Int32]
  let inputZeroPoint: Int
  let coverage: TapCoverage
  /// One, or one for each channel.
  let scales: [QuantizedMultiplier]
  let stage: OutputStage

  /// Nil for other operators, for other types than int8 with int32 biases, and for weights with a
  /// zero point.
  init?(_ step: Operator, in graph: Graph) {
    guard let operands = step.weights, let input = step.inputs.first,
      graph.tensors[input].type == .int8, graph.tensors[input].constant == nil,
      graph.tensors[step.output].type == .int8,
      let weights = graph.tensors[operands.tensor].int8Values,
      graph.tensors[operands.tensor].quantization?.zeroPoints.allSatisfy({ $0 == 0 }) ?? true
    else { return nil }
    let kernel = graph.tensors[operands.tensor]
    let shape = kernel.shape
    let activation: Activation
    switch step.kind {
    case .convolution(let sliding, _, let fused):
      (form, activation) = (.convolution, fused)
      (channels, taps, inputsPerTap) = (shape[0], shape[1] * shape[2], shape[3])
      coverage = TapCoverage(sliding, input: graph.tensors[input].shape, kernel: shape)
    case .depthwiseConvolution(let sliding, _, let fused):
      let multiplier = shape[3] / graph.tensors[input].shape[3]
      (form, activation) = (.depthwise(multiplier: multiplier), fused)
      (channels, taps, inputsPerTap) = (shape[3], shape[1] * shape[2], 1)
      coverage = TapCoverage(sliding, input: graph.tensors[input].shape, kernel: shape)
    case .fullyConnected(_, let fused):
      (form, activation) = (.fullyConnected, fused)
      (channels, taps, inputsPerTap) = (shape[0], 1, shape[1])
      coverage = TapCoverage()
    default: return nil
    }
    (self.input, output) = (input, step.output)
    (weightsTensor, biasTensor) = (operands.tensor, operands.bias)
    self.weights = weights
    if let tensor = operands.bias {
      guard let values = graph.tensors[tensor].int32Values else { return nil }
      bias = values
    } else {
      bias = [Int32](repeating: 0, count: channels)
    }
    inputZeroPoint = graph.tensors[input].quantization?.whole?.zeroPoint ?? 0
    scales = graph.channelScales(step, weights: operands.tensor)
    stage = graph.stage(step, activation)
  }

  func scale(_ channel: Int) -> QuantizedMultiplier { scales[scales.count == 1 ? 0 : channel] }

  /// The place in `weights` of a channel's weight; `input` counts within the tap.
  func index(channel: Int, tap: Int, input: Int) -> Int {
    if case .depthwise = form { return tap * channels + channel }
    return (channel * taps + tap) * inputsPerTap + input
  }

  /// The interval of a channel's accumulators, given those of the input's channels, or one for all.
  func accumulators(_ channel: Int, inputs: [ClosedRange<Int>]) -> ClosedRange<Int> {
    var low = [Int](repeating: 0, count: taps)
    var high = low
    for input in 0..<inputsPerTap {
      let range = inputs[inputChannel(channel, input, of: inputs.count)]
      let least = range.lowerBound - inputZeroPoint
      let most = range.upperBound - inputZeroPoint
      for tap in 0..<taps {
        let weight = Int(weights[index(channel: channel, tap: tap, input: input)])
        low[tap] += weight * (weight < 0 ? most : least)
        high[tap] += weight * (weight < 0 ? least : most)
      }
    }
    let offset = Int(bias[channel])
    let lowest = coverage.sums(low).min() ?? 0
    let highest = coverage.sums(high).max() ?? 0
    return offset + lowest...offset + highest
  }

  /// The channel of the input tensor that a weight reads: a fully connected layer's inputs run over
  /// all positions.
  func inputChannel(_ channel: Int, _ input: Int, of count: Int) -> Int {
    guard count > 1 else { return 0 }
    return switch form {
    case .convolution: input
    case .depthwise(let multiplier): channel / multiplier
    case .fullyConnected: input % count
    }
  }
}

extension Operator {
  /// The same step with other weights.
  func replacing(weights: Weights) -> Operator {
    var copy = self
    switch kind {
    case .convolution(let sliding, _, let activation):
      copy.kind = .convolution(sliding, weights, activation)
    case .depthwiseConvolution(let sliding, _, let activation):
      copy.kind = .depthwiseConvolution(sliding, weights, activation)
    case .fullyConnected(_, let activation): copy.kind = .fullyConnected(weights, activation)
    default: break
    }
    return copy
  }
}
