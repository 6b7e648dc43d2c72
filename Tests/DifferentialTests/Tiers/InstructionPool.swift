// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// Random instructions of a core, made once, so that a sweep draws them from arrays.
struct InstructionPool {
  struct Instruction {
    var word: UInt32
    var isWide: Bool
  }

  /// Instructions that go straight on and leave the base registers of `BlockCases` usable.
  private(set) var tame: [[Instruction]] = []
  /// Anything at all.
  private(set) var wild: [Instruction] = []

  /// - Parameter perRow: how many of each row, as far as it has so many.
  init(_ core: TestedCore, perRow: Int, seed: UInt64) {
    var bits = SeededBits(seed: seed)
    for row in core.rows {
      var tameOnes: [Instruction] = []
      for _ in 0..<perRow * 8 where tameOnes.count < perRow {
        let word = row.randomWord(using: &bits)
        let operation = row.decode(word)
        let isStraight = !operation.properties.contains(.branches) && !Self.stops(operation)
        if isStraight, BlockCases.keepsBases(operation) {
          tameOnes.append(Instruction(word: word, isWide: row.pattern.width == 32))
        }
      }
      for _ in 0..<max(perRow / 4, 1) {
        let word = row.randomWord(using: &bits)
        wild.append(Instruction(word: word, isWide: row.pattern.width == 32))
      }
      if !tameOnes.isEmpty { tame.append(tameOnes) }
    }
  }

  /// What would end most programs in which it stands.
  private static func stops(_ operation: Operation) -> Bool {
    switch operation.opcode {
    case .bkpt, .svc, .undefined, .noCoprocessor, .wfi, .wfe, .cps, .msr: true
    default: false
    }
  }

  /// Rows with as many instructions as they have.
  var rowCount: Int { tame.count }

  func tame(_ bits: inout SeededBits) -> Instruction {
    tame(row: Int(bits.below(UInt32(tame.count))), &bits)
  }

  func tame(row: Int, _ bits: inout SeededBits) -> Instruction {
    tame[row][Int(bits.below(UInt32(tame[row].count)))]
  }

  func wild(_ bits: inout SeededBits) -> Instruction {
    wild[Int(bits.below(UInt32(wild.count)))]
  }
}
