// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// Searches for offsets that make the arena small: buffers one after the other, each at the lowest
/// place where it may lie, in many orders. The search is seeded by nothing but its input.
struct Placement {
  typealias Buffer = MemoryPlan.Buffer

  /// Orders that are tried before the best is taken, and comparisons of two buffers that all may
  /// cost: a thousand buffers that live at once get few orders, or a hostile model takes hours.
  private static let roundLimit = 400
  private static let comparisonLimit = 1 << 31

  let buffers: [Buffer]
  let overlaps: [BufferPair: Overlap]
  /// For each buffer those that live at some time with it.
  private let neighbours: [[Int]]

  init(buffers: [Buffer], overlaps: [BufferPair: Overlap] = [:]) {
    self.buffers = buffers
    self.overlaps = overlaps
    neighbours = buffers.indices.map { index in
      buffers.indices.filter { $0 != index && buffers[$0].isLive(with: buffers[index]) }
    }
  }

  /// The buffers with the best offsets found.
  func best() -> [Buffer] {
    let bySize = buffers.indices.sorted {
      (-buffers[$0].byteCount, $0) < (-buffers[$1].byteCount, $1)
    }
    var order = bySize
    var best = placed(in: order)
    var bestSize = Self.size(best)
    let bound = lowerBound
    var seed: UInt64 = 1
    let comparisons = neighbours.reduce(1) { $0 + $1.count * $1.count }
    let rounds = min(Self.roundLimit, Self.comparisonLimit / comparisons)
    for round in 0..<rounds where bestSize > bound && buffers.count > 1 {
      var candidate = round == 0 ? Array(buffers.indices) : order
      if round > 0 {
        for _ in 0...round % 3 {
          let from = Self.random(below: candidate.count, &seed)
          let moved = candidate.remove(at: from)
          candidate.insert(moved, at: Self.random(below: candidate.count + 1, &seed))
        }
      }
      let trial = placed(in: candidate)
      if Self.size(trial) <= bestSize {
        order = candidate
        if Self.size(trial) < bestSize { best = trial }
        bestSize = Self.size(trial)
      }
    }
    return best
  }

  private static func size(_ buffers: [Buffer]) -> Int { buffers.map(\.end).max() ?? 0 }

  /// Marsaglia's xorshift: the same orders on every host.
  private static func random(below limit: Int, _ state: inout UInt64) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(limit))
  }

  /// What some step needs at least, even if all that may overlap did so.
  private var lowerBound: Int {
    let steps = Set(buffers.map(\.first))
    return steps.map { step in
      let live = buffers.indices.filter { buffers[$0].first <= step && step <= buffers[$0].last }
      let sum = live.reduce(0) { $0 + buffers[$1].byteCount }
      let shared = overlaps.keys.filter { buffers[$0.output].first == step }
        .map { min(buffers[$0.input].byteCount, buffers[$0.output].byteCount) }
      return sum - shared.reduce(0, +)
    }.max() ?? 0
  }

  // MARK: One order

  func placed(in order: [Int]) -> [Buffer] {
    var buffers = buffers
    var isPlaced = [Bool](repeating: false, count: buffers.count)
    for index in order {
      let near = neighbours[index].filter { isPlaced[$0] && buffers[$0].byteCount > 0 }
      var candidates = [0]
      for other in near {
        candidates.append(MemoryPlan.aligned(buffers[other].end))
        candidates.append(buffers[other].offset)
        if case .leading(let lead) = rule(input: other, output: index) {
          // Down to the alignment below.
          candidates.append((buffers[other].offset - lead) & ~(MemoryPlan.alignment - 1))
        } else if case .leading(let lead) = rule(input: index, output: other) {
          candidates.append(MemoryPlan.aligned(max(0, buffers[other].offset + lead)))
        }
      }
      for offset in candidates.sorted() where offset >= 0 {
        buffers[index].offset = offset
        if near.allSatisfy({ mayLie(index, and: $0, buffers) }) { break }
      }
      isPlaced[index] = true
    }
    return buffers
  }

  private func rule(input: Int, output: Int) -> Overlap? {
    overlaps[BufferPair(input: input, output: output)]
  }

  /// Whether two buffers that live together lie well.
  private func mayLie(_ first: Int, and second: Int, _ buffers: [Buffer]) -> Bool {
    let (a, b) = (buffers[first], buffers[second])
    if a.end <= b.offset || b.end <= a.offset { return true }
    if let rule = rule(input: first, output: second) {
      return allows(rule, input: a, output: b)
    }
    if let rule = rule(input: second, output: first) {
      return allows(rule, input: b, output: a)
    }
    return false
  }

  private func allows(_ rule: Overlap, input: Buffer, output: Buffer) -> Bool {
    switch rule {
    case .none: false
    case .exact: input.offset == output.offset
    case .leading(let byteCount): output.offset <= input.offset - byteCount
    }
  }

  /// The first two buffers that share bytes and may not.
  func conflict(in placed: [Buffer]) -> (Int, Int)? {
    for index in placed.indices {
      for other in neighbours[index]
      where other > index && placed[other].byteCount > 0 && placed[index].byteCount > 0
        && !mayLie(index, and: other, placed)
      {
        return (index, other)
      }
    }
    return nil
  }
}
