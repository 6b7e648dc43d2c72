// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import FlashSupport
import Testing

@Suite struct SAMBAFaultTests {
  @Test func nrf_survivesSomeOfAllFaults() {
    let sweep = SAMBAFixture.sweep(nrf: 8192)
    let tallies = [sweep.systematic(every: 4), sweep.random(40, seed: 1)]
    #expect(tallies.allSatisfy { $0.problems.isEmpty }, "\(tallies)")
  }

  @Test func samd_survivesSomeOfAllFaults() {
    let sweep = SAMBAFixture.sweep(samd: 600)
    let tallies = [sweep.systematic(every: 6), sweep.random(40, seed: 2)]
    #expect(tallies.allSatisfy { $0.problems.isEmpty }, "\(tallies)")
  }

  @Test(.enabled(if: faultSweepCases != nil, "BREADBOARD_FAULT_SWEEP tells how many cases"))
  func nrf_survivesThousands() {
    let sweep = SAMBAFixture.sweep(nrf: 12_288)
    for tally in [sweep.systematic(), sweep.random(faultSweepCases ?? 0, seed: 1000)] {
      print("SAM-BA, nRF: \(tally)")
      #expect(tally.problems.isEmpty)
    }
  }

  @Test(.enabled(if: faultSweepCases != nil, "BREADBOARD_FAULT_SWEEP tells how many cases"))
  func samd_survivesThousands() {
    let sweep = SAMBAFixture.sweep(samd: 5000)
    for tally in [sweep.systematic(), sweep.random(faultSweepCases ?? 0, seed: 2000)] {
      print("SAM-BA, SAMD: \(tally)")
      #expect(tally.problems.isEmpty)
    }
  }
}
