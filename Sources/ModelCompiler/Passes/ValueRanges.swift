// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Which values each channel can take, whatever the model's input: intervals carried through the
/// operators in exact integers. Channels are indices of a tensor's last dimension.
struct ValueRanges {
  /// Intervals of each tensor's channels; nil for tensors that no operator computes.
  private(set) var channels: [[ClosedRange<Int>]?]
  /// Intervals of the accumulators, by place in `graph.operators`; nil where there are none.
  private(set) var accumulators: [[ClosedRange<Int>]?]

  private let placeOfOperator: [Int: Int]

  init(_ graph: Graph) {
    placeOfOperator = Dictionary(
      uniqueKeysWithValues: graph.operators.enumerated().map { ($1.index, $0) })
    channels = graph.tensors.map { _ in nil }
    accumulators = graph.operators.map { _ in nil }
    for input in graph.inputs { channels[input] = Self.everything(graph.tensors[input]) }
    for (place, step) in graph.operators.enumerated() {
      guard let layer = WeightedLayer(step, in: graph) else {
        channels[step.output] = ranges(of: step, graph)
        continue
      }
      let sums = sums(of: layer, graph)
      accumulators[place] = sums
      channels[layer.output] = layer.requantizations(sums).map(\.outputs)
    }
  }

  /// A channel of a tensor, which has one where its last dimension has none.
  static func channelCount(_ tensor: Tensor) -> Int { tensor.shape.last ?? 1 }

  static func everything(_ tensor: Tensor) -> [ClosedRange<Int>] {
    Array(repeating: -128...127, count: channelCount(tensor))
  }

  /// Intervals of the accumulators of an operator's channels.
  func accumulators(of step: Operator) -> [ClosedRange<Int>]? {
    placeOfOperator[step.index].flatMap { accumulators[$0] }
  }

  private func known(_ tensor: Int, _ graph: Graph) -> [ClosedRange<Int>] {
    channels[tensor] ?? Self.everything(graph.tensors[tensor])
  }

  private func sums(of layer: WeightedLayer, _ graph: Graph) -> [ClosedRange<Int>] {
    var inputs = known(layer.input, graph)
    if layer.form == .fullyConnected, layer.inputsPerTap % inputs.count != 0 {
      // One channel of the tensor is several inputs of the layer: what holds for all of them.
      let low = inputs.map(\.lowerBound).min() ?? -128
      let high = inputs.map(\.upperBound).max() ?? 127
      inputs = [low...high]
    }
    return (0..<layer.channels).map { layer.accumulators($0, inputs: inputs) }
  }

  /// Operators without weights that keep to their channels; of others every value is expected.
  private func ranges(of step: Operator, _ graph: Graph) -> [ClosedRange<Int>] {
    let output = graph.tensors[step.output]
    guard output.type == .int8 else { return Self.everything(output) }
    switch step.kind {
    case .averagePool(_, _, _, let activation), .maximumPool(_, _, _, let activation):
      // Padding is left out of both, so that the result lies among the inputs.
      let stage = graph.stage(step, activation)
      let range = Int(stage.minimum)...Int(stage.maximum)
      return known(step.inputs[0], graph).map { $0.clamped(to: range) }
    case .reshape:
      let inputs = known(step.inputs[0], graph)
      let count = Self.channelCount(output)
      guard count % inputs.count == 0 else { return Self.everything(output) }
      return (0..<count).map { inputs[$0 % inputs.count] }
    default: return Self.everything(output)
    }
  }
}

extension WeightedLayer {
  /// How each channel becomes output bytes.
  func requantizations(_ accumulators: [ClosedRange<Int>]) -> [ChannelRequantization] {
    accumulators.enumerated().map {
      ChannelRequantization(scale: scale($0), stage: stage, accumulators: $1)
    }
  }
}
