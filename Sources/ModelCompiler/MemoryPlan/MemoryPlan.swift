// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// A place in one arena for every tensor and every kernel's scratch memory.
///
/// Two buffers share bytes only if no step needs both; `init` holds itself to that. A reshape's
/// output is its input's buffer.
public struct MemoryPlan: Equatable, Sendable {
  /// Bytes that live from the start of step `first` to the end of step `last`.
  public struct Buffer: Equatable, Sendable {
    public var byteCount: Int
    public var first: Int
    public var last: Int
    public internal(set) var offset = 0

    func isLive(with other: Buffer) -> Bool { first <= other.last && other.first <= last }

    func shares(_ other: Buffer) -> Bool {
      offset < other.offset + other.byteCount && other.offset < offset + byteCount
    }
  }

  /// Every buffer starts at a multiple of this, if the arena does.
  public static let alignment = 8
  /// Largest arena, bytes.
  static let arenaLimit = 1 << 28

  public let buffers: [Buffer]
  public let arenaByteCount: Int
  private let bufferOfTensor: [Int: Int]
  private let bufferOfScratch: [Int: Int]

  /// Offset of a tensor that the program computes or is given; nil for constants.
  public func offset(tensor: Int) -> Int? { bufferOfTensor[tensor].map { buffers[$0].offset } }

  /// Offset of a step's scratch memory; nil where it needs none.
  public func offset(scratchOfStep step: Int) -> Int? {
    bufferOfScratch[step].map { buffers[$0].offset }
  }

  init(graph: Graph, steps: [Step]) throws {
    var lifetimes = Lifetimes(graph: graph, steps: steps)
    lifetimes.trace()
    bufferOfTensor = lifetimes.bufferOfTensor
    bufferOfScratch = lifetimes.bufferOfScratch
    let total = lifetimes.buffers.reduce(0) { $0 + $1.byteCount }
    guard total <= Self.arenaLimit else {
      throw ModelError(
        .model, "needs \(total) bytes for its tensors",
        remedy: "at most \(Self.arenaLimit) are supported")
    }
    buffers = Self.placed(lifetimes.buffers)
    arenaByteCount = Self.aligned(buffers.map { $0.offset + $0.byteCount }.max() ?? 0)
    precondition(Self.conflict(in: buffers) == nil, "two live buffers share memory")
  }

  /// Greedy by size: the largest buffer first, each at the lowest place free while it lives.
  static func placed(_ requests: [Buffer]) -> [Buffer] {
    var buffers = requests
    let order = buffers.indices.sorted {
      (-buffers[$0].byteCount, $0) < (-buffers[$1].byteCount, $1)
    }
    var done: [Int] = []
    for index in order {
      let neighbours = done.map { buffers[$0] }
        .filter { $0.isLive(with: buffers[index]) }
        .sorted { $0.offset < $1.offset }
      var offset = 0
      for neighbour in neighbours {
        if offset + buffers[index].byteCount <= neighbour.offset { break }
        offset = max(offset, aligned(neighbour.offset + neighbour.byteCount))
      }
      buffers[index].offset = offset
      done.append(index)
    }
    return buffers
  }

  /// The first two buffers that live at once and share bytes.
  static func conflict(in buffers: [Buffer]) -> (Int, Int)? {
    for (index, buffer) in buffers.enumerated() {
      for other in buffers.indices.dropFirst(index + 1)
      where buffer.isLive(with: buffers[other]) && buffer.shares(buffers[other]) {
        return (index, other)
      }
    }
    return nil
  }

  private static func aligned(_ value: Int) -> Int {
    (value + alignment - 1) / alignment * alignment
  }
}

/// Finds out from when to when each buffer is needed.
private struct Lifetimes {
  let graph: Graph
  let steps: [Step]
  var buffers: [MemoryPlan.Buffer] = []
  var bufferOfTensor: [Int: Int] = [:]
  var bufferOfScratch: [Int: Int] = [:]

  init(graph: Graph, steps: [Step]) {
    self.graph = graph
    self.steps = steps
  }

  mutating func trace() {
    let end = max(0, steps.count - 1)
    for input in graph.inputs { add(tensor: input, at: 0) }
    var next = 0
    for source in graph.operators {
      if case .reshape = source.kind {
        bufferOfTensor[source.output] = bufferOfTensor[source.inputs[0]]
        continue
      }
      for input in source.inputs { extend(tensor: input, to: next) }
      add(tensor: source.output, at: next)
      let scratch = steps[next].kernel.scratchByteCount
      if scratch > 0 {
        bufferOfScratch[next] = buffers.count
        buffers.append(MemoryPlan.Buffer(byteCount: scratch, first: next, last: next))
      }
      next += 1
    }
    for output in graph.outputs { extend(tensor: output, to: end) }
  }

  private mutating func add(tensor: Int, at step: Int) {
    guard bufferOfTensor[tensor] == nil else { return }
    bufferOfTensor[tensor] = buffers.count
    let count = graph.tensors[tensor].count
    buffers.append(MemoryPlan.Buffer(byteCount: count, first: step, last: step))
  }

  private mutating func extend(tensor: Int, to step: Int) {
    guard let buffer = bufferOfTensor[tensor] else { return }
    buffers[buffer].last = max(buffers[buffer].last, step)
  }
}
