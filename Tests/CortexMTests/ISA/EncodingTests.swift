// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct EncodingTests {
  @Test func halfWord_belongsToAtMostOneRow() {
    var owners = [String?](repeating: nil, count: 1 << 16)
    for row in Encoding.all where row.pattern.width == 16 {
      for word in row.pattern.words where row.matches(word) {
        let owner = owners[Int(word)]
        #expect(owner == nil, "\(String(word, radix: 16)): \(row.name), \(owner ?? "")")
        owners[Int(word)] = row.name
      }
    }
  }

  @Test func narrowPattern_neverBeginsAWideInstruction() {
    for row in Encoding.all {
      let first = row.pattern.width == 16 ? row.pattern.fixedBits : row.pattern.fixedBits >> 16
      #expect(Decoder.isWide(UInt16(first)) == (row.pattern.width == 32), "\(row.name)")
    }
  }

  /// Only where two patterns can match the same word may two rows; there, every word tried belongs
  /// to one of them at most.
  @Test func wideWord_belongsToAtMostOneRow() {
    let rows = Encoding.all.filter { $0.pattern.width == 32 }
    var bits = SeededBits(seed: 5)
    for (index, row) in rows.enumerated() {
      for other in rows[(index + 1)...] where row.pattern.overlaps(other.pattern) {
        let fixed = row.pattern.fixedBits | other.pattern.fixedBits
        let free = ~(row.pattern.fixedMask | other.pattern.fixedMask)
        for _ in 0..<200 {
          let word = fixed | UInt32(truncatingIfNeeded: bits.next()) & free
          let isClaimedTwice = row.matches(word) && other.matches(word)
          #expect(
            !isClaimedTwice, "\(String(word, radix: 16)): \(row.name), \(other.name)")
          if isClaimedTwice { break }
        }
      }
    }
  }

  @Test func randomWord_decodesToItsOwnRow() {
    var bits = SeededBits(seed: 7)
    for (index, row) in Encoding.all.enumerated() {
      for _ in 0..<20 {
        let word = row.randomWord(using: &bits)
        let isWide = row.pattern.width == 32
        let decoded = Decoder.decode(
          UInt16(truncatingIfNeeded: isWide ? word >> 16 : word),
          isWide ? UInt16(truncatingIfNeeded: word) : 0, for: Architecture(.armv7EM, .fpv5Double))
        #expect(decoded.encoding == index, "\(row.name): \(String(word, radix: 16))")
        #expect(decoded.operation.size == row.pattern.width / 8)
      }
    }
  }

  /// Every opcode that is not the translator's own is reached from the table.
  @Test func opcode_isReachedByARow() {
    var missing = Set(Opcode.allCases)
    var bits = SeededBits(seed: 9)
    for row in Encoding.all {
      for _ in 0..<60 {
        let word = row.randomWord(using: &bits)
        missing.remove(row.decode(word).opcode)
        // Without the shift of data processing.
        let unshifted = word & ~0x70F0
        if row.matches(unshifted) { missing.remove(row.decode(unshifted).opcode) }
      }
    }
    let ownByTranslator: Set<Opcode> = [
      .checkFloatingPoint, .noteStackPointer, .noteArrival, .leave,
    ]
    // The quiet twins of 16-bit forms appear inside IT blocks only.
    let quiet = Set(Opcode.allCases.compactMap(\.quiet))
    #expect(missing.subtracting(quiet).isSubset(of: ownByTranslator), "\(missing)")
  }

  @Test(
    arguments: [
      (0x0AB, 0x0000_00AB), (0x1AB, 0x00AB_00AB), (0x2AB, 0xAB00_AB00), (0x3AB, 0xABAB_ABAB),
      (0x4AB, 0x5580_0000), (0x47F, 0xFF00_0000), (0xFAB, 0x0000_0156), (0xF80, 0x0000_0100),
    ] as [(UInt32, UInt32)])
  func modifiedImmediate_expands(_ field: UInt32, _ expected: UInt32) throws {
    let pattern = BitPattern("iiiiiiiiiiii0000")
    let expanded = Fields(pattern: pattern, word: field << 4).expanded
    #expect(expanded.value == expected)
    #expect(expanded.isRotated == (field >= 0x400))
  }

  @Test func undefinedWord_decodesToUndefined() {
    // The space of ARM-only and Advanced SIMD encodings.
    for word: UInt32 in [0xFF00_0110, 0xF7F0_8000, 0xFFFF_FFFF, 0xE800_0000] {
      let decoded = Decoder.decode(UInt16(word >> 16), UInt16(truncatingIfNeeded: word))
      #expect(decoded.encoding == nil, "\(String(word, radix: 16))")
      #expect(decoded.operation.opcode == .undefined)
    }
  }

  @Test func coprocessor_otherThanFloatingPointIsMissing() {
    // MRC p15, 0, r0, c0, c0, 0
    #expect(Decoder.decode(0xEE10, 0x0F10).operation.opcode == .noCoprocessor)
  }
}
