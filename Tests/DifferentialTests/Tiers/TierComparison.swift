// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// Random programs on the faster tiers and on the stepper, cut at random deadlines.
struct TierComparison {
  private let oracle: TierMachine
  private let subjects: [TierMachine]
  private let core: TestedCore
  private var pool: InstructionPool
  private var program = TierProgram()
  private var start = TierStart()
  private(set) var caseCount = 0
  private(set) var instructionCount: UInt64 = 0

  /// Starts of each program: the tier translates it once.
  static let startsPerProgram = 4

  init(_ core: TestedCore, perRow: Int, seed: UInt64) {
    self.core = core
    oracle = TierMachine(core, .stepper)
    subjects = Tier.available.filter { $0 != .stepper }.map { TierMachine(core, $0) }
    pool = InstructionPool(core, perRow: perRow, seed: seed)
  }

  var rowCount: Int { pool.rowCount }

  /// Nil when all starts of the program agree, else where they part.
  mutating func disagreement(on shape: TierProgram.Shape, seed: UInt64) -> String? {
    var bits = SeededBits(seed: seed)
    program.fill(shape, from: pool, isMainline: core.architecture.isMainline, &bits)
    let isCached = bits.below(16) != 0
    oracle.place(program, cached: isCached)
    for subject in subjects { subject.place(program, cached: isCached) }
    for _ in 0..<Self.startsPerProgram {
      start.fill(core, &bits)
      caseCount += 1
      if let parting = partingSlice() { return report(seed, parting) }
      instructionCount &+= oracle.core.instructionsExecuted
    }
    return nil
  }

  private struct Parting {
    var subject: TierMachine
    var slice: Int
    var pcBefore: UInt32
    var outcomes: (Int, Int)
  }

  private func partingSlice() -> Parting? {
    oracle.start(program, start)
    for subject in subjects { subject.start(program, start) }
    for (index, slice) in start.slices.enumerated() {
      let pc = oracle.core[register: 15]
      let expected = oracle.run(slice)
      for subject in subjects {
        let got = subject.run(slice)
        guard expected.code == got.code, oracle.agrees(with: subject) else {
          return Parting(
            subject: subject, slice: index, pcBefore: pc, outcomes: (got.code, expected.code))
        }
      }
      if !expected.goesOn { break }
    }
    for subject in subjects where !oracle.memoryAgrees(with: subject) {
      return Parting(subject: subject, slice: -1, pcBefore: 0, outcomes: (0, 0))
    }
    return nil
  }

  /// The case, the slice after which the tiers differ (-1: in memory alone), and how.
  private func report(_ seed: UInt64, _ parting: Parting) -> String {
    var lines = ["seed 0x\(String(seed, radix: 16)), \(core), \(parting.subject.tier) and stepper:"]
    lines += program.disassembly
    let registers = start.registers.enumerated().map { "r\($0)=\(hex($1))" }
    lines.append("  " + registers.joined(separator: " "))
    lines.append("  flags \(hex(start.flags)) fpscr \(hex(start.fpscr)) \(start.slices)")
    lines.append("  ccr \(hex(start.configuration)) reload \(start.reload)")
    lines.append("  singles " + start.singles.map(hex).joined(separator: " "))
    lines.append("  slice \(parting.slice) from \(hex(parting.pcBefore)): \(parting.outcomes)")
    lines += parting.subject.differences(from: oracle).map { "  " + $0 }
    return lines.joined(separator: "\n")
  }
}
