// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct DisassemblerTests {
  @Test(arguments: objdumpLines.split(separator: "\n"))
  func text_isThatOfObjdump(_ line: Substring) throws {
    try compare(line, .cortexM4F)
  }

  @Test(arguments: objdumpLinesOfFPv5.split(separator: "\n"))
  func textOfFPv5_isThatOfObjdump(_ line: Substring) throws {
    try compare(line, Architecture(.armv7EM, .fpv5Double))
  }

  private func compare(_ line: Substring, _ architecture: Architecture) throws {
    let columns = line.split(separator: " ", maxSplits: 3)
    let address = try #require(UInt32(columns[0], radix: 16))
    let word = try #require(UInt32(columns[1], radix: 16))
    let condition = Disassembler.conditions.firstIndex(of: String(columns[2])).map(UInt8.init)
    let isWide = columns[1].count > 4
    let text = Disassembler.text(
      UInt16(truncatingIfNeeded: isWide ? word >> 16 : word),
      isWide ? UInt16(truncatingIfNeeded: word) : 0, at: address, condition: condition,
      for: architecture)
    #expect(text == columns[3])
  }

  @Test func vectors_coverTheTable() {
    #expect(objdumpLines.split(separator: "\n").count >= 150)
  }

  @Test func branchTarget_isAbsolute() {
    #expect(Disassembler.text(0xE7FE, 0, at: 0x1000) == "b.n 0x1000")
    #expect(Disassembler.text(0xF7FF, 0xFFFE, at: 0x1000) == "bl 0x1000")
  }

  @Test func undefinedWord_isShownAsData() {
    #expect(Disassembler.text(0xFFFF, 0xFFFF, at: 0) == ".inst.w 0xffffffff")
    #expect(Disassembler.text(0xBA80, 0, at: 0) == ".inst.n 0xba80")
  }

  @Test func flagSuffix_isLeftOutInsideIfThen() {
    #expect(Disassembler.text(0x1888, 0, at: 0) == "adds r0, r1, r2")
    #expect(Disassembler.text(0x1888, 0, at: 0, condition: 0) == "addeq r0, r1, r2")
  }
}
