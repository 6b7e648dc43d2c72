// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// Random straight-line code: 10 to 20 instructions of any row, some in IT blocks.
///
/// A few registers are kept for addresses, so that memory is reached however much the others are
/// computed on: r5 is a small index; r6 a base of any alignment; r7, r9 and sp bases on a word
/// boundary. Only write-back changes them.
struct BlockCases {
  private static let index: UInt8 = 5
  private static let looseBase: UInt8 = 6
  private static let alignedBases: [UInt8] = [7, 9, 13]
  private static let reserved: UInt16 = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9 | 1 << 13

  private let core: TestedCore
  private let rows: [Encoding]

  init(_ core: TestedCore) {
    self.core = core
    var bits = SeededBits(seed: 0)
    rows = core.rows.filter { row in
      let word = row.randomWord(using: &bits)
      let operation = row.decode(word)
      return Self.isStraightLine(operation)
        && Exclusion.insideBlock(operation.opcode, core) == nil
    }
  }

  private static func isStraightLine(_ operation: Operation) -> Bool {
    switch operation.opcode {
    // Exclusives belong together in pairs, which the test of single rows makes. VCVT from fixed
    // point needs a rounding mode of its own; see `Exclusion.adapt`.
    case .ldrex, .ldrexb, .ldrexh, .strex, .strexb, .strexh, .vcvtFromInteger: false
    default:
      Exclusion.ofOpcode(operation.opcode) == nil
        && Exclusion.insideIfThen(operation.opcode) == nil
    }
  }

  func makeCase(seed: UInt64) -> DifferentialCase {
    var bits = SeededBits(seed: seed)
    var test = DifferentialCase(seed: seed)
    test.state = .random(for: core, using: &bits)
    test.state.registers[Int(Self.index)] = bits.below(0x100) &- 0x80
    test.state.registers[Int(Self.looseBase)] = TestMemory.dataMiddle &+ bits.below(0x800)
    if !core.architecture.isMainline {
      for register in [Self.index, Self.looseBase] { test.state.registers[Int(register)] &= ~3 }
    }
    for base in Self.alignedBases {
      test.state.registers[Int(base)] = TestMemory.dataMiddle &+ bits.below(0x200) &* 4
    }
    var left = 10 + Int(bits.below(11))
    while left > 0 {
      var run = 1
      if bits.below(5) == 0, left > 1, core.architecture.isMainline {
        run = min(left - 1, 1 + Int(bits.below(4)))
        test.append(ifThen(length: run, &bits), isWide: false)
        left -= 1
      }
      for _ in 0..<run { appendInstruction(to: &test, &bits) }
      left -= run
    }
    return test
  }

  /// IT with any condition but "always", and any pattern of then and else.
  private func ifThen(length: Int, _ bits: inout SeededBits) -> UInt32 {
    let pattern = bits.below(1 << UInt32(length - 1))
    let mask = (pattern << UInt32(5 - length) | 1 << UInt32(4 - length)) & 0xF
    return 0xBF00 | bits.below(14) << 4 | mask
  }

  private func appendInstruction(to test: inout DifferentialCase, _ bits: inout SeededBits) {
    while true {
      let row = rows[Int(bits.below(UInt32(rows.count)))]
      for _ in 0..<100 {
        let word = row.randomWord(using: &bits)
        let operation = row.decode(word)
        guard !operation.properties.contains(.branches), Self.keepsBases(operation),
          Exclusion.ofWord(operation, word) == nil
        else { continue }
        test.append(word, isWide: row.pattern.width == 32)
        return
      }
    }
  }

  /// Whether the registers for addresses stay what they are after it.
  static func keepsBases(_ operation: Operation) -> Bool {
    let written = EffectCollector.effects(of: operation).registersWritten & reserved
    guard operation.accessesMemory, !operation.isLiteral else { return written == 0 }
    let isAligned = alignedBases.contains(operation.n)
    guard isAligned || (operation.n == looseBase && !operation.needsAlignment) else {
      return false
    }
    if operation.hasIndexRegister, operation.m != index { return false }
    guard written != 0 else { return true }
    return written == 1 << UInt16(operation.n) && operation.writesBack
      && (!isAligned || operation.immediate & 3 == 0 || operation.movesMany)
      && (operation.movesMany || operation.immediate &+ 256 <= 512)
  }
}

extension Operation {
  fileprivate var writesBack: Bool {
    switch opcode {
    case .ldrPre, .ldrPost, .ldrhPre, .ldrhPost, .ldrbPre, .ldrbPost, .ldrshPre, .ldrshPost,
      .ldrsbPre, .ldrsbPost, .strPre, .strPost, .strhPre, .strhPost, .strbPre, .strbPost, .ldrdPre,
      .ldrdPost, .strdPre, .strdPost:
      true
    default: movesMany
    }
  }

  /// The base moves by the number of registers, a multiple of four.
  fileprivate var movesMany: Bool {
    [.ldmWriteBack, .stmWriteBack, .vldmWriteBack, .vstmWriteBack].contains(opcode)
  }
}
