// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexMJIT
import MachineModel

@testable import CortexM

/// The stepper and the JIT side by side on programs of a few instructions that loop.
final class TierPair {
  let machines: [TierMachine]
  private var random: SeededCases
  private var written = TierMachine.start..<TierMachine.start

  init(
    seed: UInt64, flashWaits: Int = 0, fetchWaits: Int = 0, engine: (() -> JustInTime?)? = nil
  ) {
    random = SeededCases(seed: seed)
    machines = [false, true].map {
      TierMachine(
        isAccelerated: $0, flashWaits: flashWaits, fetchWaits: fetchWaits,
        engine: engine)
    }
    var bytes = SeededCases(seed: seed &+ 1)
    for offset in stride(from: UInt32(0), to: 0xF000, by: 4) {
      let word = bytes.chance(4) ? bytes.single() : bytes.word()
      for machine in machines {
        machine.setWord(TierMachine.ramBase + offset, word)
        if offset >= 0x3000 { machine.setWord(offset, word) }
      }
    }
    for machine in machines where fetchWaits > 0 {
      machine.core.setInstructionCache(enabled: false)
    }
  }

  /// Runs a program with random registers for some slices and compares after each; nil where all
  /// is equal.
  ///
  /// - Parameter longest: of the slices, in cycles.
  func difference(
    _ program: [UInt16], slices: Int, longest: UInt64 = 120, interrupts: Bool = true,
    fixes: (inout [UInt32]) -> Void = { _ in }
  ) -> String? {
    place(program)
    setState(fixes)
    for slice in 0..<slices {
      let length = UInt64.random(in: 1...longest, using: &random)
      let line = Int.random(in: 0..<8, using: &random)
      let raises = interrupts && random.chance(4)
      let outcomes = machines.map { machine in
        // A pulse: a line that stays up would keep the program in its handler.
        if raises {
          machine.core.setInterrupt(line, raised: true)
          machine.core.setInterrupt(line, raised: false)
        }
        return machine.run(length)
      }
      let pictures = machines.map(\.picture)
      guard outcomes[0] == outcomes[1], pictures[0] == pictures[1] else {
        return describe(program, slice, outcomes, pictures)
      }
    }
    guard machines[0].checksum == machines[1].checksum else {
      return describe(program, slices, ["memory", "memory"], machines.map(\.picture))
    }
    return nil
  }

  private func place(_ program: [UInt16]) {
    let end = TierMachine.start + UInt32(program.count * 2)
    for machine in machines {
      machine.place(program, at: TierMachine.start)
      machine.core.invalidateCode(TierMachine.start..<max(end, written.upperBound))
    }
    written = TierMachine.start..<end
  }

  private func setState(_ fixes: (inout [UInt32]) -> Void) {
    var registers = (0..<15).map { _ in random.chance(2) ? random.address() : random.word() }
    registers[13] = TierMachine.stackTop - 64 * UInt32.random(in: 0...40, using: &random)
    fixes(&registers)
    let singles = (0..<32).map { _ in random.single() }
    let flags = UInt32.random(in: 0...15, using: &random)
    let status: UInt32 = random.chance(6) ? random.word() & FPSCR.writableMask : flags << 28
    for machine in machines {
      machine.restart()
      let state = machine.core.state
      for index in 0..<15 { machine.core[register: index] = registers[index] }
      for index in 0..<32 { machine.core[single: index] = singles[index] }
      machine.core[register: 15] = TierMachine.start
      state.pointee.lowestPointer = registers[13]
      machine.core.watchStack(.main, region: 0x2000_7004..<TierMachine.stackTop)
      (state.pointee.itState, state.pointee.saturationWord) = (0, 0)
      state.pointee.negativeWord = flags << 28
      state.pointee.zeroWord = ~flags & 4
      state.pointee.carryWord = flags >> 1 & 1
      state.pointee.overflowWord = flags << 31
      state.pointee.greaterOrEqual = registers[0] & 15
      state.pointee.fpscr = FPSCR(status)
    }
  }

  private func describe(
    _ program: [UInt16], _ slice: Int, _ outcomes: [String], _ pictures: [[String]]
  ) -> String {
    var lines = ["slice \(slice): stepper \(outcomes[0]), JIT \(outcomes[1])"]
    lines += listing(program)
    for (stepper, jit) in zip(pictures[0], pictures[1]) {
      if stepper == jit {
        lines.append("  both    \(stepper)")
      } else {
        lines += ["  stepper \(stepper)", "  JIT     \(jit)"]
      }
    }
    return lines.joined(separator: "\n")
  }

