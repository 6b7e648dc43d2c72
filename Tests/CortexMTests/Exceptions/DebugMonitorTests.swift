// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct DebugMonitorTests {
  private static let control: UInt32 = 0xE000_EDFC
  private static let status: UInt32 = 0xE000_ED30

  /// nop; bkpt 1; movs r5, #5; b .
  private func machine(_ program: [UInt16] = [0xBF00, 0xBE01, 0x2505, 0xE7FE]) -> TestMachine {
    let machine = TestMachine(program)
    machine.setHandler(3, [0xE7FE])
    // ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; adds r4, #1; bx lr
    machine.setHandler(12, [0x9806, 0x3002, 0x9006, 0x3401, 0x4770])
    return machine
  }

  @Test func breakpoint_isTheHostsWhileTheMonitorIsOff() {
    #expect(machine().run(50).name == "breakpoint 1")
  }

  @Test func breakpoint_isTheMonitorsWhileItIsOn() {
    let machine = machine()
    machine.control(Self.control, 1 << 16)
    machine.run(80)
    #expect(machine.entered.map(\.number) == [12])
    #expect(machine.control(Self.status) == 1 << 1)
    #expect(machine.core[register: 5] == 5)
    machine.control(Self.status, 1 << 1)
    #expect(machine.control(Self.status) == 0)
  }

  @Test func semihosting_staysTheHosts() {
    let machine = machine([0xBEAB, 0xE7FE])
    machine.control(Self.control, 1 << 16)
    #expect(machine.run(50).name == "breakpoint 171")
  }

  @Test func breakpoint_aboveTheMonitorsPriorityIsAHardFault() {
    let machine = machine()
    machine.control(Self.control, 1 << 16)
    machine.core.writeSpecial(16, 1)
    machine.run(80)
    #expect(machine.entered.map(\.number) == [3])
    #expect(machine.control(0xE000_ED2C) & 1 << 31 != 0)
  }

  @Test func monitor_isPendedBySoftware() {
    let machine = machine([0x3001, 0xE7FD])
    // The handler skips one instruction.
    machine.control(Self.control, 1 << 17)
    machine.run(40)
    #expect(machine.entered.isEmpty)
    #expect(machine.control(Self.control) & 3 << 16 == 1 << 17)
    machine.control(Self.control, 3 << 16)
    machine.run(40)
    #expect(machine.entered.map(\.number) == [12])
  }

  @Test func stepping_comesAfterEachInstruction() {
    let machine = TestMachine([0x3001, 0x3001, 0x3001, 0xE7FE])
    machine.setHandler(12, [0x3401, 0x4770])
    machine.control(Self.control, 1 << 16 | 1 << 18)
    while machine.core[register: 15] != TestMachine.start + 6, machine.cycle < 1000 {
      machine.step()
    }
    #expect(machine.core[register: 0] == 3)
    #expect(machine.core[register: 4] >= 2)
    #expect(machine.control(Self.status) == 1)
  }
}

/// DWT comparators on data.
@Suite struct ComparatorTests {
  private static let place: UInt32 = 0x2000_0100

  /// Watches the word at `place`; the monitor counts in r4.
  private func machine(
    _ program: [UInt16], function: UInt32, mask: UInt32 = 2, stepsOnly: Bool
  ) -> TestMachine {
    let machine = TestMachine(program, stepsOnly: stepsOnly)
    machine.setHandler(12, [0x3401, 0x4770])
    machine.control(0xE000_EDFC, 1 << 16 | 1 << 24)
    machine.control(0xE000_1020, Self.place)
    machine.control(0xE000_1024, mask)
    machine.control(0xE000_1028, function)
    machine.core[register: 1] = Self.place
    return machine
  }

