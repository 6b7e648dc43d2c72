// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import CortexM

/// The two tiers are one core: equal in registers, memory, cycles and reasons to stop.
@Suite struct TiersTests {
  private static let rows = Encoding.all(of: .cortexM4F)

  /// Everything that a guest or a machine could tell apart.
  private static func picture(_ machine: TestMachine, _ outcome: Outcome) -> String {
    let core = machine.core
    let registers = (0..<16).map { String(core[register: $0], radix: 16) }
    let singles = (0..<32).map { String(core[single: $0], radix: 16) }
    let other = [
      core.xpsr, core.control, core.floatingPointStatus, core.faults.cfsr, core.faults.hfsr,
      core.stackPointer(.main), core.stackPointer(.process),
    ].map { String($0, radix: 16) }
    let use = core.stackUse(.main)
    return [
      outcome.name, "\(machine.cycle)", "\(core.instructionsExecuted)",
      registers.joined(separator: " "), singles.joined(separator: " "),
      other.joined(separator: " "), "\(use.lowestPointer ?? 0) \(use.lowestWrite ?? 0)",
      "\(machine.entered.map(\.number)) \(machine.entered.map(\.cycle))",
    ].joined(separator: "\n")
  }

  private static func checksum(_ bytes: UnsafeMutablePointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    UnsafeRawBufferPointer(start: bytes, count: TestMachine.size).withMemoryRebound(
      to: UInt64.self
    ) { for word in $0 { hash = (hash ^ word) &* 0x100_0000_01B3 } }
    return hash
  }

  /// Runs both tiers with the same deadlines and interrupts and compares them at each.
  private func expectEqualTiers(
    seed: UInt64, slices: Int, _ prepare: (TestMachine, inout SeededRandom) -> Void
  ) {
    let machines = [false, true].map { stepsOnly in
      var random = SeededRandom(seed: seed)
      let machine = TestMachine(stepsOnly: stepsOnly)
      prepare(machine, &random)
      return machine
    }
    var random = SeededRandom(seed: ~seed)
    for slice in 0..<slices {
      let length = UInt64.random(in: 1...200, using: &random)
      let line = Int.random(in: 0..<8, using: &random)
      let raised = Bool.random(using: &random)
      let pictures = machines.map { machine in
        machine.core.setInterrupt(line, raised: raised)
        machine.schedule = [(machine.cycle + length / 2, line, !raised)]
        let outcome = machine.runSchedule(until: machine.cycle + length)
        if case .sleeping = outcome { machine.core.advance(to: machine.core.now + Cycles(length)) }
        if case .breakpoint = outcome { machine.core.skipBreakpoint() }
        return (Self.picture(machine, outcome), outcome.report != nil)
      }
      guard pictures[0].0 == pictures[1].0 else {
        Issue.record(
          "seed \(seed), slice \(slice):\nblocks \(pictures[0].0)\nstepper \(pictures[1].0)")
        return
      }
      if pictures[0].1 { break }
    }
    #expect(Self.checksum(machines[0].ram) == Self.checksum(machines[1].ram), "seed \(seed)")
  }

  /// Handlers that return, so that faults and interrupts go on; a fault skips nothing, so that a
  /// program that faults for ever is part of the test.
  private static func prepare(_ machine: TestMachine, _ random: inout SeededRandom) {
    for number in 2..<32 {
      // adds r0, #1; ldr r1, [sp, #24]; adds r1, #2; str r1, [sp, #24]; bx lr: past the culprit.
      machine.setHandler(number, [0x3001, 0x9906, 0x3102, 0x9106, 0x4770])
    }
    machine.control(0xE000_ED88, 0xF << 20)
    machine.control(0xE000_ED24, UInt32.random(in: 0...7, using: &random) << 16)
    machine.control(0xE000_E100, 0xFF)
    for line in 0..<8 {
      machine.enable(line, priority: UInt32.random(in: 0...7, using: &random) << 5)
    }
    for index in 0..<13 {
      machine.core[register: index] = address(&random)
    }
    for index in 0..<32 {
      machine.core[single: index] = UInt32.random(in: 0...UInt32.max, using: &random)
    }
    machine.core.watchStack(.main, region: 0x2000_7000..<0x2000_8000)
  }

