// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

@Suite struct InterruptTests {
  /// adds r0, #1 for ever.
  private static let counting: [UInt16] = [0x3001, 0xE7FD]
  /// adds r5, #1; bx lr
  private static let handler: [UInt16] = [0x3501, 0x4770]

  @Test(arguments: [false, true])
  func interrupt_stacksTheFrameAndTakesTwelveCycles(stepsOnly: Bool) {
    let machine = TestMachine(Self.counting, stepsOnly: stepsOnly)
    machine.setHandler(16 + 5, Self.handler)
    machine.enable(5)
    for index in 1..<13 { machine.core[register: index] = UInt32(index * 0x11) }
    machine.step()
    let (cycle, pc) = (machine.cycle, machine.core[register: 15])
    machine.core.setInterrupt(5, raised: true)
    machine.step()
    #expect(machine.cycle == cycle + 12)
    machine.core.setInterrupt(5, raised: false)
    machine.step()
    #expect(machine.entered.map(\.number) == [21])
    #expect(machine.entered.first?.cycle == cycle + 12)
    let frame = TestMachine.stackTop - 0x20
    #expect(machine.core[register: 13] == frame)
    #expect(machine.core[register: 14] == 0xFFFF_FFF9)
    let words = (0..<8).map { machine.word(frame + UInt32($0 * 4)) }
    #expect(words == [1, 0x11, 0x22, 0x33, 0xCC, 0xFFFF_FFFF, pc, 0x0100_0000])
    #expect(machine.core.currentException == 21)
    machine.step()
    #expect(machine.returned == [21])
    #expect(machine.core[register: 5] == 0x56)
    #expect(machine.core[register: 15] == pc)
    #expect(machine.core[register: 13] == TestMachine.stackTop)
    #expect(machine.core.currentException == 0)
  }

  @Test func frame_isAlignedToEightBytes() {
    let machine = TestMachine(Self.counting)
    machine.setHandler(16, Self.handler)
    machine.enable(0)
    machine.core[register: 13] = TestMachine.stackTop - 4
    machine.core.setInterrupt(0, raised: true)
    machine.step()
    machine.core.setInterrupt(0, raised: false)
    #expect(machine.core[register: 13] == TestMachine.stackTop - 0x28)
    #expect(machine.word(TestMachine.stackTop - 0x28 + 28) & 1 << 9 != 0)
    machine.run(60)
    #expect(machine.core[register: 13] == TestMachine.stackTop - 4)
  }

  @Test func level_pendsAgainUntilTheLineFalls() {
    let machine = TestMachine(Self.counting)
    machine.setHandler(16, Self.handler)
    machine.enable(0)
    machine.core.setInterrupt(0, raised: true)
    machine.run(200)
    #expect(machine.core[register: 5] > 3)
    #expect(machine.core[register: 0] == 0)
    machine.core.setInterrupt(0, raised: false)
    machine.run(200)
    #expect(machine.core[register: 0] > 10)
  }

  @Test func tailChaining_takesSixCyclesAndKeepsTheFrame() {
    let machine = TestMachine(Self.counting)
    machine.setHandler(16, Self.handler)
    machine.setHandler(17, Self.handler)
    machine.enable(0, priority: 0x20)
    machine.enable(1, priority: 0x40)
    machine.control(0xE000_E200, 3)
    machine.run(100)
    #expect(machine.entered.map(\.number) == [16, 17])
    let first = machine.entered[0].cycle
    // adds 1, bx 1 + P, chain 6.
    #expect(machine.entered[1].cycle == first + 1 + 1 + 6)
    #expect(machine.returned == [16, 17])
    #expect(machine.core[register: 13] == TestMachine.stackTop)
  }

