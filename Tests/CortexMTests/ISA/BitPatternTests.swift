// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct BitPatternTests {
  @Test func letter_standsForOneBit() {
    let pattern = BitPattern("0001110_iii_nnn_ddd")
    #expect(pattern.width == 16)
    #expect(pattern.matches(0x1C00 | 5 << 6))
    #expect(!pattern.matches(0x1E00))
    #expect(pattern.extract("i", from: 0x1C00 | 5 << 6 | 3 << 3 | 2) == 5)
    #expect(pattern.extract("n", from: 0x1C00 | 5 << 6 | 3 << 3 | 2) == 3)
    #expect(pattern.extract("d", from: 0x1C00 | 5 << 6 | 3 << 3 | 2) == 2)
  }

  @Test func scatteredField_joinsFromLeftToRight() {
    let pattern = BitPattern("01000100_d_mmmm_ddd")
    #expect(pattern.extract("d", from: 0x4400 | 1 << 7 | 2) == 10)
  }

  @Test func overlap_needsAgreeingFixedBits() {
    let general = BitPattern("1101_cccc_iiiiiiii")
    #expect(general.overlaps(BitPattern("11011111_iiiiiiii")))
    #expect(!general.overlaps(BitPattern("11100_iiiiiiiiiii")))
    #expect(!general.overlaps(BitPattern("1101000000000000_0000000000000000")))
  }
}
