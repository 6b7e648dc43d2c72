// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import AudioFeatures

@Suite struct FixedPointTests {
  @Test(arguments: [1, 2, 3, 125, 736, 65_535, 1 << 40, UInt64.max])
  func log2_roundsDown(x: UInt64) {
    let exact = Foundation.log2(Double(x)) * 65536
    let answer = Double(FixedPoint.log2(x, fractionBits: 16))
    #expect(abs(answer - exact) < 1.01)
    #expect(FixedPoint.log2(x, fractionBits: 8) == FixedPoint.log2(x, fractionBits: 16) >> 8)
  }

  @Test(arguments: 0...128)
  func sine_isExactToThirtyBits(step: Int) {
    let exact = sin(2 * Double.pi * Double(step) / 512) * 2_147_483_648
    #expect(abs(Double(FixedPoint.sine(step: Int32(step))) - exact) < 200)
  }
}