  @Test(arguments: [false, true], [(5, 2), (6, 1), (7, 3), (0, 0), (4, 0)] as [(UInt32, UInt32)])
  func match_isDebugMonitorAfterTheInstruction(stepsOnly: Bool, expected: (UInt32, UInt32)) {
    // ldr r0, [r1]; strb r0, [r1, #3]; str r0, [r1, #4]; ldr r0, [r1, #-4]; ldrh r0, [r1, #2]; b .
    let machine = machine(
      [0x6808, 0x70C8, 0x6048, 0xF851, 0x0C04, 0x8848, 0xE7FE], function: expected.0,
      stepsOnly: stepsOnly)
    machine.run(200)
    #expect(machine.core[register: 4] == expected.1)
    #expect(machine.control(0xE000_ED30) == (expected.1 == 0 ? 0 : 1 << 2))
    let isMatched = machine.control(0xE000_1028) >> 24 & 1 != 0
    #expect(isMatched == (expected.1 != 0))
    #expect(machine.control(0xE000_1028) == expected.0)
  }

  @Test(arguments: [false, true])
  func masked_comparatorWatchesABlock(stepsOnly: Bool) {
    // str r0, [r1]; adds r1, #4; b .-4, over 64 watched bytes and more
    let machine = machine([0x6008, 0x3104, 0xE7FC], function: 6, mask: 6, stepsOnly: stepsOnly)
    machine.core[register: 1] = Self.place - 32
    machine.run(1500)
    #expect(machine.core[register: 1] > Self.place + 128)
    #expect(machine.core[register: 4] == 16)
  }

  @Test func monitorOff_onlyMarksTheComparator() {
    let machine = machine([0x6008, 0xE7FE], function: 6, stepsOnly: false)
    machine.control(0xE000_EDFC, 1 << 24)
    machine.run(50)
    #expect(machine.entered.isEmpty)
    #expect(machine.control(0xE000_1028) == 1 << 24 | 6)
    #expect(machine.control(0xE000_1028) == 6)
  }
}

/// Vectors that cannot be read.
@Suite struct VectorTests {
  @Test func unreadableVector_isAHardFault() {
    let machine = TestMachine([0x3001, 0xE7FD])
    // The table's first 16 words lie at the end of RAM, the interrupts' behind it.
    let table: UInt32 = 0x2000_FF80
    machine.setWord(table + 12, 0x1001)
    machine.place([0xE7FE], at: 0x1000)
    machine.control(0xE000_ED08, table)
    machine.enable(20)
    machine.control(0xE000_E200, 1 << 20)
    machine.run(60)
    #expect(machine.entered.map(\.number) == [3])
    #expect(machine.control(0xE000_ED2C) == 1 << 1)
    #expect(machine.control(0xE000_E200) == 1 << 20)
  }

  @Test func unreadableHardFaultVector_locksUp() {
    let machine = TestMachine([0xDE00])
    machine.control(0xE000_ED08, 0x3000_0000)
    let outcome = machine.run(60)
    #expect(outcome.name == "lockup")
    #expect(outcome.report?.causes.contains { $0.hasPrefix("VECTTBL") } == true)
  }

  @Test func vectorTableOffset_keepsItsAlignment() {
    let machine = TestMachine()
    machine.control(0xE000_ED08, 0xFFFF_FFFF)
    #expect(machine.control(0xE000_ED08) == 0xFFFF_FF80)
  }
}

/// SHCSR beyond the enables.
@Suite struct SystemHandlerTests {
  @Test func pendedUsageFault_waitsUntilItIsEnabled() {
    let machine = TestMachine([0x3001, 0xE7FD])
    machine.setHandler(6, [0xE7FE])
    machine.control(0xE000_ED24, 1 << 12)
    machine.run(40)
    #expect(machine.entered.isEmpty)
    machine.control(0xE000_ED24, 1 << 12 | 1 << 18)
    machine.run(40)
    #expect(machine.entered.map(\.number) == [6])
    #expect(machine.control(0xE000_ED24) == 1 << 18 | 1 << 3)
  }

  @Test func activeBit_isWritable() {
    // A handler that clears its own active bit may not return: INVPC.
    let machine = TestMachine([0xDF00, 0xE7FE])
    machine.setHandler(6, [0xE7FE])
    // str r0, [r1]; bx lr
    machine.setHandler(11, [0x6008, 0x4770])
    machine.core[register: 0] = 7 << 16
    machine.core[register: 1] = 0xE000_ED24
    machine.run(80)
    #expect(machine.entered.map(\.number) == [11, 6])
    #expect(machine.control(0xE000_ED28) == 1 << 18)
  }
}
