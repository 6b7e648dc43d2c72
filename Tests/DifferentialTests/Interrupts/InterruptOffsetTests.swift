// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CortexM

/// Interrupts at every cycle of a long instruction mix (InstructionMix.S): IT blocks, multiple
/// transfers, divisions, branch tables, floats. Each tier enters them at the same cycles and ends
/// in the same state, and the mix itself does not notice.
///
/// By default each offset is taken with one of the handlers' variants in turn;
/// BREADBOARD_INTERRUPTS=all takes all of them.
@Suite struct InterruptOffsetTests {
  private static let takesAll =
    ProcessInfo.processInfo.environment["BREADBOARD_INTERRUPTS"] == "all"

  @Test func mix_runsToItsEnd() {
    let picture = InterruptedMachine(.stepper).run(nil)
    #expect(picture.outcome == "breakpoint 0")
    #expect(picture.entries.isEmpty)
    #expect(picture.cycles > 500, "\(picture.cycles) cycles")
    #expect(picture.instructions > 300, "\(picture.instructions) instructions")
  }

  /// Variants: plain, with floats, with a more urgent interrupt inside, with both.
  private func plans(_ source: InterruptedMachine.Plan.Source) -> [InterruptedMachine.Plan] {
    let length = UInt32(InterruptedMachine(.stepper).run(nil).cycles)
    return (0...length + 20).flatMap { offset in
      (Self.takesAll ? 0..<4 : offset % 4..<offset % 4 + 1).map {
        InterruptedMachine.Plan(source: source, offset: offset, actions: $0)
      }
    }
  }

  @Test(arguments: [InterruptedMachine.Plan.Source.sysTick, .line])
  func interrupt_atEveryOffset_isTheSameInEveryTier(source: InterruptedMachine.Plan.Source) {
    let undisturbed = InterruptedMachine(.stepper).run(nil).program
    let plans = plans(source)
    let oracle = InterruptedMachine(.stepper)
    let pictures = plans.map { oracle.run($0) }
    #expect(pictures.count { !$0.entries.isEmpty } > plans.count * 9 / 10)
    for (plan, picture) in zip(plans, pictures) where picture.program != undisturbed {
      Issue.record("\(plan): \(picture.program.differences(from: undisturbed))")
      break
    }
    compare(plans, pictures)
  }

  /// A clock that goes on ticking, at every period from little more than the handlers take.
  @Test func periodicInterrupt_isTheSameInEveryTier() {
    let plans = (200...700).filter { Self.takesAll || $0 % 5 == 0 }.map {
      InterruptedMachine.Plan(source: .sysTick, offset: $0, actions: 4 | $0 % 4)
    }
    let oracle = InterruptedMachine(.stepper)
    let pictures = plans.map { oracle.run($0) }
    for (plan, picture) in zip(plans, pictures) {
      #expect(picture.outcome == "breakpoint 0", "\(plan)")
    }
    compare(plans, pictures)
  }

  /// Every other tier against the stepper.
  private func compare(
    _ plans: [InterruptedMachine.Plan], _ pictures: [InterruptedMachine.Picture]
  ) {
    for tier in Tier.available where tier != .stepper {
      let machine = InterruptedMachine(tier)
      var failures = 0
      for (plan, expected) in zip(plans, pictures) {
        let picture = machine.run(plan)
        guard picture != expected else { continue }
        failures += 1
        if failures <= 2 {
          Issue.record("\(tier), \(plan):\n  \(picture.differences(from: expected))")
        }
      }
      #expect(failures == 0, "\(tier): \(failures) of \(plans.count) differ")
    }
  }
}
