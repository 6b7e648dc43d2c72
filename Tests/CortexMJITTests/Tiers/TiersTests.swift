// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexMJIT
import Testing

@testable import CortexM

/// The JIT against the stepper: equal in registers, flags, FPSCR, memory, cycles, instructions and
/// stack watch, at every deadline.
@Suite(.enabled(if: JustInTime.obstacle == nil, "there is a JIT for this processor"))
struct TiersTests {
  @Test(arguments: 0..<8)
  func oneInstruction_isEqual(part: Int) {
    let pair = TierPair(seed: UInt64(part), flashWaits: part & 1 * 2)
    var programs = TierPrograms(seed: UInt64(part) &+ 100)
    for (number, row) in Encoding.all.enumerated() where number % 8 == part {
      for _ in 0..<12 {
        if let difference = pair.difference(programs.one(row), slices: 4) {
          Issue.record("\(row.name): \(difference)")
          break
        }
      }
    }
  }

  @Test(arguments: 0..<8)
  func randomBlocks_areEqual(seed: Int) {
    let pair = TierPair(
      seed: UInt64(seed) + 1000, flashWaits: seed & 2, fetchWaits: seed & 4)
    var programs = TierPrograms(seed: UInt64(seed) + 2000)
    for round in 0..<120 {
      let program = programs.block(TierPrograms.tame, length: 4 + round % 40)
      let difference = pair.difference(program, slices: 6) { registers in
        registers[5] = 0x3000 + (registers[5] & 0x3FC)
        registers[6] = 0x2000_1000 + (registers[6] & 0x3FC)
      }
      if let difference {
        Issue.record("seed \(seed), round \(round): \(difference)")
        return
      }
    }
  }

  @Test func compiledProgram_isEqual() {
    let pair = TierPair(seed: 7, flashWaits: 2)
    let difference = pair.difference(
      CompiledProgram.halves, slices: 300, longest: 1000, interrupts: false)
    #expect(difference == nil)
  }
}
