// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

@Suite struct DebugStopsTests {
  /// r0 counts to ten in memory at r7 = 0x20000000, then `b .`
  private static let counting: [UInt16] = [
    0x2700, 0x2001, 0x0740, 0x4607,  // movs r7, #0; movs r0, #1; lsls r0, r0, #29; mov r7, r0
    0x2000,  // movs r0, #0
    0x3001, 0x6038, 0x280A,  // 0x20A: adds r0, #1; str r0, [r7]; cmp r0, #10
    0xBF14, 0x2101, 0x2102,  // ite ne; movne r1, #1; moveq r1, #2
    0xD1F8, 0xE7FE,  // bne 0x20A; b .
  ]

  private func run(_ machine: TestMachine, _ stops: DebugStops) -> DebugStop? {
    machine.core.stop(at: stops)
    _ = machine.core.run(until: Instant(sinceReset: Cycles(100_000)))
    return machine.core.debugStop
  }

  @Test(arguments: [false, true]) func everyInstructionLimit_isMetExactly(stepsOnly: Bool) {
    let reference = TestMachine(Self.counting, stepsOnly: true)
    var pictures: [[UInt64]] = []
    for count in UInt64(1)...80 {
      var stops = DebugStops()
      stops.instructionLimit = count
      #expect(run(reference, stops) == .instructionLimit)
      pictures.append(picture(reference))
    }
    for count in [1, 7, 30, 63, 64, 65, 70, 80] {
      let machine = TestMachine(Self.counting, stepsOnly: stepsOnly)
      var stops = DebugStops()
      stops.instructionLimit = UInt64(count)
      #expect(run(machine, stops) == .instructionLimit)
      #expect(picture(machine) == pictures[count - 1])
    }
  }

  private func picture(_ machine: TestMachine) -> [UInt64] {
    (0..<16).map { UInt64(machine.core[register: $0]) } + [
      UInt64(machine.core.xpsr), machine.cycle, machine.core.instructionsExecuted,
    ]
  }

  /// Folding makes instructions that cost nothing; the limit is exact all the same.
  @Test func foldedInstructions_doNotOvershoot() {
    var program: [UInt16] = []
    for _ in 0..<60 { program += [0x3001, 0xBF08, 0x3101] }  // adds r0, #1; it eq; addeq r1, #1
    program.append(0xE7FE)
    for limit in UInt64(60)...180 {
      let machine = TestMachine(program)
      var stops = DebugStops()
      stops.instructionLimit = limit
      #expect(run(machine, stops) == .instructionLimit)
      #expect(machine.core.instructionsExecuted == limit)
    }
  }

  @Test func breakpoint_stopsBeforeItsInstruction_andAgainNextTime() {
    let machine = TestMachine(Self.counting)
    var stops = DebugStops()
    stops.breakpoints = [0x20C]
    for turn in UInt32(1)...10 {
      #expect(run(machine, stops) == .breakpoint)
      #expect(machine.core[register: 15] == 0x20C)
      #expect(machine.core[register: 0] == turn)
    }
    #expect(run(machine, stops) == nil)
  }

  @Test func breakpointInsideAnIfThenBlock_isMet() {
    let machine = TestMachine(Self.counting)
    var stops = DebugStops()
    stops.breakpoints = [0x214]
    #expect(run(machine, stops) == .breakpoint)
    #expect(machine.core[register: 15] == 0x214)
    #expect(machine.core[register: 1] == 1)
  }

  @Test func watchpoint_stopsBehindTheStore() {
    let machine = TestMachine(Self.counting)
    let watch = DebugStops.Watchpoint(.write, 0x2000_0000...0x2000_0003)
    var stops = DebugStops()
    stops.watchpoints = [DebugStops.Watchpoint(.read, 0x2000_0000...0x2000_0003), watch]
    for turn in UInt32(1)...10 {
      #expect(run(machine, stops) == .watchpoint(watch))
      #expect(machine.core[register: 15] == 0x20E)
      #expect(machine.word(0x2000_0000) == turn)
    }
    #expect(run(machine, stops) == nil)
  }

  @Test func debugging_changesNoCycle() {
    let plain = TestMachine(Self.counting)
    _ = plain.core.run(until: Instant(sinceReset: Cycles(500)))
    let debugged = TestMachine(Self.counting)
    var stops = DebugStops()
    stops.breakpoints = [0x20C, 0x214]
    stops.watchpoints = [.init(.access, 0x2000_0000...0x2000_0000)]
    repeat {
      debugged.core.stop(at: stops)
      _ = debugged.core.run(until: Instant(sinceReset: Cycles(500)))
    } while debugged.core.debugStop != nil
    #expect(picture(debugged) == picture(plain))
  }
}
