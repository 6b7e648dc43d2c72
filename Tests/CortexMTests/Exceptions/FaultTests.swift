// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

@Suite struct FaultTests {
  /// b .
  private static let loop: [UInt16] = [0xE7FE]

  /// A machine whose fault handlers all exist and, if asked, are enabled.
  private func machine(
    _ program: [UInt16], enabled: Bool = true, stepsOnly: Bool = false
  ) -> TestMachine {
    let machine = TestMachine(program, stepsOnly: stepsOnly)
    for number in 2..<7 { machine.setHandler(number, Self.loop) }
    if enabled { machine.control(0xE000_ED24, 7 << 16) }
    return machine
  }

  @Test(arguments: [false, true])
  func busFault_isPreciseAndLeavesRegistersAlone(stepsOnly: Bool) {
    // adds r0, #1; ldmia r1!, {r2, r3}
    let machine = machine([0x3001, 0xC90C], stepsOnly: stepsOnly)
    machine.core[register: 1] = 0x2000_FFFC
    machine.core[register: 2] = 0x22
    machine.run(60)
    #expect(machine.entered.map(\.number) == [5])
    #expect(machine.control(0xE000_ED28) == 0x8200)
    #expect(machine.control(0xE000_ED38) == 0x2001_0000)
    #expect(machine.core[register: 1] == 0x2000_FFFC)
    #expect(machine.core[register: 2] == 0x22)
    #expect(machine.word(machine.core[register: 13] + 24) == TestMachine.start + 2)
  }

  @Test func disabledFault_becomesAHardFault() {
    let machine = machine([0x6808], enabled: false)
    machine.core[register: 1] = 0x6000_0000
    machine.run(60)
    #expect(machine.entered.map(\.number) == [3])
    #expect(machine.control(0xE000_ED2C) == 1 << 30)
    #expect(machine.control(0xE000_ED28) == 0x8200)
  }

  @Test(
    arguments: [
      ([0xDE00], UInt32(1 << 16)),  // udf
      ([0xEE00, 0x0A00], 1 << 19),  // vmla.f32 without CPACR
      ([0x4708], 1 << 17),  // bx r1, even
      ([0x6810], 1 << 24),  // ldr r0, [r2], unaligned with UNALIGN_TRP
      ([0xE9D2, 0x3400], 1 << 24),  // ldrd r3, r4, [r2]
      ([0xFBB5, 0xF0F6], 1 << 25),  // udiv r0, r5, r6 with DIV_0_TRP
    ] as [([UInt16], UInt32)])
  func usageFault_saysWhy(program: [UInt16], status: UInt32) {
    let machine = machine(program)
    machine.core[register: 1] = 0x300
    machine.core[register: 2] = 0x2000_0002
    machine.control(0xE000_ED14, 0x218)
    machine.run(60)
    #expect(machine.entered.map(\.number) == [6])
    #expect(machine.control(0xE000_ED28) == status)
  }

  /// str r0, [r2] to a device, one byte off: Cortex-M3 and M4 make three accesses of it.
  @Test(arguments: [ProcessorModel.cortexM3, .cortexM4])
  func unalignedStoreToADevice_isSplit(processor: ProcessorModel) {
    let configuration = CoreConfiguration(
      processor: processor, floatingPoint: .none, interruptCount: 48)
    let machine = TestMachine([0x6010, 0xE7FE], configuration)
    machine.core[register: 0] = 0x4433_2211
    machine.core[register: 2] = 0x4000_0FFF
    machine.run(10)
    #expect(
      machine.writes.map { [$0[0], $0[1] & 0xFF] } == [
        [0x4000_0FFF, 0x11], [0x4000_1000, 0x22], [0x4000_1002, 0x44],
      ])
    #expect(machine.entered.isEmpty)
  }

  @Test func unalignedStoreToADevice_isAUsageFaultOnCortexM7() {
    let machine = TestMachine(
      [0x6010, 0xE7FE],
      CoreConfiguration(processor: .cortexM7, floatingPoint: .none, interruptCount: 48))
    machine.setHandler(6, Self.loop)
    machine.control(0xE000_ED24, 7 << 16)
    machine.core[register: 2] = 0x4000_0FFF
    machine.run(30)
    #expect(machine.entered.map(\.number) == [6])
    #expect(machine.control(0xE000_ED28) == 1 << 24)
    #expect(machine.writes.isEmpty)
  }

  @Test func executeNever_isAMemManageFault() {
    let machine = machine([0x4708])
    machine.core[register: 1] = 0x4000_0001
    machine.run(60)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.control(0xE000_ED28) == 1)
  }

  @Test func missingMemory_isABusFaultOnFetch() {
    let machine = machine([0x4708])
    machine.core[register: 1] = 0x0100_0001
    machine.run(60)
    #expect(machine.entered.map(\.number) == [5])
    #expect(machine.control(0xE000_ED28) == 1 << 8)
  }

  @Test func stackingFailure_pendsABusFault() {
    let machine = machine([0x3001, 0xE7FD])
    machine.setHandler(16, Self.loop)
    machine.enable(0, priority: 0xE0)
    machine.core[register: 13] = 0x2000_0010
    machine.control(0xE000_E200, 1)
    machine.run(60)
    #expect(machine.control(0xE000_ED28) & 1 << 12 != 0)
    #expect(machine.entered.first?.number == 5)
  }

  @Test func faultInHardFault_locksUp() {
    let machine = TestMachine([0xDE00])
    machine.setHandler(3, [0xDE01])
    let outcome = machine.run(200)
    #expect(outcome.name == "lockup")
    #expect(outcome.report?.pc == 0x10C0)
  }

  @Test func badReturnValue_isInvalidPC() {
    let machine = machine([0xDF00, 0xE7FE])
    // ldr r0, [pc, #0]; bx r0; .word 0xFFFFFFE3
    machine.setHandler(11, [0x4800, 0x4700, 0xFFE3, 0xFFFF])
    machine.run(100)
    #expect(machine.entered.map(\.number) == [11, 6])
    #expect(machine.control(0xE000_ED28) == 1 << 18)
  }

  @Test func privilegedRegisters_refuseUnprivilegedCode() {
    // movs r0, #1; msr control, r0; ldr r2, [r1]
    let machine = machine([0x2001, 0xF380, 0x8814, 0x680A])
    machine.core[register: 1] = 0xE000_ED08
    machine.run(60)
    #expect(machine.entered.map(\.number) == [5])
  }
}

