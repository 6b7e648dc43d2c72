// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

@Suite(.serialized) struct CoreRunTests {
  @Test(arguments: [false, true])
  func loop_countsCyclesAsTheManualDoes(stepsOnly: Bool) {
    // loop: subs r0, #1; bne loop; bkpt: 10 turns of 1 + (1 + P), the last not taken, then BKPT.
    let machine = TestMachine([0x200A, 0x3801, 0xD1FD, 0xBE07], stepsOnly: stepsOnly)
    let outcome = machine.run(1000)
    #expect(outcome.name == "breakpoint 7")
    #expect(machine.core[register: 15] == 0x206)
    #expect(machine.core.instructionsExecuted == 1 + 20 + 1)
    #expect(machine.cycle == 1 + 10 + 10 + 9 * 2 + 1)
  }

  @Test func deadline_stopsAtTheFirstBoundaryBehindIt() {
    let machine = TestMachine([UInt16](repeating: 0x3001, count: 20) + [0xE7FE])
    #expect(machine.run(7).name == "deadline")
    #expect(machine.core[register: 0] == 7)
    #expect(machine.core[register: 15] == 0x20E)
    #expect(machine.cycle == 7)
  }

  @Test func breakpoint_isSkippedOnRequest() {
    let machine = TestMachine([0xBEAB, 0x2005, 0xBE00])
    #expect(machine.run(100).name == "breakpoint 171")
    machine.core.skipBreakpoint()
    #expect(machine.run(100).name == "breakpoint 0")
    #expect(machine.core[register: 0] == 5)
  }

  @Test func yield_endsTheRunAfterTheAccess() {
    // str r0, [r1]; adds r0, #1; b .
    let machine = TestMachine([0x6008, 0x3001, 0xE7FE])
    machine.core[register: 1] = 0x4000_0010
    machine.core[register: 0] = 0x55
    machine.onWrite = { _, _ in machine.core.yield() }
    #expect(machine.run(1000).name == "yielded")
    #expect(machine.writes == [[0x4000_0010, 0x55]])
    #expect(machine.core[register: 15] == 0x202)
    #expect(machine.core[register: 0] == 0x55)
  }

  @Test func cycleCounter_readInsideABlockIsExact() {
    // ldr r1, [r0]; nop; nop; ldr r2, [r0]; subs r2, r2, r1; bkpt
    let machine = TestMachine([0x6801, 0xBF00, 0xBF00, 0x6802, 0x1A52, 0xBE00])
    machine.core[register: 0] = 0xE000_1004
    machine.control(0xE000_1000, 1)
    machine.run(100)
    #expect(machine.core[register: 2] == 4)
  }

  @Test func resetRequest_needsTheKey() {
    // str r0, [r1]; str r2, [r1]; b .
    let machine = TestMachine([0x6008, 0x600A, 0xE7FE])
    machine.core[register: 1] = 0xE000_ED0C
    machine.core[register: 0] = 0x1234_0004
    machine.core[register: 2] = 0x05FA_0004
    #expect(machine.run(100).name == "reset")
    #expect(machine.core[register: 15] == 0x204)
  }

  @Test func reset_keepsTimeAndStartsOver() {
    let machine = TestMachine([0x3001, 0xE7FD])
    machine.run(50)
    let cycle = machine.cycle
    machine.core.reset(vectorTable: Address(0))
    #expect(machine.cycle >= cycle)
    #expect(machine.core[register: 15] == TestMachine.start)
    #expect(machine.core[register: 13] == TestMachine.stackTop)
  }
}

/// Code that changes.
@Suite struct CodeCacheTests {
  @Test(arguments: [false, true])
  func codeInRAM_seesItsOwnStores(stepsOnly: Bool) {
    let machine = TestMachine(stepsOnly: stepsOnly)
    let place = TestMachine.ramBase + 0x200
    // adds r0, #1; strh r1, [r2]; b back once; at the second pass the first is movs r0, #99.
    machine.place([0x3001, 0x8011, 0x3B01, 0xD5FB, 0xBE00], at: place)
    machine.core[register: 15] = place
    machine.core[register: 1] = 0x2063
    machine.core[register: 2] = place
    machine.core[register: 3] = 1
    #expect(machine.run(100).name == "breakpoint 0")
    #expect(machine.core[register: 0] == 99)
  }

  @Test func flash_isTranslatedAgainAfterInvalidation() {
    let machine = TestMachine([0x2001, 0xE7FD])
    machine.run(20)
    machine.place([0x2002], at: TestMachine.start)
    machine.core.invalidateCode(TestMachine.start..<TestMachine.start + 2)
    machine.run(20)
    #expect(machine.core[register: 0] == 2)
  }

  @Test func stores_besideCodeInRAM_leaveItAlone() {
    let machine = TestMachine()
    let place = TestMachine.ramBase + 0x200
    // loop: str r0, [r2]; adds r0, #1; b loop
    machine.place([0x6010, 0x3001, 0xE7FC], at: place)
    machine.core[register: 15] = place
    machine.core[register: 2] = place + 0x40
    machine.run(1000)
    let translated = machine.core.code.count
    machine.run(1000)
    #expect(machine.core.code.count == translated)
    #expect(machine.word(place + 0x40) == machine.core[register: 0] - 1)
  }
}

@Suite struct StackWatchTests {
  @Test(arguments: [false, true])
  func stackUse_isExact(stepsOnly: Bool) {
    // push {r4, lr}; sub sp, #64; str r0, [sp, #8]; add sp, #64; pop {r4}; bkpt
    let machine = TestMachine(
      [0xB510, 0xB090, 0x9002, 0xB010, 0xBC10, 0xBE00], stepsOnly: stepsOnly)
    machine.core.watchStack(.main, region: 0x2000_7000..<0x2000_8000)
    machine.run(100)
    let use = machine.core.stackUse(.main)
    let lowest: UInt32 = 0x2000_8000 - 8 - 64
    #expect(use.lowestPointer == lowest)
    #expect(use.lowestWrite == lowest + 8)
    #expect(machine.core.stackUse(.process).lowestPointer == nil)
  }
}
