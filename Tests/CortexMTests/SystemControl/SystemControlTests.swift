// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

@Suite struct SysTickTests {
  private static let control: UInt32 = 0xE000_E010
  private static let reload: UInt32 = 0xE000_E014
  private static let current: UInt32 = 0xE000_E018

  @Test func count_loadsOneTickAfterEnablingAndPeriodIsReloadPlusOne() {
    var timer = SysTick(referenceDivider: 0)
    timer.write(4, 9, at: 100)
    timer.write(8, 0, at: 100)
    timer.write(0, 7, at: 100)
    #expect(timer.nextInterrupt == 110)
    var values: [UInt32] = []
    var reached: [UInt64] = []
    for cycle in UInt64(100)...121 {
      if timer.catchUp(to: cycle) { reached.append(cycle) }
      values.append(timer.read(8))
    }
    #expect(values.prefix(12) == [0, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 9])
    #expect(reached == [110, 120])
    #expect(timer.nextInterrupt == 130)
  }

  @Test func catchingUpLate_findsTheSameCount() {
    for reload in [UInt32(1), 2, 9, 1000] {
      for late in [UInt64(1), 3, 10, 11, 999, 5000] {
        var slow = SysTick(referenceDivider: 0)
        slow.write(4, reload, at: 0)
        slow.write(0, 7, at: 0)
        var fast = slow
        for cycle in 1...late { _ = slow.catchUp(to: cycle) }
        _ = fast.catchUp(to: late)
        let (value, expected) = (fast.read(8), slow.read(8))
        #expect(value == expected, "reload \(reload), \(late) cycles")
        #expect(fast.nextInterrupt == slow.nextInterrupt)
      }
    }
  }

  @Test func countFlag_clearsOnRead() {
    var timer = SysTick(referenceDivider: 0)
    timer.write(4, 3, at: 0)
    timer.write(0, 5, at: 0)
    let pends = timer.catchUp(to: 50)
    let (first, second) = (timer.read(0), timer.read(0))
    #expect(!pends)
    #expect(first == 1 << 16 | 5)
    #expect(second == 5)
  }

  @Test func zeroReload_neverCounts() {
    var timer = SysTick(referenceDivider: 0)
    timer.write(0, 7, at: 0)
    #expect(timer.nextInterrupt == .max)
    let pends = timer.catchUp(to: 100_000)
    let value = timer.read(8)
    #expect(!pends)
    #expect(value == 0)
  }

  @Test(arguments: [false, true])
  func interrupt_comesAtTheExactCycle(stepsOnly: Bool) {
    let machine = TestMachine([0x3001, 0xE7FD], stepsOnly: stepsOnly)
    machine.setHandler(15, [0x4770])
    machine.control(Self.reload, 999)
    machine.control(Self.control, 7)
    #expect(machine.core.nextInternalEvent == Instant(sinceReset: Cycles(1000)))
    machine.run(3500)
    #expect(machine.entered.map(\.number) == [15, 15, 15])
    for (index, entry) in machine.entered.enumerated() {
      // At most one instruction, here a branch of 3 cycles, comes before the entry of 12.
      let due = UInt64(index + 1) * 1000 + 12
      #expect((due...due + 3).contains(entry.cycle))
    }
  }

  @Test func sleepingCore_wakesForIt() {
    let machine = TestMachine([0xBF30, 0x3001, 0xE7FC])
    machine.setHandler(15, [0x4770])
    machine.control(Self.reload, 499)
    machine.control(Self.control, 7)
    #expect(machine.run(10_000).name == "sleeping waitForInterrupt")
    machine.core.advance(to: machine.core.nextInternalEvent)
    machine.run(40)
    #expect(machine.entered.map(\.cycle) == [512])
    #expect(machine.core[register: 0] == 1)
  }
}

@Suite struct SystemControlTests {
  @Test func identification_isThatOfACortexM4() {
    let machine = TestMachine()
    #expect(machine.control(0xE000_ED00) == 0x410F_C241)
    #expect(machine.control(0xE000_EF40) == 0x1011_0021)
    #expect(machine.control(0xE000_EF44) == 0x1100_0011)
    #expect(machine.control(0xE000_ED90) == 0x800)
    #expect(machine.control(0xE000_E004) == 1)
    #expect(machine.control(0xE000_ED0C) == 0xFA05_0000)
    #expect(machine.control(0xE000_ED14) == 0x200)
  }

  @Test func priorities_takeBytesAndKeepTheImplementedBits() {
    let machine = TestMachine()
    _ = machine.core.writeAligned(0xE000_E406, 0xFF, 1, privileged: true)
    #expect(machine.control(0xE000_E404) == 0x00E0_0000)
    machine.control(0xE000_ED20, 0xFFFF_FFFF)
    #expect(machine.control(0xE000_ED20) == 0xE0E0_00E0)
    machine.control(0xE000_E440, 0xFFFF_FFFF)
    #expect(machine.control(0xE000_E440) == 0)
  }