@Suite struct FaultReportTests {
  @Test func unhandledFault_isReportedAsADebuggerWould() throws {
    // ldr r0, [r1]: the handler is the one that stands for "nobody".
    let machine = TestMachine([0xBF00, 0x6808, 0xE7FE])
    machine.setHandler(3, [0xE7FE])
    machine.core.unhandledHandlers = [0x1000 + 3 * 0x40]
    machine.core[register: 1] = 0x6000_0004
    let outcome = machine.run(100)
    #expect(outcome.name == "unhandled 3")
    let report = try #require(outcome.report)
    #expect(report.kind == .hardFault)
    #expect(report.summary == "HardFault (PRECISERR: nothing answered a data access)")
    #expect(report.causes.count == 2)
    #expect(report.causes[1].hasPrefix("FORCED"))
    #expect(report.faultAddress == 0x6000_0004)
    #expect(report.pc == TestMachine.start + 2)
    #expect(report.sp == TestMachine.stackTop)
    #expect(report.registers[1] == 0x6000_0004)
    #expect(report.stackedFrame.count == 8)
    #expect(report.stackedFrame[6] == TestMachine.start + 2)
    let line = try #require(report.disassembly.first { $0.address == report.pc })
    #expect(line.encoding == "6808")
    #expect(line.text == "ldr r0, [r1, #0]")
  }

  @Test func missingVector_isUnhandled() {
    let machine = TestMachine([0xE7FE])
    machine.enable(7)
    machine.core.setInterrupt(7, raised: true)
    let outcome = machine.run(100)
    #expect(outcome.name == "unhandled 23")
    #expect(outcome.report?.kind == .exception(23))
    #expect(outcome.report?.summary == "interrupt 7")
  }
}

@Suite struct FloatingPointContextTests {
  /// vmov.f32 s0, #1.0; b .
  private static let program: [UInt16] = [0xEEB7, 0x0A00, 0xE7FE]
  /// nop; bx lr
  private static let handler: [UInt16] = [0xBF00, 0x4770]
  /// vmov.f32 s0, #2.0; bx lr
  private static let floatingHandler: [UInt16] = [0xEEB0, 0x0A00, 0x4770]

  private func machine(handler: [UInt16], stepsOnly: Bool) -> TestMachine {
    let machine = TestMachine(Self.program, stepsOnly: stepsOnly)
    machine.setHandler(16, handler)
    machine.enable(0)
    machine.control(0xE000_ED88, 0xF << 20)
    machine.run(20)
    return machine
  }

  @Test(arguments: [false, true])
  func lazyStacking_reservesButDoesNotStore(stepsOnly: Bool) {
    let machine = machine(handler: Self.handler, stepsOnly: stepsOnly)
    #expect(machine.core.control == 4)
    let cycle = machine.cycle
    machine.control(0xE000_E200, 1)
    machine.step(2)
    #expect(machine.entered.first?.cycle == cycle + 12)
    #expect(machine.core[register: 14] == 0xFFFF_FFE9)
    #expect(machine.core[register: 13] == TestMachine.stackTop - 0x68)
    #expect(machine.control(0xE000_EF34) & 1 != 0)
    #expect(machine.control(0xE000_EF38) == TestMachine.stackTop - 0x48)
    #expect(machine.word(TestMachine.stackTop - 0x48) == 0)
    machine.run(60)
    #expect(machine.control(0xE000_EF34) & 1 == 0)
    #expect(machine.core[single: 0] == 0x3F80_0000)
    #expect(machine.core.control == 4)
    #expect(machine.core[register: 13] == TestMachine.stackTop)
  }

  @Test(arguments: [false, true])
  func lazyStacking_storesWhenTheHandlerUsesFloats(stepsOnly: Bool) {
    let machine = machine(handler: Self.floatingHandler, stepsOnly: stepsOnly)
    machine.control(0xE000_E200, 1)
    machine.step(2)
    #expect(machine.word(TestMachine.stackTop - 0x48) == 0x3F80_0000)
    #expect(machine.core[single: 0] == 0x4000_0000)
    #expect(machine.control(0xE000_EF34) & 1 == 0)
    machine.run(80)
    #expect(machine.core[single: 0] == 0x3F80_0000)
  }

  @Test func noFloats_noExtendedFrame() {
    let machine = TestMachine([0xE7FE])
    machine.setHandler(16, Self.handler)
    machine.enable(0)
    machine.control(0xE000_ED88, 0xF << 20)
    machine.control(0xE000_E200, 1)
    machine.step(2)
    #expect(machine.core[register: 13] == TestMachine.stackTop - 0x20)
  }
}
