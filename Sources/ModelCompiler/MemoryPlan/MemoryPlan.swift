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
  private let lifetimes: Lifetimes

  /// Offset of a tensor that the program computes or is given; 0 for constants.
  public func offset(tensor: Int) -> Int { offset(lifetimes.bufferOfTensor[tensor]) }

  /// Offset of a step's scratch memory; 0 where it needs none.
  public func offset(scratchOfStep step: Int) -> Int { offset(lifetimes.bufferOfScratch[step]) }

  public func offset(variable: Int) -> Int { offset(lifetimes.bufferOfVariable[variable]) }

  private func offset(_ buffer: Int?) -> Int { buffer.map { buffers[$0].offset } ?? 0 }

  init(_ lowering: Lowering) throws {
    lifetimes = Lifetimes(lowering)
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

/// From when to when each buffer is needed.
private struct Lifetimes: Equatable {
  var buffers: [MemoryPlan.Buffer] = []
  var bufferOfTensor: [Int: Int] = [:]
  var bufferOfScratch: [Int: Int] = [:]
  var bufferOfVariable: [Int: Int] = [:]

  init(_ lowering: Lowering) {
    let steps = lowering.steps
    let end = max(0, steps.count - 1)
    for (index, variable) in lowering.graph.variables.enumerated() {
      bufferOfVariable[index] = add(variable.byteCount, at: 0, to: end)
    }
    func source(_ tensor: Int) -> Int { lowering.aliases[tensor].map(source) ?? tensor }
    func use(_ tensor: Int, at step: Int) {
      if let buffer = bufferOfTensor[tensor] {
        buffers[buffer].last = max(buffers[buffer].last, step)
      } else {
        bufferOfTensor[tensor] = add(lowering.tensorByteCounts[tensor], at: step, to: step)
      }
    }
    for input in lowering.graph.inputs { use(source(input), at: 0) }
    for (index, step) in steps.enumerated() {
      for tensor in step.call.tensorsRead + step.call.tensorsWritten { use(tensor, at: index) }
      if let scratch = step.call.scratchByteCount, scratch > 0 {
        bufferOfScratch[index] = add(scratch, at: index, to: index)
      }
    }
    for output in lowering.graph.outputs { use(source(output), at: end) }
    for tensor in lowering.aliases.keys {
      bufferOfTensor[tensor] = bufferOfTensor[source(tensor)]
    }
  }

  private mutating func add(_ byteCount: Int, at first: Int, to last: Int) -> Int {
    buffers.append(MemoryPlan.Buffer(byteCount: byteCount, first: first, last: last))
    return buffers.count - 1
  }
}
