// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CortexM

/// Every tier against the stepper, cycles included: single instructions of every row and blocks
/// with IT, branches, accesses around the edges of memories and in a device, cut at random
/// deadlines and interrupted.
///
/// `BREADBOARD_TIER_CASES` is the number of cases per core (README.md).
@Suite struct TierDifferentialTests {
  @Test(arguments: TestedCore.allCases)
  func tiers_doWhatTheStepperDoes(core: TestedCore) {
    let isLong = Sweep.tierCases != nil
    let wanted = Sweep.tierCases ?? 6000
    var comparison = TierComparison(
      core, perRow: isLong ? 64 : 8, seed: Sweep.seed(row: "pool", index: 0))
    var (failures, program, reported) = (0, 0, ContinuousClock.now)
    let begin = reported
    while comparison.caseCount < wanted, failures < 20 {
      // Every second program is a single instruction, rows in turn.
      let shape: TierProgram.Shape =
        program % 2 == 0 ? .block : .single(row: program / 2 % comparison.rowCount)
      let seed = Sweep.seed(row: "tier", index: program)
      program += 1
      if let disagreement = comparison.disagreement(on: shape, seed: seed) {
        failures += 1
        if failures <= 2 { Issue.record("\(core), program \(program - 1), \(disagreement)") }
      }
      if isLong, program % 1024 == 0, ContinuousClock.now - reported > .seconds(10) {
        reported = .now
        print("\(core): \(comparison.caseCount) of \(wanted) cases, \(failures) differ")
      }
    }
    #expect(failures == 0, "\(core): \(failures) programs differ")
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    if isLong {
      print(
        "\(core): \(comparison.caseCount) cases, \(comparison.instructionCount) instructions, "
          + "\(failures) differ, seed \(Sweep.seed), \(Int(seconds)) s")
    }
  }
}
