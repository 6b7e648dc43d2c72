// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import Testing

@testable import CortexM
@testable import CortexMJIT

/// Generated AArch64 code, run by Unicorn, against the stepper: equal in registers, flags, FPSCR,
/// memory, cycles, instructions and stack watch, at every deadline.
@Suite struct ARM64TiersTests {
  /// A pair of tiers, the second of which runs on a model of an AArch64 machine.
  private struct Bench {
    let pair: TierPair
    let host: UnicornHost
    let engine: JustInTime

    init(seed: UInt64, flashWaits: Int = 0, fetchWaits: Int = 0, hasFlagM: Bool) throws {
      let memory = try ExecutableMemory.reserve(byteCount: JustInTime.capacity).get()
      let host = try UnicornHost(memory)
      var features = HostFeatures()
      features.hasFlagM = hasFlagM
      let engine = JustInTime(memory, host) { windows in
        ARM64Compiler(memory: memory, windows: windows, features: features)
      }
      pair = TierPair(
        seed: seed, flashWaits: flashWaits, fetchWaits: fetchWaits, engine: { engine })
      (self.host, self.engine) = (host, engine)
      let machine = pair.machines[1]
      try host.show(machine.core.state, MemoryLayout<CoreState>.size)
      try host.show(machine.flash, TierMachine.size)
      try host.show(machine.ram, TierMachine.size)
    }

    /// Nil where all is equal.
    func difference(
      _ program: [UInt16], slices: Int, fixes: (inout [UInt32]) -> Void = { _ in }
    ) -> String? {
      if let found = pair.difference(program, slices: slices, fixes: fixes) { return found }
      return host.failures.first
    }
  }

  @Test(arguments: 0..<8)
  func oneInstruction_isEqual(part: Int) throws {
    let bench = try Bench(
      seed: UInt64(part), flashWaits: part & 1 * 2, hasFlagM: part & 2 != 0)
    var programs = TierPrograms(seed: UInt64(part) &+ 100)
    for (number, row) in Encoding.all.enumerated() where number % 8 == part {
      for _ in 0..<12 {
        if let difference = bench.difference(programs.one(row), slices: 4) {
          Issue.record("\(row.name): \(difference)")
          break
        }
      }
    }
    #expect(bench.engine.failedBlocks == 0)
  }

  @Test(arguments: 0..<8)
  func randomBlocks_areEqual(seed: Int) throws {
    let bench = try Bench(
      seed: UInt64(seed) + 1000, flashWaits: seed & 2, fetchWaits: seed & 4,
      hasFlagM: seed & 1 != 0)
    var programs = TierPrograms(seed: UInt64(seed) + 2000)
    for round in 0..<60 {
      let program = programs.block(TierPrograms.tame, length: 4 + round % 40)
      let difference = bench.difference(program, slices: 6) { registers in
        registers[5] = 0x3000 + (registers[5] & 0x3FC)
        registers[6] = 0x2000_1000 + (registers[6] & 0x3FC)
      }
      if let difference {
        Issue.record("seed \(seed), round \(round): \(difference)")
        return
      }
    }
    #expect(bench.engine.failedBlocks == 0)
    #expect(bench.engine.entriesMade > bench.engine.leavesMade)
  }

  @Test(arguments: [false, true])
  func compiledProgram_isEqual(hasFlagM: Bool) throws {
    let bench = try Bench(seed: 7, flashWaits: 2, hasFlagM: hasFlagM)
    let difference = bench.pair.difference(
      CompiledProgram.halves, slices: 300, longest: 1000, interrupts: false)
    #expect(difference == nil)
    #expect(bench.host.failures == [])
    let engine = bench.engine
    #expect(engine.failedBlocks == 0)
    // Nothing in it is for the interpreter but the ends of slices.
    #expect(engine.leavesMade < 30, "\(engine.leavesMade) of \(engine.entriesMade)")
  }
}
