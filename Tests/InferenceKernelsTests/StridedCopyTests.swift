// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import InferenceKernels

@Suite struct StridedCopyTests {
  /// Which byte of the source each byte of the target comes from, by the definition.
  private func origins(_ copy: StridedCopy) -> [Int: Int] {
    var origins: [Int: Int] = [:]
    for run in 0..<copy.extents.product {
      var (rest, source, target) = (run, copy.sourceOffset, copy.targetOffset)
      for dimension in (0..<6).reversed() {
        source += rest % copy.extents[dimension] * copy.sourceStrides[dimension]
        target += rest % copy.extents[dimension] * copy.targetStrides[dimension]
        rest /= copy.extents[dimension]
      }
      for byte in 0..<copy.runByteCount { origins[target + byte] = source + byte }
    }
    return origins
  }

  private func randomCopy(_ random: inout SplitMix64) -> StridedCopy {
    let dimensions = (0..<6).map { _ in
      (extent: [1, 1, 2, 3, 5].randomElement(using: &random)!, flips: Bool.random(using: &random))
    }
    let run = [1, 2, 3, 4, 8, 20, 33].randomElement(using: &random)!
    // The target is dense in a random order of dimensions, the source anything.
    var targetStrides = Extents([], filling: 0)
    var sourceStrides = Extents([], filling: 0)
    var (stride, source, target) = (run, 100, 0)
    for dimension in (0..<6).shuffled(using: &random) {
      let (extent, flips) = dimensions[dimension]
      targetStrides[dimension] = flips ? -stride : stride
      target += flips ? (extent - 1) * stride : 0
      stride *= extent
      sourceStrides[dimension] = Int.random(in: -20...20, using: &random)
      source += extent * abs(sourceStrides[dimension])
    }
    return StridedCopy(
      runByteCount: run, extents: Extents(dimensions.map(\.extent)), sourceOffset: source,
      sourceStrides: sourceStrides, targetOffset: target, targetStrides: targetStrides)
  }

  @Test func runs_goWhereTheDefinitionSays() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = SplitMix64(seed: seed)
      let copy = randomCopy(&random)
      let input = (0..<2 * copy.sourceOffset + 100).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let count = copy.runByteCount * copy.extents.product
      var output = [UInt8](repeating: 0, count: count)
      copy.run(input: input, output: &output)
      let origins = origins(copy)
      #expect(origins.count == count, "seed \(seed)")
      #expect(output == (0..<count).map { input[origins[$0] ?? 0] }, "seed \(seed)")
    }
  }

  @Test func copyRun_atEveryAlignment_copiesAll() {
    let input = (0..<80).map { UInt8($0) }
    for source in 0..<4 {
      for target in 0..<4 {
        for count in 0..<40 {
          var output = [UInt8](repeating: 255, count: 80)
          input.withUnsafeBytes { input in
            output.withUnsafeMutableBytes {
              copyRun(input.baseAddress! + source, count, to: $0.baseAddress! + target)
            }
          }
          let expected =
            [UInt8](repeating: 255, count: target) + input[source..<source + count]
            + [UInt8](repeating: 255, count: 80 - target - count)
          #expect(output == expected)
        }
      }
    }
  }

  @Test func fill_repeatsItsPatternInEachRun() {
    let fill = Fill(
      pattern: Int32(bitPattern: 0x0201_0201), runByteCount: 6,
      extents: Extents([2]), targetOffset: 1, targetStrides: Extents([8], filling: 0))
    var output = [UInt8](repeating: 0, count: 16)
    fill.run(output: &output)
    #expect(output == [0, 1, 2, 1, 2, 1, 2, 0, 0, 1, 2, 1, 2, 1, 2, 0])
  }

  @Test func gather_takesTheNearestForAnIndexOutside() {
    let kernel = Gather(batches: 1, outerCount: 2, extent: 3, indexCount: 4, sliceByteCount: 1)
    var output = [UInt8](repeating: 0, count: 8)
    kernel.run(
      input: [UInt8]([10, 11, 12, 20, 21, 22]), indices: [Int32]([2, -7, 99, 1]), output: &output)
    #expect(output == [12, 10, 12, 11, 22, 20, 22, 21])
  }

  @Test func gatherND_takesTheNearestForAPlaceOutside() {
    let kernel = GatherND(
      sliceCount: 3, sliceByteCount: 2, depth: 2,
      strides: Extents(d0: 4, d1: 2, d2: 0, d3: 0, d4: 0, d5: 0), lastOffset: 6)
    var output = [UInt8](repeating: 0, count: 6)
    kernel.run(
      input: [UInt8]([0, 1, 2, 3, 4, 5, 6, 7]),
      indices: [Int32]([1, 0, -9, 0, .max, .max]), output: &output)
    #expect(output == [4, 5, 0, 1, 6, 7])
  }
}
