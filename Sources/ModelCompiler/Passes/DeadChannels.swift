// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Takes channels out of a graph that give one constant whatever the input is, and those that only
/// lead to such. The constants go into the biases of the layers that read them; every bit of the
/// output stays.
struct DeadChannels {
  /// Kernels take channels by four: so many stay that their number is a multiple, if dead ones.
  static let multiple = 4

  private let graph: Graph
  private let ranges: ValueRanges
  /// Channels that stay, ascending; nil where all do.
  private var kept: [[Int]?]
  private var tensors: [Tensor]
  private var uses: [Int]

  /// The graph without its dead channels.
  /// - Throws: `ModelError`, if the smaller graph were not valid, which would be a mistake here.
  static func removed(from graph: Graph) throws -> Graph {
    let channels = graph.tensors.reduce(0) { $0 + ValueRanges.channelCount($1) }
    guard channels <= ValueRanges.channelLimit else { return graph }
    var pass = DeadChannels(graph)
    return try pass.reduced()
  }

  private init(_ graph: Graph) {
    self.graph = graph
    ranges = ValueRanges(graph)
    tensors = graph.tensors
    uses = graph.tensors.map { _ in 0 }
    for step in graph.operators {
      for tensor in Set(step.operands) { uses[tensor] += 1 }
    }
    let ties = ChannelTies(graph, ranges)
    let dead = Self.deadGroups(graph, ties)
    kept = graph.tensors.indices.map { tensor in
      guard graph.tensors[tensor].constant == nil else { return nil }
      let all = 0..<ValueRanges.channelCount(graph.tensors[tensor])
      let kept = all.filter { !dead.contains(ties.group(tensor, $0)) }
      return kept.count == all.count ? nil : kept
    }
  }

  /// Groups to remove: those that may go, but for what rounding keeps in the tensor where they
  /// matter. Tied tensors have the same groups, so that the first to decide decides for all.
  private static func deadGroups(_ graph: Graph, _ ties: ChannelTies) -> Set<Int> {
    var dead: Set<Int> = []
    var decided: Set<Int> = []
    for tensor in graph.tensors.indices {
      let groups = ties.groups(tensor)
      guard decided.isDisjoint(with: groups) else { continue }
      decided.formUnion(groups)
      let removable = groups.filter(ties.isRemovable)
      let kept = max(1, groups.count - removable.count)
      let rounded = min(groups.count, (kept + multiple - 1) / multiple * multiple)
      dead.formUnion(removable.suffix(groups.count - rounded))
    }
    return dead
  }

  private mutating func reduced() throws -> Graph {
    guard kept.contains(where: { $0 != nil }) else { return graph }
    for (tensor, channels) in kept.enumerated() {
      if let channels { tensors[tensor].shape[tensors[tensor].shape.count - 1] = channels.count }
    }
    let operators = graph.operators.map { step in
      WeightedLayer(step, in: graph).map { reduce(step, $0) } ?? step
    }
    return try Graph(
      tensors: tensors, operators: operators, inputs: graph.inputs, outputs: graph.outputs,
      variables: graph.variables)
  }

  // MARK: Layers with weights

  private mutating func reduce(_ step: Operator, _ layer: WeightedLayer) -> Operator {
    guard kept[layer.input] != nil || kept[layer.output] != nil else { return step }
    let channels = kept[layer.output] ?? Array(0..<layer.channels)
    let inputs = keptInputs(layer)
    var bytes: [UInt8] = []
    // Depthwise weights have their channels last, the others first.
    if case .depthwise = layer.form {
      for tap in 0..<layer.taps {
        bytes += channels.map { weight(layer, $0, tap, 0) }
      }
    } else {
      for channel in channels {
        for tap in 0..<layer.taps { bytes += inputs.map { weight(layer, channel, tap, $0) } }
      }
    }
    var kernel = graph.tensors[layer.weightsTensor].keeping(channels, of: layer.channels)
    if case .depthwise = layer.form {
      kernel.shape[3] = channels.count
    } else {
      kernel.shape[0] = channels.count
      kernel.shape[kernel.shape.count - 1] = inputs.count
    }
    kernel.constant = bytes[...]
    return step.replacing(
      weights: Weights(
        tensor: replace(layer.weightsTensor, with: kernel),
        bias: replaceBias(layer, channels)))
  }

