// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Cortex-M4 TRM r0p1, tables 3-1 and 7-1, sections 3.3.2 and 3.3.3.
@Suite struct TimingTableTests {
  private func decoded(_ words: [UInt32]) -> [Operation] {
    words.map {
      let isWide = $0 > 0xFFFF
      return Decoder.decode(
        UInt16(truncatingIfNeeded: isWide ? $0 >> 16 : $0),
        isWide ? UInt16(truncatingIfNeeded: $0) : 0
      ).operation
    }
  }

  /// Static cycles of a run of instructions.
  private func cycles(_ words: UInt32...) -> Int {
    let run = decoded(words)
    return run.indices.reduce(0) { sum, index in
      let next = index + 1 < run.count ? run[index + 1] : nil
      return sum + Int(TimingTable.cortexM4.staticCycles(of: run[index], followedBy: next))
    }
  }

  @Test func arithmetic_takesOneCycle() {
    #expect(cycles(0x1840) == 1)  // adds r0, r0, r1
    #expect(cycles(0xFB20_0003 | 0x10) == 1)  // smlad
    #expect(cycles(0xFB80_0102) == 1)  // smull r0, r1, r0, r2
  }

  @Test func loadsInARow_costOneMoreThanTheirNumber() {
    #expect(cycles(0x6808) == 2)  // ldr r0, [r1]
    #expect(cycles(0x6808, 0x6811) == 3)  // ldr r0, [r1]; ldr r1, [r2]
    // ldr r0, [r1, r5]; ldr r1, [r2]; ldr r2, [r3, #4]
    #expect(cycles(0x5948, 0x6811, 0x685A) == 4)
  }

  @Test func loadOfTheNextBase_doesNotPipeline() {
    #expect(cycles(0x6808, 0x6802) == 4)  // ldr r0, [r1]; ldr r2, [r0]
    #expect(cycles(0x6808, 0x580A) == 4)  // ldr r0, [r1]; ldr r2, [r1, r0]
  }

  @Test func loadThenStore_takesThree() {
    #expect(cycles(0x5888, 0x6158) == 3)  // ldr r0, [r1, r2]; str r0, [r3, #20]
    #expect(cycles(0x5888, 0x5099) == 3)  // ldr r0, [r1, r2]; str r1, [r3, r2]
  }

  @Test func multipleTransfers_takeOneAndTheirWords() {
    #expect(cycles(0xB570) == 5)  // push {r4, r5, r6, lr}
    #expect(cycles(0xBDF0) == 6)  // pop {r4, r5, r6, r7, pc}, without the refill
    #expect(cycles(0xE9D1_2300) == 3)  // ldrd r2, r3, [r1]
    #expect(cycles(0xECB0_0A04) == 5)  // vldmia r0!, {s0-s3}
  }

  @Test func ifThen_foldsBehindSixteenBits() {
    #expect(cycles(0x2800, 0xBF08, 0x2001) == 2)  // cmp r0, #0; it eq; moveq r0, #1
    #expect(cycles(0xF1B0_0F00, 0xBF08, 0x2001) == 3)  // cmp.w
  }

  @Test func floatingPoint_waitsForItsResult() {
    #expect(cycles(0xEE30_0A20) == 1)  // vadd.f32 s0, s0, s1
    #expect(cycles(0xEE30_0A20, 0xEE20_1A00) == 3)  // vmul.f32 s2, s0, s0 needs s0
    #expect(cycles(0xEE30_0A20, 0xEEA1_0A21) == 4)  // vfma.f32 s0, s2, s3 adds to s0
    #expect(cycles(0xEE80_0A20) == 14)  // vdiv.f32
  }
}
