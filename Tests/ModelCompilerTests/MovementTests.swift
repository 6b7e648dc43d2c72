// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import TestSupport
import Testing

@testable import ModelCompiler

@Suite struct MovementTests {
  private func movement(_ dimensions: (Int, Int, Int)...) -> Movement {
    Movement(
      dimensions: dimensions.map {
        Movement.Dimension(extent: $0.0, sourceStride: $0.1, targetStride: $0.2)
      })
  }

  @Test func dimensionsThatContinueEachOther_becomeOne() {
    // The middle of 2x3x4 is taken: rows of 4 are runs, and nothing else continues.
    let slice = movement((2, 12, 4), (1, 4, 4), (4, 1, 1)).simplified
    #expect(slice == movement((2, 12, 4), (4, 1, 1)))
    #expect(movement((2, 12, 12), (3, 4, 4), (4, 1, 1)).simplified == movement((24, 1, 1)))
    #expect(movement((1, 5, 7)).simplified == movement())
  }

  @Test func targets_areWrittenUpwards() {
    #expect(movement((4, 1, 3), (3, 4, 1)).simplified == movement((4, 1, 3), (3, 4, 1)))
    #expect(movement((3, 4, 1), (4, 1, 3)).simplified == movement((4, 1, 3), (3, 4, 1)))
  }

  @Test func identity_isFound() {
    #expect(movement((2, 3, 3), (3, 1, 1)).simplified.isIdentity(of: 6))
    #expect(!movement((2, 3, 3), (3, 1, 1)).simplified.isIdentity(of: 7))
    #expect(!movement((2, 1, 3), (3, 2, 1)).simplified.isIdentity(of: 6))
    #expect(movement((1, 9, 9)).simplified.isIdentity(of: 1))
  }

  /// Seven dimensions that never continue each other.
  @Test func dimensionsBeyondTheKernels_becomeSeveralCalls() {
    let dimensions = (0..<7).map { index in
      Movement.Dimension(extent: 2, sourceStride: 1 << index, targetStride: 64 >> index)
    }
    let kernels = Movement(dimensions: dimensions).simplified.kernels(elementByteCount: 1)
    #expect(kernels.count == 2)
    let input = (0..<128).map { UInt8($0) }
    var output = [UInt8](repeating: 0, count: 128)
    for kernel in kernels { kernel.run(input: input, output: &output) }
    let reversedBits = (0..<128).map { value in
      (0..<7).reduce(UInt8(0)) { $0 << 1 | UInt8(value >> $1 & 1) }
    }
    #expect(output == reversedBits)
  }

  /// At the distance that `overlap` names, a copy within one memory gives what it gives elsewhere.
  @Test func overlap_keepsWhatIsStillToBeRead() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = SplitMix64(seed: seed)
      let extents = (0..<3).map { _ in Int.random(in: 1...4, using: &random) }
      let order = [0, 1, 2].shuffled(using: &random)
      let shape = order.map { Int.random(in: 1...extents[$0], using: &random) }
      let (source, target) = (rowMajorStrides(extents), rowMajorStrides(shape))
      let copy = Movement(
        dimensions: order.indices.map {
          .init(extent: shape[$0], sourceStride: source[order[$0]], targetStride: target[$0])
        }
      ).simplified.kernels(elementByteCount: 1)[0]
      guard case .leading(let distance) = copy.overlap else {
        Issue.record("seed \(seed) has no overlap")
        continue
      }
      #expect(result(copy, start: 100 - distance) == result(copy, start: 0), "seed \(seed)")
    }
  }

  @Test func overlap_ofPlainCopies_isNamed() {
    func overlap(_ movement: Movement) -> Overlap {
      movement.simplified.kernels(elementByteCount: 1)[0].overlap
    }
    // Every second byte: the output may begin where the input does.
    #expect(overlap(movement((8, 2, 1))) == .leading(byteCount: 0))
    // From the fourth byte on: three bytes behind that, even.
    var tail = movement((8, 1, 1))
    tail.sourceOffset = 3
    #expect(overlap(tail) == .leading(byteCount: -3))
    // 2x3 to 3x2: byte 2 is read fifth, when four bytes are written.
    #expect(overlap(movement((3, 1, 2), (2, 3, 1))) == .leading(byteCount: 2))
  }

  /// The copy's output, with the input at 100 and the output at `start` of one memory.
  private func result(_ copy: StridedCopy, start: Int) -> [UInt8] {
    var memory = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    let count = copy.runByteCount * copy.extents.product
    memory.withUnsafeMutableBytes {
      copy.run(input: $0.baseAddress! + 100, output: $0.baseAddress! + start)
    }
    return Array(memory[start..<start + count])
  }
}