  /// Mostly addresses that lead somewhere.
  private static func address(_ random: inout SeededRandom) -> UInt32 {
    let offset = UInt32.random(in: 0...0xFFFF, using: &random)
    switch UInt32.random(in: 0...7, using: &random) {
    case 0: return offset
    case 1: return 0x4000_0000 + offset
    case 2: return UInt32.random(in: 0...UInt32.max, using: &random)
    case 3: return offset & 0xFF
    default: return 0x2000_0000 + offset & 0xFFFF_FFFC
    }
  }

  @Test(arguments: 0..<60)
  func tiers_agreeOnRandomInstructions(seed: Int) {
    for part in 0..<8 {
      expectEqualTiers(seed: UInt64(seed * 8 + part), slices: 40) { machine, random in
        Self.prepare(machine, &random)
        var halves: [UInt16] = []
        while halves.count < 400 {
          let row = Self.rows.randomElement(using: &random) ?? Self.rows[0]
          let word = row.randomWord(using: &random)
          if row.pattern.width == 32 { halves.append(UInt16(word >> 16)) }
          halves.append(UInt16(truncatingIfNeeded: word))
        }
        machine.place(halves, at: TestMachine.start)
      }
    }
  }

  /// Unprivileged and privileged code, regions of every kind, and handlers that move them about.
  @Test(arguments: 0..<30)
  func tiers_agreeUnderMemoryProtection(seed: Int) {
    for part in 0..<4 {
      expectEqualTiers(seed: UInt64(9000 + seed * 4 + part), slices: 40) { machine, random in
        Self.prepare(machine, &random)
        for number in UInt32(0)..<6 {
          let bases: [UInt32] = [0, 0x2000_0000, 0x2000_7000, 0x4000_0000]
          let base = bases.randomElement(using: &random) ?? 0
          let inside = UInt32.random(in: 0...0xFFFF, using: &random) & ~0x1F
          machine.control(0xE000_ED9C, (number < 3 ? base : base + inside) | 0x10 | number)
          let size = UInt32.random(in: number < 3 ? 13...16 : 4...12, using: &random)
          let permission = UInt32.random(in: 0...15, using: &random) << 24
          let never = UInt32.random(in: 0...9, using: &random) == 0 ? UInt32(1) << 28 : 0
          let readable: UInt32 = number < 3 ? 2 << 24 : 0
          let eighths = UInt32.random(in: 0...255, using: &random) << 8
          machine.control(
            0xE000_EDA0, permission | readable | never | (number < 3 ? 0 : eighths) | size << 1 | 1)
        }
        machine.control(0xE000_ED94, UInt32.random(in: 0...7, using: &random) | 1)
        if Bool.random(using: &random) { machine.core.writeSpecial(20, 1) }
        // One handler turns the unit off and on: ldr r3, [r2]; eor r3, #1; str r3, [r2]; bx lr
        machine.setHandler(17, [0x4A03, 0x6813, 0xF083, 0x0301, 0x6013, 0x4770])
        machine.setWord(0x1000 + 17 * 0x40 + 16, 0xE000_ED94)
        var halves: [UInt16] = []
        while halves.count < 400 {
          let row = Self.rows.randomElement(using: &random) ?? Self.rows[0]
          let word = row.randomWord(using: &random)
          if row.pattern.width == 32 { halves.append(UInt16(word >> 16)) }
          halves.append(UInt16(truncatingIfNeeded: word))
        }
        machine.place(halves, at: TestMachine.start)
      }
    }
  }

  /// 100,000 half words of nonsense, in flash and in RAM.
  @Test(arguments: 0..<50)
  func tiers_agreeOnNoise(seed: Int) {
    for part in 0..<5 {
      expectEqualTiers(seed: UInt64(1000 + seed * 5 + part), slices: 40) { machine, random in
        Self.prepare(machine, &random)
        let halves = (0..<400).map { _ in UInt16.random(in: 0...UInt16.max, using: &random) }
        machine.place(halves, at: TestMachine.start)
        machine.place(halves, at: TestMachine.ramBase + 0x100)
        if Bool.random(using: &random) {
          machine.core[register: 15] = TestMachine.ramBase + 0x100
        }
      }
    }
  }

  @Test func fetchWaitStates_costTheSameInBothTiers() {
    for seed in 0..<20 {
      expectEqualTiers(seed: UInt64(5000 + seed), slices: 20) { machine, random in
        Self.prepare(machine, &random)
        machine.core.setInstructionCache(enabled: false)
        let halves = (0..<300).map { _ in UInt16.random(in: 0...0xDFFF, using: &random) }
        machine.place(halves, at: TestMachine.start)
      }
    }
  }
}
