// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

@Suite struct CoreSnapshotTests {
  /// What a core has that is no part of a snapshot, and why.
  private static let left: Set<String> = [
    // Fixed when it is made, or its host memory.
    "configuration", "timing", "bus", "state", "registers", "memories", "savedRegisters",
    // Follows from the rest, or from the image.
    "code", "unhandledHandlers", "appliedProtection", "codeRights", "protectionMaps",
    // How it is run.
    "stepsOnly", "accelerator", "debug", "decoded", "observation",
    // Settled before a run comes back.
    "request", "stoppedAt", "yieldRequested", "resetRequested", "runDeadline", "resumingFrom",
    "wordsResumed",
  ]

  @Test func everyPropertyOfACore_isKeptOrNamed() {
    let machine = TestMachine()
    let kept = Set(Mirror(reflecting: machine.core.snapshot()).children.compactMap(\.label))
    let all = Set(Mirror(reflecting: machine.core).children.compactMap(\.label))
    #expect(all.subtracting(kept).subtracting(Self.left) == [])
  }

  /// Counts in memory under a SysTick interrupt that counts too, and sleeps in between.
  private func busyMachine() -> TestMachine {
    let machine = TestMachine([
      0x4F08, 0x2100, 0x4A08, 0x6011,  // ldr r7, =0x20000100; movs r1, #0; ldr r2, =CSR
      0x2025, 0x6050, 0x2107, 0x6011,  // reload 37; enable with interrupt and core clock
      0x6838, 0x3001, 0x6038, 0x4341,  // loop: ldr r0, [r7]; adds r0, #1; str; muls r1, r0
      0xBF30, 0xE7F9, 0x0000, 0x0000,  // wfi; b loop
      0x0000, 0x0000, 0x0100, 0x2000,
      0xE010, 0xE000,
    ])
    machine.place([0x0100, 0x2000, 0xE010, 0xE000], at: 0x200 + 36)
    machine.place([0x687B, 0x3301, 0x607B, 0x4770], at: 0x300)  // ldr r3, [r7, #4]; +1; str; bx lr
    machine.setVector(15, 0x300)
    machine.core.reset(vectorTable: Address(0))
    return machine
  }

  private func picture(_ machine: TestMachine) -> [UInt64] {
    let core = machine.core
    return (0..<16).map { UInt64(core[register: $0]) } + [
      UInt64(core.xpsr), core.now.sinceReset.count, core.instructionsExecuted,
      core.sleepCycles.count, UInt64(machine.word(0x2000_0100)),
      UInt64(machine.word(0x2000_0104)),
    ]
  }

  private func run(_ machine: TestMachine, to cycle: UInt64) {
    while machine.core.now.sinceReset.count < cycle {
      let deadline = Instant(sinceReset: Cycles(cycle))
      if case .sleeping = machine.core.run(until: deadline) {
        machine.core.advance(to: min(deadline, machine.core.nextInternalEvent))
      }
    }
  }

  @Test func restoredCore_goesOnAsTheFirstOneDid() {
    for cut in stride(from: UInt64(20), to: 500, by: 7) {
      let machine = busyMachine()
      run(machine, to: cut)
      let snapshot = machine.core.snapshot()
      let memory = (machine.word(0x2000_0100), machine.word(0x2000_0104))
      let stack = (0..<64).map { machine.word(TestMachine.stackTop - 256 + $0 * 4) }
      run(machine, to: 2000)
      let expected = picture(machine)
      #expect(expected[20] > 10, "the program counts: \(expected)")
      machine.setWord(0x2000_0100, memory.0)
      machine.setWord(0x2000_0104, memory.1)
      for (index, word) in stack.enumerated() {
        machine.setWord(TestMachine.stackTop - 256 + UInt32(index) * 4, word)
      }
      machine.core.restore(snapshot)
      run(machine, to: 2000)
      #expect(picture(machine) == expected, "cut at \(cut)")
    }
  }
}
