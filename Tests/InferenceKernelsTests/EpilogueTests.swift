// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import InferenceKernels

@Suite struct EpilogueTests {
  @Test func exactEpilogues_areTheTwoRoundings() {
    var random = SplitMix64(seed: 2)
    for _ in 0..<20_000 {
      let sum = Int32.random(in: -(1 << 23) + 1..<1 << 23, using: &random)
      let multiplier = Int32.random(in: 1 << 30...Int32.max, using: &random)
      let right = Int32.random(in: 1...22, using: &random)
      let zeroPoint = Int32.random(in: -128...127, using: &random)
      let minimum = Int32.random(in: -128...0, using: &random)
      let words = [multiplier, zeroPoint << right + 1 << (right - 1), right]
      let rounded = requantize(sum, multiplier: multiplier, shift: -right) + zeroPoint
      words.withUnsafeBytes {
        let exact = ExactEpilogue().quantize(sum << 8, $0.baseAddress!)
        #expect(exact == max(-128, min(127, rounded)), "\(sum) \(words)")
        let clamped = ClampedEpilogue(minimum: minimum, maximum: 100)
          .quantize(sum << 8, $0.baseAddress!)
        #expect(clamped == max(minimum, min(100, rounded)), "\(sum) \(words)")
      }
    }
  }
}