  private func listing(_ program: [UInt16]) -> [String] {
    program.map { "    " + String($0, radix: 16) }
  }
}

/// Programs to compare the tiers on.
struct TierPrograms {
  var random: SeededCases

  init(seed: UInt64) { random = SeededCases(seed: seed) }

  private func halves(_ row: Encoding, _ word: UInt32) -> [UInt16] {
    let low = UInt16(truncatingIfNeeded: word)
    return row.pattern.width == 32 ? [UInt16(word >> 16), low] : [low]
  }

  /// B back to the start.
  private func loop(_ length: Int) -> UInt16 {
    0xE000 | UInt16(truncatingIfNeeded: -(length + 2)) & 0x7FF
  }

  private static let conditions: [UInt16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]

  /// One instruction of a row in a loop, sometimes in an IT block or behind something that sets
  /// flags.
  mutating func one(_ row: Encoding) -> [UInt16] {
    var program: [UInt16] = []
    if random.chance(2) { program.append(0x4288 | UInt16.random(in: 0...63, using: &random)) }
    let body = halves(row, row.randomWord(using: &random))
    if random.chance(3), !row.name.hasPrefix("IT") {
      program.append(0xBF08 | (Self.conditions.randomElement(using: &random) ?? 0) << 4)
    }
    program += body
    if random.chance(2) { program += halves(row, row.randomWord(using: &random)) }
    return program + [loop(program.count)]
  }

  /// Some instructions in a loop: r5 points to flash, r6 to RAM and both stay; with short branches
  /// forward, IT blocks and much that touches memory.
  mutating func block(_ rows: [Encoding], length: Int) -> [UInt16] {
    var program: [UInt16] = []
    while program.count < length {
      switch Int.random(in: 0..<12, using: &random) {
      case 0:
        // B<cond> forward, over a few half words.
        let condition = Self.conditions.randomElement(using: &random) ?? 0
        let distance = UInt16.random(in: 0...3, using: &random)
        program.append(0xD000 | condition << 8 | distance)
      case 1:
        let register = UInt16.random(in: 0...7, using: &random)
        let distance = UInt16.random(in: 0...3, using: &random)
        program.append((random.chance(2) ? 0xB100 : 0xB900) | distance << 3 | register)
      case 2: ifThen(&program, rows)
      case 3, 4:
        let base: UInt16 = random.chance(4) ? 5 : 6
        // LDR, STR, LDRB, LDRH … (immediate) of r5 or r6; flash is only read.
        let kinds: [UInt16] =
          base == 5 ? [0x6800, 0x7800, 0x8800] : [0x6000, 0x6800, 0x7000, 0x7800, 0x8000, 0x8800]
        let kind = kinds.randomElement(using: &random) ?? 0x6800
        let target = [0, 1, 2, 3, 4, 7].randomElement(using: &random) ?? 0
        let offset = UInt16.random(in: 0...31, using: &random) << 6
        program.append(kind | offset | base << 3 | UInt16(target))
      case 5: program.append(0x4288 | UInt16.random(in: 0...63, using: &random))
      default: program += instruction(rows)
      }
    }
    // Room for the branches over the end.
    return program + [0xBF00, 0xBF00, 0xBF00, loop(program.count + 3)]
  }

  private mutating func ifThen(_ program: inout [UInt16], _ rows: [Encoding]) {
    let condition = Self.conditions.randomElement(using: &random) ?? 0
    let mask = UInt16.random(in: 1...15, using: &random)
    program.append(0xBF00 | condition << 4 | mask)
    for _ in 0..<(4 - mask.trailingZeroBitCount) { program += instruction(rows) }
  }

  /// One that leaves the registers alone that the program needs.
  private mutating func instruction(_ rows: [Encoding]) -> [UInt16] {
    for _ in 0..<50 {
      guard let row = rows.randomElement(using: &random) else { break }
      let word = row.randomWord(using: &random)
      let operation = row.decode(word)
      let written = EffectCollector.effects(of: operation).registersWritten
      if written & 0x2060 == 0 { return halves(row, word) }
    }
    return [0xBF00]
  }

  /// Rows of which most programs come through without a fault.
  static let tame: [Encoding] = Encoding.all.filter { row in
    switch row.cost {
    case .arithmetic, .multiply, .multiplyLong, .divide, .floatMove, .floatMovePair,
      .floatArithmetic, .floatMultiplyAccumulate, .floatDivide, .floatSquareRoot, .floatConvert,
      .floatCompare:
      true
    default: false
    }
  }
}
