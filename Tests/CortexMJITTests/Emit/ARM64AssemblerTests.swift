// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexMJIT

@Suite struct ARM64AssemblerTests {
  static let gnu = GNUAssembler(prefix: "aarch64-linux-gnu-", preamble: ".arch armv8.4-a")

  @Test(.enabled(if: gnu.isInstalled, "skipped: every AArch64 form against binutils-aarch64"))
  func forms_areWhatGNUAssemblerWrites() throws {
    let forms = ARM64Forms.all()
    let expected = try Self.gnu.assemble(forms.texts)
    #expect(expected.count == forms.texts.count)
    var differences: [String] = []
    for (index, text) in forms.texts.enumerated() where forms.bytes[index] != expected[index] {
      differences.append("\(text): \(hex(forms.bytes[index])), as: \(hex(expected[index]))")
    }
    #expect(differences.prefix(40).joined(separator: "\n") == "", "\(differences.count) differ")
  }

  @Test func forms_areThoseThatWereCompared() {
    let forms = ARM64Forms.all()
    #expect(forms.texts.count == 22389)
    #expect(forms.digest == 886_385_035_748_923_194)
  }

  // MARK: Immediates

  /// DecodeBitMasks() of the manual (J1.1.3), for the fields of a logical immediate.
  private func decode(_ field: UInt32, _ width: ARM64.Width) -> UInt64 {
    let (immr, imms) = (UInt64(field >> 6 & 63), UInt64(field & 63))
    let top = UInt64(field >> 12 & 1) << 6 | ~imms & 63
    let size = UInt64(1) << UInt64(63 - top.leadingZeroBitCount)
    let (rotation, ones) = (immr & (size - 1), (imms & (size - 1)) + 1)
    let run = ones == 64 ? UInt64.max : (1 << ones) - 1
    let mask = size == 64 ? UInt64.max : (1 << size) - 1
    let element = rotation == 0 ? run : (run >> rotation | run << (size - rotation)) & mask
    var pattern: UInt64 = 0
    for start in stride(from: 0, to: UInt64(width.bits), by: Int(size)) {
      pattern |= element << start
    }
    return pattern
  }

  @Test func logicalImmediates_decodeToTheirValue() throws {
    var count = 0
    for size: UInt64 in [2, 4, 8, 16, 32, 64] {
      for ones in 1..<size {
        for rotation in 0..<size {
          let mask = size == 64 ? UInt64.max : (1 << size) - 1
          let run = (UInt64(1) << ones) - 1
          let element = rotation == 0 ? run : (run >> rotation | run << (size - rotation)) & mask
          let value = stride(from: 0, to: 64, by: Int(size)).reduce(UInt64(0)) {
            $0 | element << UInt64($1)
          }
          let field = try #require(ARM64Assembler.logicalImmediate(value, .x))
          #expect(decode(field, .x) == value)
          count += 1
          guard size <= 32 else { continue }
          let word = try #require(ARM64Assembler.logicalImmediate(value & 0xFFFF_FFFF, .w))
          #expect(decode(word, .w) == value & 0xFFFF_FFFF)
          #expect(word >> 12 == 0)
        }
      }
    }
    #expect(count == 5334)
    for value: UInt64 in [0, .max, 5, 0x1234, 0xFFFF_0000_FFFF_0001] {
      #expect(ARM64Assembler.logicalImmediate(value, .x) == nil)
    }
    #expect(ARM64Assembler.logicalImmediate(0xFFFF_FFFF, .w) == nil)
  }

  @Test(
    arguments: [
      (0, 1), (0xFFFF, 1), (0xABCD_0000, 1), (0xFFFF_1234, 1), (0x1234_FFFF, 1), (0x00FF_00FF, 1),
      (0x1234_5678, 2), (0xFFFF_FFFF, 1), (0x1_0000_0000, 1), (0x1234_5678_9ABC_DEF0, 4),
      (0xFFFF_FFFF_FFFF_1234, 1), (0xFFFF_1234_FFFF_5678, 2), (.max, 1),
    ] as [(UInt64, Int)])
  func constant_takesFewInstructions(value: UInt64, instructions: Int) {
    let bytes = ARM64Forms.bytes { $0.mov(.x9, constant: value) }
    #expect(bytes.count == 4 * instructions)
  }

  @Test func whatHasNoEncoding_fails() {
    let failures: [[UInt8]] = [
      ARM64Forms.bytes { $0.arithmetic(.add, .x0, .x1, immediate: 0x1001) },
      ARM64Forms.bytes { $0.logical(.and, .x0, .x1, immediate: 5) },
      ARM64Forms.bytes { $0.logical(.bic, .x0, .x1, immediate: 1) },
      ARM64Forms.bytes { $0.transfer(.ldrw, .x0, .x1, 16384) },
      ARM64Forms.bytes { $0.transfer(.ldrw, .x0, .x1, -257) },
      ARM64Forms.bytes { $0.pair(.ldpx, .x0, .x1, .sp, 512) },
      ARM64Forms.bytes { $0.pair(.ldpx, .x0, .x1, .sp, 4) },
    ]
    #expect(failures.allSatisfy { $0.isEmpty })
  }

  // MARK: Labels

  @Test func label_isReachedForwardsAndBackwards() {
    let bytes = ARM64Forms.bytes { a in
      let (back, ahead) = (a.makeBoundLabel(), a.makeLabel())
      a.b(ahead)
      a.cbz(.x1, ahead)
      a.tbnz(.x2, 63, ahead)
      a.b(.ne, back)
      a.adr(.x3, ahead)
      a.bind(ahead)
      a.b(back)
    }
    let text = "05 00 00 14 81 00 00 34 62 00 f8 b7 a1 ff ff 54 23 00 00 10 fb ff ff 17"
    #expect(hex(bytes) == text)
  }

  @Test func branches_reachAsFarAsTheManualSays() {
    let cases: [(UInt32, Int)] = [
      (0x1400_0000, 1 << 27), (0x5400_0000, 1 << 20), (0x3400_0000, 1 << 20),
      (0x3600_0000, 1 << 15),
    ]
    for (instruction, reach) in cases {
      #expect(ARM64Assembler.pointing(instruction, by: reach - 4) != nil)
      #expect(ARM64Assembler.pointing(instruction, by: reach) == nil)
      #expect(ARM64Assembler.pointing(instruction, by: -reach) != nil)
      #expect(ARM64Assembler.pointing(instruction, by: -reach - 4) == nil)
      #expect(ARM64Assembler.pointing(instruction, by: 2) == nil)
    }
  }

  @Test func fullBuffer_failsWithinIt() {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 80)
    defer { memory.deallocate() }
    (memory + 64).update(repeating: 0x5A, count: 16)
    var a = ARM64Assembler(code: memory, capacity: 64)
    let label = a.makeLabel()
    for _ in 0..<20 { a.b(label) }
    a.bind(label)
    let hasFailed = a.hasFailed
    #expect(hasFailed)
    #expect((64..<80).allSatisfy { memory[$0] == 0x5A })
  }
}
