// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexMJIT

typealias X86 = X86Assembler

@Suite struct X86AssemblerTests {
  static let gnu = GNUAssembler(
    prefix: "", arguments: ["--64"], preamble: ".intel_syntax noprefix")

  #if arch(x86_64) && os(Linux)
    static let canAssemble = gnu.isInstalled
  #else
    static let canAssemble = false
  #endif

  @Test(.enabled(if: canAssemble, "skipped: every x86-64 form against GNU as (binutils)"))
  func forms_areWhatGNUAssemblerWrites() throws {
    let forms = X86Forms.all()
    let expected = try Self.gnu.assemble(forms.texts)
    #expect(expected.count == forms.texts.count)
    var differences: [String] = []
    for (index, text) in forms.texts.enumerated() where forms.bytes[index] != expected[index] {
      differences.append("\(text): \(hex(forms.bytes[index])), as: \(hex(expected[index]))")
    }
    #expect(differences.prefix(40).joined(separator: "\n") == "", "\(differences.count) differ")
  }

  @Test func forms_areThoseThatWereCompared() {
    let forms = X86Forms.all()
    #expect(forms.texts.count == 15746)
    #expect(forms.digest == 4_362_132_464_975_842_146)
  }

  // MARK: Labels

  @Test func label_isReachedForwardsAndBackwards() {
    let bytes = X86Forms.bytes { a in
      let (back, ahead) = (a.makeBoundLabel(), a.makeLabel())
      a.j(.e, ahead)
      a.jmp(ahead)
      a.call(ahead)
      a.j(.ne, back)
      a.bind(ahead)
      a.jmp(back)
    }
    #expect(
      hex(bytes)
        == "0f 84 0c 00 00 00 e9 07 00 00 00 e8 02 00 00 00 75 ee eb ec")
  }

  @Test func label_farBehind_takesFourBytes() {
    let bytes = X86Forms.bytes { a in
      let back = a.makeBoundLabel()
      for _ in 0..<126 { a.nop() }
      a.jmp(back)
      a.jmp(back)
    }
    #expect(hex(bytes.dropFirst(126)) == "eb 80 e9 7b ff ff ff")
  }

  @Test func shortJump_reaches127Bytes() {
    for (distance, fails) in [(0, false), (127, false), (128, true)] {
      let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
      defer { memory.deallocate() }
      var a = X86Assembler(code: memory, capacity: 256)
      let jump = a.jShort(.l)
      for _ in 0..<distance { a.nop() }
      a.bind(jump)
      let hasFailed = a.hasFailed
      #expect(hasFailed == fails)
      if !fails { #expect(hex([memory[0], memory[1]]) == hex([0x7C, UInt8(distance)])) }
    }
  }

  @Test func patch_movesAJump() {
    let bytes = X86Forms.bytes { a in
      let field = a.jmp(to: 0)
      a.patch(at: field, to: 0x1000)
    }
    #expect(hex(bytes) == "e9 fb 0f 00 00")
  }

  @Test func codeOperand_countsTheImmediate() {
    let bytes = X86Forms.bytes { a in
      a.alu(.add, .code(0x100), 5)
      a.mov(.code(0x100), immediate: 7)
    }
    #expect(hex(bytes) == "83 05 f9 00 00 00 05 c7 05 ef 00 00 00 07 00 00 00")
  }

  // MARK: Limits

  @Test func fullBuffer_failsWithinIt() {
    let capacity = 64
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + 64)
    defer { memory.deallocate() }
    (memory + capacity).update(repeating: 0x5A, count: 64)
    var a = X86Assembler(code: memory, capacity: capacity)
    for _ in 0..<50 { a.mov(.r8, long: 0x1122_3344_5566_7788) }
    let hasFailed = a.hasFailed
    #expect(hasFailed)
    #expect((0..<64).allSatisfy { memory[capacity + $0] == 0x5A })
    a.begin(at: 0)
    let failsStill = a.hasFailed
    #expect(!failsStill)
  }

  @Test func labels_runOutAsAFailure() {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
    defer { memory.deallocate() }
    var a = X86Assembler(code: memory, capacity: 64)
    for _ in 0..<9000 { _ = a.makeLabel() }
    let hasFailed = a.hasFailed
    #expect(hasFailed)
  }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: " ")
}
