// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Interrupts at every cycle of a multiple transfer.
@Suite struct MultipleTransferTests {
  /// The state behind the transfer, for comparison.
  private struct Result: Equatable {
    var registers: [UInt32]
    var singles: [UInt32]
    var memory: [UInt32]
  }

  private static let data: UInt32 = 0x2000_0100

  /// The instruction follows a nop and is followed by `b .`; r1 points at data, sp above it.
  private func machine(_ instruction: [UInt16], stepsOnly: Bool) -> TestMachine {
    let machine = TestMachine([0xBF00] + instruction + [0xE7FE], stepsOnly: stepsOnly)
    machine.control(0xE000_ED88, 0xF << 20)
    // Without an extended frame, so that singles stay the program's.
    machine.control(0xE000_EF34, 0)
    for index in 0..<13 { machine.core[register: index] = 0x1111_0000 + UInt32(index) }
    machine.core[register: 1] = Self.data
    machine.core[register: 13] = Self.data + 0x80
    for index in 0..<32 { machine.core[single: index] = 0x5555_0000 + UInt32(index) }
    for offset in stride(from: UInt32(0), to: 0x100, by: 4) {
      machine.setWord(Self.data + offset, 0xAAAA_0000 + offset)
    }
    // Odd, for lists that end in pc.
    machine.setWord(Self.data + 0x80 + 12, TestMachine.start + 0x41)
    machine.place([0xE7FE], at: TestMachine.start + 0x40)
    // add r0, sp, #28: the handler looks at the stacked xPSR; ldr r0, [r0]; ldr r3, [pc, #8];
    // str r0, [r3]; bx lr. r0 and r3 are stacked.
    machine.setHandler(16, [0xA807, 0x6800, 0x4B01, 0x6018, 0x4770, 0x0000, 0x8000, 0x2000])
    machine.enable(0)
    return machine
  }

  private func result(_ machine: TestMachine) -> Result {
    Result(
      registers: (0..<16).map { machine.core[register: $0] },
      singles: (0..<32).map { machine.core[single: $0] },
      memory: stride(from: UInt32(0), to: 0x100, by: 4).map { offset in
        // What lies below the stack pointer is anybody's.
        Self.data + offset < machine.core[register: 13] - 0x40
          || Self.data + offset >= machine.core[register: 13]
          ? machine.word(Self.data + offset) : 0
      })
  }

  private static let instructions: [[UInt16]] = [
    [0xC9FC],  // ldmia r1!, {r2-r7}
    [0xE891, 0x1FFC],  // ldmia.w r1, {r2-r12}
    [0xE891, 0x0F0F],  // ldmia.w r1, {r0-r3, r8-r11}: the base is in the list
    [0xE911, 0x00FC],  // ldmdb r1, {r2-r7}
    [0xC1FC],  // stmia r1!, {r2-r7}
    [0xE901, 0x1FFC],  // stmdb r1, {r2-r12}
    [0xB4FF],  // push {r0-r7}
    [0xBD07],  // pop {r0-r2, pc}
    [0xEC91, 0x0A08],  // vldmia r1, {s0-s7}
    [0xECB1, 0x1A07],  // vldmia r1!, {s3-s9}
    [0xEC81, 0x1A07],  // vstmia r1, {s3-s9}
    [0xED2D, 0x0A08],  // vpush {s0-s7}
    [0xBF08, 0xC9FC],  // it eq; ldmia r1!, {r2-r7}
    [0xBF18, 0xC9FC],  // it ne
  ]

  @Test(arguments: [false, true], instructions)
  func interrupt_atEveryCycle_changesNothing(stepsOnly: Bool, instruction: [UInt16]) {
    let whole = machine(instruction, stepsOnly: stepsOnly)
    whole.run(60)
    let expected = result(whole)
    for cycle in UInt64(1)...20 {
      let machine = machine(instruction, stepsOnly: stepsOnly)
      machine.schedule = [(cycle, 0, true), (cycle + 13, 0, false)]
      machine.runSchedule(until: 150)
      #expect(machine.entered.count == 1)
      #expect(result(machine) == expected, "cycle \(cycle)")
    }
  }

  @Test(arguments: [false, true])
  func interruption_isAtOnceAndNumbersTheNextRegister(stepsOnly: Bool) {
    // The nop ends at 1; the words of ldmia are through at 3, 4, … 8.
    for (cycle, next) in [(2, 0), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7)] as [(UInt64, UInt32)] {
      let machine = machine([0xC9FC], stepsOnly: stepsOnly)
      machine.schedule = [(cycle, 0, true), (cycle + 13, 0, false)]
      machine.runSchedule(until: cycle + 13)
      #expect(machine.entered.map(\.cycle) == [cycle + 12])
      machine.runSchedule(until: 100)
      #expect(machine.word(0x2000_8000) == 0x0100_0000 | next << 12)
    }
    let machine = machine([0xC9FC], stepsOnly: stepsOnly)
    machine.schedule = [(8, 0, true), (20, 0, false)]
    machine.runSchedule(until: 100)
    #expect(machine.entered.map(\.cycle) == [8 + 12])
    #expect(machine.word(0x2000_8000) == 0x0100_0000)
  }

  @Test(arguments: [false, true])
  func maskedInterrupt_costsNothing(stepsOnly: Bool) {
    let whole = machine([0xC9FC], stepsOnly: stepsOnly)
    whole.step(2)
    for cycle in UInt64(1)...8 {
      let machine = machine([0xC9FC], stepsOnly: stepsOnly)
      machine.core.writeSpecial(16, 1)
      machine.schedule = [(cycle, 0, true)]
      machine.runSchedule(until: 8)
      #expect(machine.cycle == whole.cycle)
      #expect(result(machine) == result(whole))
      #expect(machine.core.instructionsExecuted == 2)
    }
  }

  /// What was moved is not moved again: one and the words that are left.
  @Test(arguments: [false, true])
  func continuation_costsTheRest(stepsOnly: Bool) {
    let machine = machine([0xC9FC], stepsOnly: stepsOnly)
    machine.schedule = [(5, 0, true), (18, 0, false)]
    machine.runSchedule(until: 18)
    while machine.returned.isEmpty { machine.step() }
    let back = machine.cycle
    machine.step()
    #expect(machine.core[register: 15] == TestMachine.start + 4)
    #expect(machine.cycle == back + 1 + 3)
  }

  /// Return from an interrupt with ICI bits that fit nothing.
  @Test(arguments: [false, true], [0x0000_F000, 0x0000_1000, 0x0000_2000] as [UInt32])
  func nonsenseInICI_isIgnored(stepsOnly: Bool, bits: UInt32) {
    for instruction in [[0xC9FC], [0x3001], [0xC1FC], [0xEC91, 0x0A08]] as [[UInt16]] {
      let whole = machine(instruction, stepsOnly: stepsOnly)
      whole.run(60)
      let machine = machine([0xDF00] + instruction, stepsOnly: stepsOnly)
      // ldr r0, [sp, #28]; orr r0, r0, r3; str r0, [sp, #28]; bx lr
      machine.setHandler(11, [0x9807, 0xEA40, 0x0003, 0x9007, 0x4770])
      let third = machine.core[register: 3]
      machine.core[register: 3] = bits
      machine.step(2)
      while machine.returned.isEmpty { machine.step() }
      machine.core[register: 3] = third
      machine.run(60)
      #expect(machine.core[register: 15] == TestMachine.start + 4 + UInt32(instruction.count) * 2)
      #expect(machine.core[register: 7] == whole.core[register: 7])
    }
  }
}
