// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import InferenceKernels

@Suite struct RequantizeTests {
  /// gemmlowp's definition in wide arithmetic: truncating division with a nudge, then halves away
  /// from zero.
  private func definition(_ value: Int32, _ multiplier: Int32, _ shift: Int) -> Int32 {
    let product = Int64(value << Int32(max(shift, 0))) * Int64(multiplier)
    let nudge: Int64 = product >= 0 ? 1 << 30 : 1 - 1 << 30
    let high = (product + nudge) / (1 << 31)
    let divisor = Int64(1) << Int64(max(-shift, 0))
    let magnitude = (abs(high) * 2 + divisor) / (2 * divisor)
    return Int32(high < 0 ? -magnitude : magnitude)
  }

  @Test func requantize_followsItsDefinition() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      let value = Int32.random(in: -(1 << 24)...1 << 24, using: &random)
      let multiplier = Int32.random(in: 1 << 30...Int32.max, using: &random)
      let shift = Int.random(in: -31...6, using: &random)
      let result = requantize(value, multiplier: multiplier, shift: Int32(shift))
      #expect(
        result == definition(value, multiplier, shift), "\(value) \(multiplier) \(shift)")
    }
  }

  /// 2.5 and -2.5 times a half of one: the first rounding makes them whole or not, the second
  /// rounds halves away from zero.
  @Test(arguments: [(5, -1, 2), (-5, -1, -1), (6, -1, 2), (-6, -1, -2), (3, 0, 2), (-3, 0, -1)])
  func halves_roundAsGemmlowpDoes(value: Int32, shift: Int32, expected: Int32) {
    #expect(requantize(value, multiplier: 1 << 30, shift: shift) == expected)
  }

  @Test(arguments: [(7, 4), (-7, -4), (6, 3), (5, 3), (-5, -3), (0, 0)])
  func averages_roundHalvesAwayFromZero(sum: Int32, expected: Int32) {
    #expect(roundedQuotient(sum, 2) == expected)
  }

  @Test func averageOfNothing_isZero() { #expect(roundedQuotient(5, 0) == 0) }
}