  private func weight(_ layer: WeightedLayer, _ channel: Int, _ tap: Int, _ input: Int) -> UInt8 {
    UInt8(bitPattern: layer.weights[layer.index(channel: channel, tap: tap, input: input)])
  }

  /// Which of a tap's inputs stay.
  private func keptInputs(_ layer: WeightedLayer) -> [Int] {
    let all = Array(0..<layer.inputsPerTap)
    guard let kept = kept[layer.input], layer.form.readsAllInputs else { return all }
    let count = ValueRanges.channelCount(graph.tensors[layer.input])
    let channels = Set(kept)
    return all.filter { channels.contains($0 % count) }
  }

  private mutating func replaceBias(_ layer: WeightedLayer, _ channels: [Int]) -> Int? {
    let additions = channels.map { addition(layer, $0) }
    guard layer.biasTensor != nil || additions.contains(where: { $0 != 0 }) else { return nil }
    var bias =
      layer.biasTensor.map { graph.tensors[$0] }
      ?? Tensor(
        name: graph.tensors[layer.weightsTensor].name + "/bias", shape: [0], type: .int32)
    bias = bias.keeping(channels, of: layer.channels)
    bias.shape = [channels.count]
    let words = zip(channels, additions).map { layer.bias[$0] &+ $1 }
    bias.constant = words.flatMap(\.littleEndianBytes)[...]
    guard let tensor = layer.biasTensor else {
      tensors.append(bias)
      return tensors.count - 1
    }
    return replace(tensor, with: bias)
  }

  /// What the removed inputs add to a channel's accumulator, modulo 2^32 as the kernels compute.
  private func addition(_ layer: WeightedLayer, _ channel: Int) -> Int32 {
    guard let kept = kept[layer.input], layer.form.readsAllInputs,
      let inputs = ranges.channels[layer.input]
    else { return 0 }
    let live = Set(kept)
    var sum = 0
    for input in 0..<layer.inputsPerTap where !live.contains(input % inputs.count) {
      let value = layer.absorbed(inputs[input % inputs.count]) ?? 0
      for tap in 0..<layer.taps {
        sum &+= value &* Int(layer.weights[layer.index(channel: channel, tap: tap, input: input)])
      }
    }
    return Int32(truncatingIfNeeded: sum)
  }

  /// In its place if no other operator reads it.
  private mutating func replace(_ tensor: Int, with new: Tensor) -> Int {
    guard uses[tensor] > 1 else {
      tensors[tensor] = new
      return tensor
    }
    uses[tensor] -= 1
    tensors.append(new)
    return tensors.count - 1
  }
}

extension WeightedLayer.Form {
  /// Whether each output channel is a sum over all input channels.
  fileprivate var readsAllInputs: Bool {
    switch self {
    case .convolution, .fullyConnected: true
    case .depthwise: false
    }
  }
}

extension Int32 {
  fileprivate var littleEndianBytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
  }
}

extension Tensor {
  /// With the scales of these channels alone, where each has its own.
  fileprivate func keeping(_ channels: [Int], of count: Int) -> Tensor {
    var copy = self
    if let quantization, quantization.scales.count == count, count > 1 {
      copy.quantization?.scales = channels.map { quantization.scales[$0] }
    }
    if let quantization, quantization.zeroPoints.count == count, count > 1 {
      copy.quantization?.zeroPoints = channels.map { quantization.zeroPoints[$0] }
    }
    return copy
  }
}