  @Test func setAndClearRegisters_mirrorEachOther() {
    let machine = TestMachine()
    machine.control(0xE000_E104, 0xFFFF_FFFF)
    #expect(machine.control(0xE000_E184) == 0x0000_FFFF)
    machine.control(0xE000_E184, 0xFF)
    #expect(machine.control(0xE000_E104) == 0x0000_FF00)
    machine.control(0xE000_E200, 0x10)
    #expect(machine.control(0xE000_E280) == 0x10)
    machine.control(0xE000_E280, 0x10)
    #expect(machine.control(0xE000_E200) == 0)
  }

  @Test func pendingClear_doesNotBeatAHighLine() {
    let machine = TestMachine()
    machine.core.setInterrupt(4, raised: true)
    machine.control(0xE000_E280, 0x10)
    #expect(machine.control(0xE000_E200) == 0x10)
    machine.core.setInterrupt(4, raised: false)
    #expect(machine.control(0xE000_E200) == 0x10)
    machine.control(0xE000_E280, 0x10)
    #expect(machine.control(0xE000_E200) == 0)
  }

  @Test func faultStatus_clearsByWritingOnesInAnyWidth() {
    let machine = TestMachine()
    machine.core.faults.cfsr = 0x0203_8282
    _ = machine.core.writeAligned(0xE000_ED29, 0x80, 1, privileged: true)
    #expect(machine.control(0xE000_ED28) == 0x0203_0282)
    machine.control(0xE000_ED28, 0xFFFF_FFFF)
    #expect(machine.control(0xE000_ED28) == 0)
  }

  @Test func protectionRegisters_readBack() {
    let machine = TestMachine()
    machine.control(0xE000_ED98, 3)
    machine.control(0xE000_ED9C, 0x2000_0000)
    machine.control(0xE000_EDA0, 0x1302_0021)
    #expect(machine.control(0xE000_ED9C) == 0x2000_0003)
    #expect(machine.control(0xE000_EDA0) == 0x1302_0021)
    machine.control(0xE000_ED9C, 0x2000_1000 | 0x10 | 5)
    #expect(machine.control(0xE000_ED98) == 5)
    #expect(machine.unmodelled.isEmpty)
    machine.control(0xE000_ED94, 5)
    #expect(machine.control(0xE000_ED94) == 5)
    #expect(machine.unmodelled.isEmpty)
  }

  @Test func unknownRegisters_readZeroAndAreNamedToTheBus() {
    let machine = TestMachine()
    #expect(machine.control(0xE004_1000) == 0)
    machine.control(0xE000_2000, 1)
    #expect(machine.unmodelled == [0xE004_1000, 0xE000_2000])
  }

  @Test func stimulusPorts_reachTheBusWithoutAProbe() {
    // ldr r2, [r0]; str r1, [r0]; strb r1, [r0, #4]; b .
    let machine = TestMachine([0x6802, 0x6001, 0x7101, 0xE7FE])
    machine.core[register: 0] = 0xE000_0000
    machine.core[register: 1] = 0x1234_5678
    machine.run(20)
    #expect(machine.core[register: 2] == 1)
    #expect(machine.traced == [[0, 0x1234_5678, 4], [1, 0x78, 1]])
  }

  @Test func stimulusPorts_areKeptFromUnprivilegedCodeWhereAsked() {
    // msr control, r3; ldr r2, [r0]; str r1, [r0]; str r1, [r0, #32]; b .
    let machine = TestMachine([0xF383, 0x8814, 0x6802, 0x6001, 0x6201, 0xE7FE])
    machine.control(0xE000_0E40, 1)
    machine.core[register: 0] = 0xE000_0000
    machine.core[register: 1] = 5
    machine.core[register: 3] = 1
    machine.run(40)
    #expect(machine.core[register: 2] == 1)
    #expect(machine.traced == [[8, 5, 4]])
    #expect(machine.entered.isEmpty)
  }

  @Test func cycleCounter_standsStillInSleep() {
    let machine = TestMachine([0xBF30, 0xE7FE])
    machine.control(0xE000_1000, 1)
    machine.run(100)
    let before = machine.control(0xE000_1004)
    machine.core.advance(to: machine.core.now + Cycles(1000))
    #expect(machine.control(0xE000_1004) == before)
    #expect(machine.control(0xE000_1000) >> 28 == 4)
  }

  @Test func comparators_holdWhatIsWritten() {
    let machine = TestMachine()
    machine.control(0xE000_1030, 0x2000_0100)
    #expect(machine.control(0xE000_1030) == 0x2000_0100)
  }
}
