// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel
import Testing

@testable import DebugServer

@Suite struct TimeTravelTests {
  private func picture(_ machine: Machine) -> [UInt64] {
    (0..<16).map { UInt64(machine.core[register: $0]) } + [
      machine.core.now.sinceReset.count, machine.core.instructionsExecuted,
      machine.finalTrace().value,
    ]
  }

  @Test func stepsBack_areTheStepsForward() throws {
    let client = try Client(Guest.busy)
    client.ask("Z1,100a0,2")
    for _ in 0..<5 { client.ask("c") }
    var pictures: [[UInt64]] = []
    for _ in 0..<40 {
      pictures.append(picture(client.debuggee.machine))
      client.ask("s")
    }
    for expected in pictures.reversed() {
      #expect(client.ask("bs").hasPrefix("T05"))
      #expect(picture(client.debuggee.machine) == expected)
    }
  }

  @Test func goingBack_stopsAtTheLastBreakpoint() throws {
    let client = try Client(Guest.busy)
    client.ask("Z1,100a0,2")
    var pictures: [[UInt64]] = []
    for _ in 0..<12 {
      #expect(client.ask("c").contains("hwbreak"))
      pictures.append(picture(client.debuggee.machine))
    }
    for expected in pictures.dropLast().reversed() {
      #expect(client.ask("bc").contains("hwbreak"))
      #expect(picture(client.debuggee.machine) == expected)
    }
    #expect(client.ask("bc") == "T05thread:1;replaylog:begin;")
    #expect(client.ask("bs") == "T05thread:1;replaylog:begin;")
    #expect(client.pc == 0x1_0040)
    for expected in pictures {
      client.ask("c")
      #expect(picture(client.debuggee.machine) == expected)
    }
  }

  @Test func goingBackOverAStore_stopsBeforeIt() throws {
    let client = try Client(Guest.counting)
    client.ask("Z2,20000000,4")
    for _ in 0..<5 { client.ask("c") }
    #expect(client.word(0x2000_0000) == 5)
    for value in (0..<5).reversed() {
      #expect(client.ask("bc").contains("watch:20000000"))
      #expect(client.word(0x2000_0000) == UInt64(value))
      #expect(client.pc == 0x1_0046)
    }
    #expect(client.ask("bc").contains("replaylog:begin"))
  }

  /// Over several snapshots, and thinned ones.
  @Test func longWaysBack_areExact() throws {
    let machine = try Guest.machine(Guest.busy)
    let client = Client(machine, until: StopConditions(duration: Cycles(96_000_000)))
    client.ask("Z1,100a0,2")
    client.ask("c")
    let first = picture(machine)
    client.ask("z1,100a0,2")
    #expect(client.ask("c").hasSuffix("T05thread:1;"))
    #expect(client.debuggee.history.checkpoints.count > 40)
    let last = machine.core.instructionsExecuted
    client.ask("bs")
    #expect(machine.core.instructionsExecuted == last - 1)
    client.ask("Z2,20000004,4")
    #expect(client.ask("bc").contains("watch"))
    client.ask("z2,20000004,4")
    client.ask("bc")
    client.ask("Z1,100a0,2")
    client.ask("c")
    #expect(picture(machine) == first)
  }

  @Test func debuggedRun_endsInTheSameTrace() throws {
    let duration = StopConditions(duration: Cycles(2_000_000))
    let plain = try Guest.machine(Guest.busy)
    _ = plain.run(until: duration)
    let machine = try Guest.machine(Guest.busy)
    let client = Client(machine, until: duration)
    client.ask("Z2,20000000,4")
    for _ in 0..<20 { client.ask("c") }
    for _ in 0..<7 { client.ask("bc") }
    for _ in 0..<30 { client.ask("s") }
    for _ in 0..<3 { client.ask("bs") }
    client.ask("z2,20000000,4")
    #expect(client.ask("c").hasSuffix("T05thread:1;"))
    #expect(machine.finalTrace().value == plain.finalTrace().value)
  }

  @Test func changes_arePartOfThePast() throws {
    let client = try Client(Guest.counting)
    client.ask("Z1,10046,2")
    for _ in 0..<3 { client.ask("c") }
    client.ask("P0=00010000")
    client.ask("M20000020,1:5a")
    for _ in 0..<3 { client.ask("c") }
    #expect(client.register(0) == 0x103)
    client.ask("bc")
    client.ask("bc")
    #expect(client.register(0) == 0x101)
    client.ask("bc")
    #expect(client.register(0) == 0x100, "what was written there has been written")
    client.ask("bc")
    #expect(client.register(0) == 2)
    #expect(client.word(0x2000_0020) == 0)
    for _ in 0..<4 { client.ask("c") }
    #expect(client.register(0) == 0x103)
    #expect(client.word(0x2000_0020) == 0x5A)
    // Another past has another future.
    for _ in 0..<4 { client.ask("bc") }
    client.ask("P0=00000000")
    for _ in 0..<3 { client.ask("c") }
    #expect(client.register(0) == 3)
    #expect(client.word(0x2000_0020) == 0)
  }

  @Test func resetByTheDebugger_canBeUndone() throws {
    let client = try Client(Guest.counting)
    client.ask("Z1,10046,2")
    for _ in 0..<3 { client.ask("c") }
    _ = client.monitor("reset")
    #expect(client.pc == 0x1_0040)
    client.ask("c")
    #expect(client.register(0) == 1)
    client.ask("bs")
    client.ask("bs")
    #expect(client.pc == 0x1_0040)
    client.ask("bs")
    #expect(client.register(0) == 2)
  }
}