  /// A second interrupt while the frame is being popped: no second frame, six cycles.
  @Test(arguments: [false, true])
  func arrivalDuringTheReturn_isTailChained(hasFloats: Bool) {
    let program: [UInt16] = hasFloats ? [0xEE00, 0x0A10, 0x3001, 0xE7FD] : Self.counting
    let machine = TestMachine(program)
    machine.control(0xE000_ED88, 0xF << 20)
    machine.setHandler(16, Self.handler)
    machine.setHandler(17, Self.handler)
    machine.enable(0)
    machine.enable(1)
    machine.run(20)
    let picture = { (0..<16).map { machine.core[register: $0] } + [machine.core[single: 0]] }
    var before = picture()
    machine.control(0xE000_E200, 1)
    while machine.returned.isEmpty { machine.step() }
    let back = machine.cycle
    machine.control(0xE000_E200, 2)
    machine.step(2)
    #expect(machine.core[register: 14] == (hasFloats ? 0xFFFF_FFE9 : 0xFFFF_FFF9))
    #expect(machine.entered.map(\.number) == [16, 17])
    #expect(machine.entered.last?.cycle == back + 6)
    while machine.returned.count < 2 { machine.step() }
    before[5] += 2
    #expect(picture() == before)
    #expect(machine.core.control == (hasFloats ? 4 : 0))
  }

  @Test func faultBehindAReturn_stacksAFrameOfItsOwn() {
    // svc 0; udf #0
    let machine = TestMachine([0xDF00, 0xDE00])
    machine.setHandler(3, [0xE7FE])
    machine.setHandler(11, [0x4770])
    machine.run(60)
    #expect(machine.entered.map(\.number) == [11, 3])
    // bx 1, exit 10, udf 1, entry 12.
    #expect(machine.entered[1].cycle == machine.entered[0].cycle + 1 + 10 + 1 + 12)
  }

  @Test func lateArrival_takesTheMoreUrgentFirst() {
    let machine = TestMachine(Self.counting)
    machine.setHandler(16, Self.handler)
    machine.setHandler(17, Self.handler)
    machine.enable(0, priority: 0x40)
    machine.enable(1, priority: 0x20)
    machine.control(0xE000_E200, 1)
    machine.step()
    #expect(machine.entered.isEmpty)
    // The frame is on the stack, the vector not yet fetched.
    machine.control(0xE000_E200, 2)
    machine.run(100)
    #expect(machine.entered.map(\.number) == [17, 16])
    #expect(machine.core[register: 13] == TestMachine.stackTop)
  }

  @Test func preemption_followsTheGroupPriority() {
    let machine = TestMachine(Self.counting)
    machine.setHandler(16, [0xE7FE])
    machine.setHandler(17, [0xE7FE])
    machine.setHandler(18, [0xE7FE])
    // Three bits of priority; PRIGROUP 5 leaves two for the group.
    machine.control(0xE000_ED0C, 0x05FA_0500)
    machine.enable(0, priority: 0x60)
    machine.enable(1, priority: 0x40)
    machine.enable(2, priority: 0x20)
    machine.control(0xE000_E200, 1)
    machine.run(50)
    machine.control(0xE000_E200, 2)
    machine.run(50)
    #expect(machine.entered.map(\.number) == [16])
    machine.control(0xE000_E200, 4)
    machine.run(50)
    #expect(machine.entered.map(\.number) == [16, 18])
    #expect(machine.core[register: 14] == 0xFFFF_FFF1)
  }

  @Test func masks_holdInterruptsBack() {
    // cpsid i; nop; cpsie i; nop
    let machine = TestMachine([0xB672, 0xBF00, 0xB662, 0xBF00, 0xE7FE])
    machine.setHandler(16, Self.handler)
    machine.enable(0, priority: 0x40)
    machine.step()
    machine.control(0xE000_E200, 1)
    machine.step(2)
    #expect(machine.entered.isEmpty)
    machine.run(60)
    #expect(machine.entered.map(\.number) == [16])
    // BASEPRI at the interrupt's own priority masks it; below it does not.
    machine.core.writeSpecial(17, 0x40)
    machine.control(0xE000_E200, 1)
    machine.run(50)
    #expect(machine.entered.count == 1)
    machine.core.writeSpecial(17, 0x60)
    machine.run(50)
    #expect(machine.entered.count == 2)
  }

  @Test func supervisorCall_returnsBehindItself() {
    let machine = TestMachine([0xDF05, 0x2101, 0xE7FE])
    machine.setHandler(11, Self.handler)
    machine.run(100)
    #expect(machine.entered.map(\.number) == [11])
    #expect(machine.core[register: 5] == 1)
    #expect(machine.core[register: 1] == 1)
  }

