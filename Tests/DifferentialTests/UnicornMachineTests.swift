// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// The reference is what we take it for: state goes in and comes out, faults are seen.
@Suite struct UnicornMachineTests {
  private func machine(_ code: [UInt16]) throws -> (UnicornMachine, end: UInt32) {
    let machine = try UnicornMachine()
    machine.memory.place(code, at: TestMemory.entry)
    return (machine, TestMemory.entry + UInt32(code.count) * 2)
  }

  private func randomState(_ bits: inout SeededBits) -> ProcessorState {
    var state = ProcessorState()
    for i in 0..<15 { state.registers[i] = bits.word() }
    state.registers[13] &= ~3
    for i in 0..<32 { state.singles[i] = bits.single() }
    state.flags = UInt32(truncatingIfNeeded: bits.next()) & ProcessorState.flagsMask
    state.fpscr = UInt32(truncatingIfNeeded: bits.next()) & FPSCR.writableMask
    return state
  }

  @Test func nop_leavesEveryRegister() throws {
    let (machine, end) = try machine([0xBF00])
    var bits = SeededBits(seed: 1)
    for _ in 0..<100 {
      var state = randomState(&bits)
      machine.load(state)
      #expect(machine.run(until: end) == .completed)
      state.registers[15] = end
      #expect(machine.state == state)
    }
  }

  @Test func changedCode_isSeen() throws {
    let (machine, end) = try machine([0x2001])
    for value in 0..<UInt16(20) {
      machine.memory.place([0x2000 | value], at: TestMemory.entry)
      machine.load(ProcessorState())
      #expect(machine.run(until: end) == .completed)
      #expect(machine.state.registers[0] == UInt32(value))
    }
  }

  @Test func ifThenState_goesInAndOut() throws {
    let (machine, end) = try machine([0x2001])
    var state = ProcessorState()
    state.ifThen = 0x0C  // two instructions of ITE EQ are left
    machine.load(state)
    #expect(machine.run(until: end) == .completed)
    #expect(machine.state.registers[0] == 0, "Z is clear")
    #expect(machine.state.ifThen == 0x18)
  }

  @Test func branch_isFollowedForOneInstruction() throws {
    let (machine, _) = try machine([0x4708])  // bx r1
    var state = ProcessorState()
    state.registers[1] = TestMemory.codeBase | 1
    machine.load(state)
    #expect(machine.step() == .completed)
    #expect(machine.state.registers[15] == TestMemory.codeBase)
  }

  @Test(arguments: [[0x6808], [0xDE00], [0xDF00]] as [[UInt16]])  // ldr r0, [r1]; udf; svc
  func fault_isReported(code: [UInt16]) throws {
    let (machine, end) = try machine(code)
    machine.load(ProcessorState())
    #expect(machine.run(until: end) == .faulted)
  }

  /// FPSCR with everything on: the first float instruction must not replace it by FPDSCR.
  @Test func floatingPoint_keepsFPSCR() throws {
    let (machine, end) = try machine([0xEE30, 0x0A81])  // vadd.f32 s0, s1, s2
    var state = ProcessorState()
    state.fpscr = 0x03C0_0010
    (state.singles[1], state.singles[2]) = (0x3F80_0000, 0x4000_0001)
    machine.load(state)
    #expect(machine.run(until: end) == .completed)
    #expect(machine.state.singles[0] == 0x4040_0001)
    #expect(machine.state.fpscr == 0x03C0_0010)
  }
}
