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
