// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Which values each channel can take, whatever the model's input: intervals carried through the
/// operators in exact integers. Channels are indices of a tensor's last dimension.
struct ValueRanges {
  /// Channels of one tensor that are told apart, so that a hostile model does not cost gigabytes.
  static let channelLimit = 1 << 18

  /// Intervals of each tensor's channels; nil where nothing is known.
  private(set) var channels: [[ClosedRange<Int>]?]
  /// Intervals of the accumulators, by place in `graph.operators`; nil where there are none.
  private(set) var accumulators: [[ClosedRange<Int>]?]

  private let placeOfOperator: [Int: Int]

  init(_ graph: Graph) {
    placeOfOperator = Dictionary(
      graph.operators.enumerated().map { ($1.index, $0) }, uniquingKeysWith: { first, _ in first })
    channels = graph.tensors.map { _ in nil }
    accumulators = graph.operators.map { _ in nil }
    for (place, step) in graph.operators.enumerated() {
      guard let layer = WeightedLayer(step, in: graph) else {
        if let ranges = ranges(of: step, graph) { channels[step.output] = ranges }
        continue
      }
      let sums = sums(of: layer)
      accumulators[place] = sums
      channels[layer.output] = layer.requantizations(sums).map(\.outputs)
    }
  }

  /// A channel of a tensor, which has one where its last dimension has none.
  static func channelCount(_ tensor: Tensor) -> Int { tensor.shape.last ?? 1 }

  /// Intervals of the accumulators of an operator's channels.
  func accumulators(of step: Operator) -> [ClosedRange<Int>]? {
    placeOfOperator[step.index].flatMap { accumulators[$0] }
  }

  private func sums(of layer: WeightedLayer) -> [ClosedRange<Int>] {
    var inputs = channels[layer.input] ?? [-128...127]
    if layer.form == .fullyConnected, layer.inputsPerTap % inputs.count != 0 {
      // One channel of the tensor is several inputs of the layer: what holds for all of them.
      let low = inputs.map(\.lowerBound).min() ?? -128
      let high = inputs.map(\.upperBound).max() ?? 127
      inputs = [low...high]
    }
    return (0..<layer.channels).map { layer.accumulators($0, inputs: inputs) }
  }

  /// Operators without weights that keep to their channels; nil for others.
  private func ranges(of step: Operator, _ graph: Graph) -> [ClosedRange<Int>]? {
    guard let input = step.inputs.first, let inputs = channels[input],
      let output = step.outputs.first, graph.tensors[output].type == .int8
    else { return nil }
    switch step.kind {
    case .averagePool(_, _, _, let activation), .maximumPool(_, _, _, let activation):
      // Padding is left out of both, so that the result lies among the inputs.
      let stage = graph.stage(step, activation)
      let range = Int(stage.minimum)...Int(stage.maximum)
      return inputs.map { $0.clamped(to: range) }
    case .reshape:
      let count = Self.channelCount(graph.tensors[output])
      guard count % inputs.count == 0, count <= Self.channelLimit else { return nil }
      return (0..<count).map { inputs[$0 % inputs.count] }
    case .pad(let before, let after, value: nil) where before.last == 0 && after.last == 0:
      let zeroPoint = graph.tensors[output].quantization?.whole?.zeroPoint ?? 0
      return inputs.map { min($0.lowerBound, zeroPoint)...max($0.upperBound, zeroPoint) }
    default: return step.isMonotone(in: graph) ? evaluated(step, inputs, graph) : nil
    }
  }

  /// What the operator itself makes of the intervals' ends.
  private func evaluated(
    _ step: Operator, _ inputs: [ClosedRange<Int>], _ graph: Graph
  ) -> [ClosedRange<Int>]? {
    let evaluate = ConstantFolding.evaluation(in: graph)
    let pixels = graph.tensors[step.inputs[0]].count / inputs.count
    guard pixels * inputs.count <= ConstantFolding.byteLimit else { return nil }
    func outputs(_ ends: [Int]) -> [Int]? {
      let pixel = ends.map { UInt8(bitPattern: Int8(clamping: $0)) }
      let image = (0..<pixels).flatMap { _ in pixel }
      return evaluate(step, [image[...]])?[0].prefix(inputs.count).map {
        Int(Int8(bitPattern: $0))
      }
    }
    guard let lowest = outputs(inputs.map(\.lowerBound)),
      let highest = outputs(inputs.map(\.upperBound)), lowest.count == inputs.count
    else { return nil }
    return zip(lowest, highest).map { min($0, $1)...max($0, $1) }
  }
}

extension Operator {
  /// Whether each output channel rises with the input's same channel and depends on nothing else.
  fileprivate func isMonotone(in graph: Graph) -> Bool {
    guard keepsChannels(in: graph) else { return false }
    return switch kind {
    case .reduce, .quantize, .unary(.relu), .unary(.relu6), .unary(.reluMinus1To1): true
    default: false
    }
  }

  /// Whether each output channel is computed from the input's same channel alone, whatever the
  /// number of channels.
  func keepsChannels(in graph: Graph) -> Bool {
    guard inputs.count == 1, outputs.count == 1,
      [inputs[0], outputs[0]].allSatisfy({ graph.tensors[$0].type == .int8 })
    else { return false }
    let last = graph.tensors[inputs[0]].shape.count - 1
    switch kind {
    case .averagePool, .maximumPool, .reshape, .unary, .quantize: return true
    case .pad(let before, let after, _): return before.last == 0 && after.last == 0
    case .reduce(_, let dimensions):
      return !dimensions.contains(last)
        && graph.tensors[inputs[0]].shape.last == graph.tensors[outputs[0]].shape.last
    default: return false
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
