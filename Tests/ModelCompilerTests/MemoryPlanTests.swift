// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Testing

@testable import ModelCompiler

@Suite struct MemoryPlanTests {
  @Test func liveBuffers_neverShareMemory() {
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = SplitMix64(state: seed)
      let requests = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        let first = Int.random(in: 0..<20, using: &random)
        return MemoryPlan.Buffer(
          byteCount: Int.random(in: 1...300, using: &random), first: first,
          last: first + Int.random(in: 0...6, using: &random))
      }
      let placed = MemoryPlan.placed(requests)
      #expect(MemoryPlan.conflict(in: placed) == nil, "seed \(seed)")
      #expect(placed.allSatisfy { $0.offset % MemoryPlan.alignment == 0 })
    }
  }

  @Test func overlap_isFound() {
    var first = MemoryPlan.Buffer(byteCount: 8, first: 0, last: 2)
    var second = MemoryPlan.Buffer(byteCount: 8, first: 2, last: 3)
    #expect(MemoryPlan.conflict(in: [first, second]) != nil)
    second.first = 3
    #expect(MemoryPlan.conflict(in: [first, second]) == nil)
    second.first = 2
    first.offset = 8
    #expect(MemoryPlan.conflict(in: [first, second]) == nil)
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

/// Sebastiano Vigna's generator: a seed names a whole run.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
