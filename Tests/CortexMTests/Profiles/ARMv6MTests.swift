// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

/// What a Cortex-M0 has not got, and what it takes (ARMv6-M ARM; Cortex-M0 and M0+ TRM, table 3-1).
@Suite struct ARMv6MTests {
  private func machine(
    _ program: [UInt16], _ processor: ProcessorModel = .cortexM0, stepsOnly: Bool = false
  ) -> TestMachine {
    let machine = TestMachine(
      program, stepsOnly: stepsOnly,
      CoreConfiguration(processor: processor, interruptCount: 32, mpuRegionCount: 0))
    machine.setHandler(3, [0xE7FE])
    return machine
  }

  @Test(
    arguments: [
      [0xF100, 0x0001],  // add.w r0, r0, #1
      [0xB108],  // cbz r0
      [0xBF08],  // it eq
      [0xEE30, 0x0A81],  // vadd.f32
      [0xFB90, 0xF0F1],  // sdiv
      [0xF3EF, 0x8011],  // mrs r0, basepri
      [0xB661],  // cpsie f
      [0x6810],  // ldr r0, [r2], unaligned
      [0xDE00],  // udf
    ] as [[UInt16]])
  func whatIsMissing_isAHardFault(program: [UInt16]) {
    for stepsOnly in [false, true] {
      let machine = machine(program, stepsOnly: stepsOnly)
      machine.core[register: 2] = 0x2000_0002
      machine.run(60)
      #expect(machine.entered.map(\.number) == [3])
      #expect(machine.word(machine.core[register: 13] + 24) == TestMachine.start)
      #expect(machine.control(0xE000_ED28) == 0, "CFSR")
      #expect(machine.control(0xE000_ED2C) == 0, "HFSR")
    }
  }

  @Test func faultInAHardFault_locksUp() {
    let machine = machine([0xDE00])
    machine.setHandler(3, [0xDE00])
    #expect(machine.run(200).name == "lockup")
  }

  @Test func registersOfARMv7M_readAsZero() {
    let machine = machine([0xE7FE])
    let absent: [UInt32] = [
      0xE000_E004, 0xE000_E300, 0xE000_ED08, 0xE000_ED18, 0xE000_ED88, 0xE000_ED40, 0xE000_EF34,
    ]
    for address in absent {
      machine.control(address, .max)
      #expect(machine.control(address) == 0, "\(String(address, radix: 16))")
    }
    machine.control(0xE000_ED24, .max)
    #expect(machine.control(0xE000_ED24) == 1 << 15, "SHCSR has SVCALLPENDED alone")
    machine.control(0xE000_ED14, 0)
    #expect(machine.control(0xE000_ED14) == 0x208, "CCR is read only")
    #expect(machine.control(0xE000_ED00) == 0x410C_C200)
    #expect(self.machine([0xE7FE], .cortexM0Plus).control(0xE000_ED00) == 0x410C_C601)
  }

  @Test func priorities_haveTwoBits() {
    let machine = machine([0xE7FE])
    machine.control(0xE000_E400, .max)
    machine.control(0xE000_ED20, .max)
    #expect(machine.control(0xE000_E400) == 0xC0C0_C0C0)
    #expect(machine.control(0xE000_ED20) == 0xC0C0_0000)
    #expect(machine.control(0xE000_E440) == 0)
  }

  @Test func vectorTable_movesOnCortexM0PlusAlone() {
    for (processor, expected) in [(ProcessorModel.cortexM0, 0), (.cortexM0Plus, 0x100)] {
      let machine = machine([0xE7FE], processor)
      machine.control(0xE000_ED08, 0x100)
      #expect(machine.control(0xE000_ED08) == UInt32(expected))
    }
  }

  @Test func control_hasPrivilegeOnCortexM0PlusAlone() {
    // movs r0, #1; msr control, r0; mrs r1, control; b .
    let program: [UInt16] = [0x2001, 0xF380, 0x8814, 0xF3EF, 0x8114, 0xE7FE]
    for (processor, expected) in [(ProcessorModel.cortexM0, 0), (.cortexM0Plus, 1)] {
      let machine = machine(program, processor)
      machine.step(3)
      #expect(machine.core[register: 1] == UInt32(expected))
    }
  }

  /// movs r0, #255; lsls r0, #24; msr apsr_nzcvq, r0; mrs r1, apsr
  @Test func applicationStatus_hasNoSaturationBit() {
    let program: [UInt16] = [0x20FF, 0x0600, 0xF380, 0x8800, 0xF3EF, 0x8100, 0xE7FE]
    let machine = machine(program)
    machine.step(4)
    #expect(machine.core[register: 1] == 0xF000_0000)
    #expect(machine.core.xpsr & 0x0800_0000 == 0)
  }

  /// Cycles of one run through `program`.
  private func cycles(_ program: [UInt16], _ processor: ProcessorModel, multiplier: Int = 1)
    -> UInt64
  {
    var counts: [UInt64] = []
    for stepsOnly in [false, true] {
      let machine = TestMachine(
        program + [0xBE00], stepsOnly: stepsOnly,
        CoreConfiguration(
          processor: processor, interruptCount: 1, multiplierCycles: multiplier))
      machine.core[register: 1] = 0x2000_0100
      machine.core[register: 2] = TestMachine.start + UInt32(program.count) * 2 | 1
      machine.setWord(TestMachine.stackTop - 4, machine.core[register: 2])
      if program == [0xBD00] { machine.core[register: 13] = TestMachine.stackTop - 4 }
      machine.run(1000)
      counts.append(machine.cycle)
    }
    #expect(counts[0] == counts[1])
    // Without the BKPT.
    return counts[0] - 1
  }

  @Test(
    arguments: [
      ([0x3001], 1, 1),  // adds
      ([0x4348], 1, 1),  // muls
      ([0x6808], 2, 2),  // ldr r0, [r1]
      ([0x6808, 0x6808], 4, 4),
      ([0x6008], 2, 2),  // str r0, [r1]
      ([0xC918], 3, 3),  // ldm r1!, {r3, r4}
      ([0xB430], 3, 3),  // push {r4, r5}
      ([0xBD00], 5, 4),  // pop {pc}
      ([0xE7FF], 3, 2),  // b to the next
      ([0xD1FF], 3, 2),  // bne to the next, taken
      ([0xD0FF], 1, 1),  // beq, not taken
      ([0x4710], 3, 2),  // bx r2
      ([0xF000, 0xF800], 4, 3),  // bl to the next
      ([0xF3EF, 0x8000], 4, 3),  // mrs
      ([0xF3BF, 0x8F4F], 4, 3),  // dsb
    ] as [([UInt16], UInt64, UInt64)])
  func instruction_takesWhatTheManualSays(program: [UInt16], small: UInt64, plus: UInt64) {
    #expect(cycles(program, .cortexM0) == small)
    #expect(cycles(program, .cortexM0Plus) == plus)
  }

  @Test func smallMultiplier_takes32Cycles() {
    #expect(cycles([0x4348], .cortexM0Plus, multiplier: 32) == 32)
  }
}
