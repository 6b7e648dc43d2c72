// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph
import TestSupport
import Testing

@testable import ModelCompiler

@Suite struct MemoryPlanTests {
  /// Random lifetimes, and between some that end and start at one step a rule.
  private func randomPlacement(seed: UInt64) -> Placement {
    var random = SplitMix64(seed: seed)
    let buffers = (0..<Int.random(in: 1...40, using: &random)).map { index in
      let first = Int.random(in: 0..<20, using: &random)
      return MemoryPlan.Buffer(
        role: .tensor(index), byteCount: Int.random(in: 1...300, using: &random), first: first,
        last: first + Int.random(in: 0...6, using: &random))
    }
    var overlaps: [BufferPair: Overlap] = [:]
    for input in buffers.indices {
      for output in buffers.indices
      where buffers[input].last == buffers[output].first
        && buffers[input].first < buffers[output].first
      {
        let lead = Int.random(in: -200...200, using: &random)
        let rules: [Overlap] = [.none, .exact, .leading(byteCount: lead)]
        overlaps[BufferPair(input: input, output: output)] = rules.randomElement(using: &random)
      }
    }
    return Placement(buffers: buffers, overlaps: overlaps)
  }

  /// The last step reads the one output and writes the other.
  @Test func outputThatIsReadOnTheWay_staysWhole() throws {
    let graph = try Graph(
      tensors: (0...2).map { SmallGraphs.activation("t\($0)", [64]) },
      operators: (0...1).map {
        Operator(
          index: $0, kind: .binary(.add, .none), inputs: [$0, $0], output: $0 + 1)
      }, inputs: [0], outputs: [1, 2])
    let plan = try Program(graph).plan
    #expect(plan.offset(tensor: 1) != plan.offset(tensor: 2))
  }

  /// Held to the definition, byte by byte and step by step.
  @Test func liveBuffers_shareMemoryOnlyAsTheyMay() {
    for seed in 1...60 as ClosedRange<UInt64> {
      let placement = randomPlacement(seed: seed)
      let placed = placement.best()
      #expect(placed.allSatisfy { $0.offset % MemoryPlan.alignment == 0 && $0.offset >= 0 })
      for (first, a) in placed.enumerated() {
        for (second, b) in placed.enumerated() where first != second {
          let together = (0...30).contains {
            a.first <= $0 && $0 <= a.last && b.first <= $0 && $0 <= b.last
          }
          let shared = (a.offset..<a.end).overlaps(b.offset..<b.end)
          guard together, shared else { continue }
          let pair = BufferPair(input: first, output: second)
          let reverse = BufferPair(input: second, output: first)
          switch placement.overlaps[pair] ?? placement.overlaps[reverse] {
          case .exact?: #expect(a.offset == b.offset, "seed \(seed)")
          case .leading(let lead)?:
            let (input, output) = placement.overlaps[pair] == nil ? (b, a) : (a, b)
            #expect(output.offset + lead <= input.offset, "seed \(seed)")
          default: Issue.record("seed \(seed): \(first) and \(second) share bytes")
          }
        }
      }
    }
  }

  @Test func chainInPlace_takesTheLargestTensorOnly() {
    // 8 KB in place, 4 to 8 KB from the upper end, 16 bytes from anywhere once all has been read.
    let sizes = [8000, 8000, 4000, 8000, 16]
    let buffers = sizes.enumerated().map { index, size in
      MemoryPlan.Buffer(role: .tensor(index), byteCount: size, first: index, last: index + 1)
    }
    let rules: [Overlap] = [
      .exact, .leading(byteCount: -4000), .leading(byteCount: 4000), .leading(byteCount: -8000),
    ]
    let overlaps = rules.enumerated().map {
      (BufferPair(input: $0.offset, output: $0.offset + 1), $0.element)
    }
    let placement = Placement(
      buffers: buffers, overlaps: Dictionary(uniqueKeysWithValues: overlaps))
    #expect(placement.best().map(\.end).max() == 8000)
  }

  @Test func conflict_isFound() {
    func placement(_ lastOfFirst: Int, _ offset: Int) -> (Placement, [MemoryPlan.Buffer]) {
      var first = MemoryPlan.Buffer(role: .tensor(0), byteCount: 8, first: 0, last: lastOfFirst)
      first.offset = offset
      let second = MemoryPlan.Buffer(role: .tensor(1), byteCount: 8, first: 2, last: 3)
      return (Placement(buffers: [first, second]), [first, second])
    }
    let (together, placed) = placement(2, 0)
    #expect(together.conflict(in: placed) != nil)
    let (apart, later) = placement(1, 0)
    #expect(apart.conflict(in: later) == nil)
    let (beside, moved) = placement(2, 8)
    #expect(beside.conflict(in: moved) == nil)
  }

  @Test func reshape_sharesItsInputsMemory() throws {
    let plan = try Program(SmallGraphs.classifier()).plan
    #expect(plan.offset(tensor: 2) != plan.offset(tensor: 5))
    #expect(plan.offset(tensor: 2) == plan.offset(tensor: 3))
  }

  @Test func tensorsThatLiveTogether_allHaveTheirOwnMemory() throws {
    let plan = try Program(SmallGraphs.ladder(width: 5, shape: [16])).plan
    let offsets = (0...5).map { plan.offset(tensor: $0) }
    #expect(Set(offsets).count == 6)
    #expect(plan.arenaByteCount >= 6 * 16)
    #expect(plan.arenaByteCount <= 8 * 16)
  }

  @Test func hugeModel_isRefusedWithTheNumber() throws {
    let graph = try SmallGraphs.ladder(width: 2, shape: [1 << 27])
    let error = #expect(throws: ModelError.self) { try Program(graph) }
    #expect(
      error?.description
        == "model: needs 671088640 bytes for its tensors; at most 268435456 are supported")
  }
}