  @Test func pendSV_runsAfterEverythingElse() {
    let machine = TestMachine(Self.counting)
    machine.setHandler(14, Self.handler)
    machine.setHandler(16, Self.handler)
    machine.control(0xE000_ED20, 0xE0 << 16)
    machine.enable(0, priority: 0x20)
    machine.control(0xE000_ED04, 1 << 28)
    machine.control(0xE000_E200, 1)
    #expect(machine.control(0xE000_ED04) & 1 << 28 != 0)
    machine.run(100)
    #expect(machine.entered.map(\.number) == [16, 14])
  }

  @Test func processStack_isUsedByThreadAndLeftByHandlers() {
    // msr psp, r1; movs r2, #2; msr control, r2; isb; push {r2}; b .
    let machine = TestMachine([
      0xF381, 0x8809, 0x2202, 0xF382, 0x8814, 0xF3BF, 0x8F6F, 0xB404, 0xE7FE,
    ])
    machine.core[register: 1] = 0x2000_4000
    machine.setHandler(16, Self.handler)
    machine.enable(0)
    machine.run(30)
    #expect(machine.core[register: 13] == 0x2000_3FFC)
    #expect(machine.core.stackPointer(.main) == TestMachine.stackTop)
    machine.control(0xE000_E200, 1)
    machine.step(2)
    #expect(machine.core[register: 14] == 0xFFFF_FFFD)
    #expect(machine.core[register: 13] == TestMachine.stackTop)
    #expect(machine.core.stackPointer(.process) == 0x2000_3FFC - 0x24)
    machine.run(60)
    #expect(machine.core[register: 13] == 0x2000_3FFC)
    let lowest: UInt32 = 0x2000_3FFC - 0x24
    #expect(machine.core.stackUse(.process).lowestPointer == lowest)
  }
}

@Suite struct SleepTests {
  private static let handler: [UInt16] = [0x3501, 0x4770]

  @Test func waitForInterrupt_sleepsUntilOne() {
    let machine = TestMachine([0xBF30, 0x2001, 0xE7FE])
    machine.setHandler(16, Self.handler)
    machine.enable(0)
    #expect(machine.run(1000).name == "sleeping waitForInterrupt")
    let cycle = machine.cycle
    machine.core.advance(to: machine.core.now + Cycles(5000))
    #expect(machine.run(10).name == "sleeping waitForInterrupt")
    machine.control(0xE000_E200, 1)
    machine.run(100)
    #expect(machine.entered.first?.cycle == cycle + 5000 + 12)
    #expect(machine.core.sleepCycles == Cycles(5000))
    #expect(machine.core[register: 0] == 1)
  }

  @Test func waitForInterrupt_wakesButDoesNotEnterUnderPrimask() {
    let machine = TestMachine([0xB672, 0xBF30, 0x2001, 0xE7FE])
    machine.enable(0)
    machine.run(100)
    machine.control(0xE000_E200, 1)
    machine.run(100)
    #expect(machine.entered.isEmpty)
    #expect(machine.core[register: 0] == 1)
  }

  @Test func waitForEvent_isSatisfiedByAnEarlierEvent() {
    // sev; wfe; movs r0, #1; wfe; movs r0, #2
    let machine = TestMachine([0xBF40, 0xBF20, 0x2001, 0xBF20, 0x2002, 0xE7FE])
    #expect(machine.run(100).name == "sleeping waitForEvent")
    #expect(machine.core[register: 0] == 1)
    machine.core.sendEvent()
    machine.run(100)
    #expect(machine.core[register: 0] == 2)
  }

  @Test func sendEventOnPend_wakesForDisabledInterrupts() {
    let machine = TestMachine([0xBF20, 0x2001, 0xE7FE])
    machine.control(0xE000_ED10, 1 << 4)
    machine.run(100)
    machine.core.setInterrupt(3, raised: true)
    machine.run(100)
    #expect(machine.core[register: 0] == 1)
  }

  @Test func sleepOnExit_staysInHandlers() {
    let machine = TestMachine([0xBF30, 0x2001, 0xE7FE])
    machine.setHandler(16, Self.handler)
    machine.enable(0)
    machine.control(0xE000_ED10, 2)
    machine.run(100)
    machine.control(0xE000_E200, 1)
    #expect(machine.run(100).name == "sleeping waitForInterrupt")
    #expect(machine.core[register: 5] == 1)
    #expect(machine.core[register: 0] == 0)
  }
}
