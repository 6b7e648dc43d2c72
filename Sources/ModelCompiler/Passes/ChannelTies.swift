// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Which channels of a graph's tensors can only be removed together, and which not at all.
///
/// A depthwise convolution, a pool, a mean over the image or a reshape takes a channel to one of
/// its own, so that both go or stay: they form a group. A convolution or fully connected layer lets
/// go of an output channel freely, and of an input channel if its value is known, for then it goes
/// into the bias. All other operators, and the ends of the graph, keep every channel.
struct ChannelTies {
  private let firstNode: [Int]
  private let counts: [Int]
  private var parents: [Int]
  private var isPinned: [Bool]

  init(_ graph: Graph, _ ranges: ValueRanges) {
    counts = graph.tensors.map { $0.constant == nil ? ValueRanges.channelCount($0) : 0 }
    var nodes = 0
    firstNode = counts.map { count in
      nodes += count
      return nodes - count
    }
    parents = Array(0..<nodes)
    isPinned = Array(repeating: false, count: nodes)
    for end in graph.inputs + graph.outputs { pin(end) }
    for step in graph.operators { add(step, graph, ranges) }
  }

  /// A number that the channels of one group share.
  func group(_ tensor: Int, _ channel: Int) -> Int { root(firstNode[tensor] + channel) }

  /// The groups of a tensor's channels, each once, in their order.
  func groups(_ tensor: Int) -> [Int] {
    var seen: Set<Int> = []
    return (0..<counts[tensor]).map { group(tensor, $0) }.filter { seen.insert($0).inserted }
  }

  func isRemovable(_ group: Int) -> Bool { !isPinned[group] }

  private mutating func add(_ step: Operator, _ graph: Graph, _ ranges: ValueRanges) {
    if let layer = WeightedLayer(step, in: graph) {
      add(layer, ranges)
      return
    }
    if step.keepsChannels(in: graph) {
      tie(step.inputs[0], step.output)
    } else {
      for tensor in step.inputs + step.outputs { pin(tensor) }
    }
  }

  private mutating func add(_ layer: WeightedLayer, _ ranges: ValueRanges) {
    switch layer.form {
    case .depthwise(let multiplier) where counts[layer.input] > 1:
      for channel in 0..<layer.channels {
        unite(
          firstNode[layer.input] + channel / multiplier, firstNode[layer.output] + channel)
      }
    case .fullyConnected where layer.inputsPerTap % counts[layer.input] != 0: pin(layer.input)
    default:
      for channel in 0..<counts[layer.input]
      where layer.absorbed(ranges.channels[layer.input]?[channel]) == nil {
        pin(node: firstNode[layer.input] + channel)
      }
    }
  }

  /// Ties the channels of tensors whose elements lie in the same order.
  private mutating func tie(_ input: Int, _ output: Int) {
    guard counts[input] > 0, counts[output] % counts[input] == 0 else {
      pin(input)
      pin(output)
      return
    }
    for channel in 0..<counts[output] {
      unite(firstNode[input] + channel % counts[input], firstNode[output] + channel)
    }
  }

  private mutating func pin(_ tensor: Int) {
    for channel in 0..<counts[tensor] { pin(node: firstNode[tensor] + channel) }
  }

  private mutating func pin(node: Int) { isPinned[root(node)] = true }

  private func root(_ node: Int) -> Int {
    var node = node
    while parents[node] != node { node = parents[node] }
    return node
  }

  /// The larger number goes below the smaller one, and chains are at most as long as the graph.
  private mutating func unite(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    guard a != b else { return }
    parents[max(a, b)] = min(a, b)
    isPinned[min(a, b)] = isPinned[a] || isPinned[b]
  }
}

extension WeightedLayer {
  /// What an input channel adds to each product's factor, where it is the same for every input and
  /// place: padding reads the zero point, which only then is no other value.
  func absorbed(_ range: ClosedRange<Int>?) -> Int? {
    guard let range, range.count == 1 else { return nil }
    let value = range.lowerBound - inputZeroPoint
    return value == 0 || !coverage.isPadded ? value : nil
  }
}
