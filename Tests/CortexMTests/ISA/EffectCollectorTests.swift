// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct EffectCollectorTests {
  private func effects(_ first: UInt16, _ second: UInt16 = 0) -> EffectCollector {
    EffectCollector.effects(of: Decoder.decode(first, second).operation)
  }

  @Test func adds_readsItsOperandsAndWritesAllFlags() {
    let effects = effects(0x1888)  // adds r0, r1, r2
    #expect(effects.registersRead == 0b110)
    #expect(effects.registersWritten == 0b001)
    #expect(effects.properties == .flagsWritten)
  }

  @Test func movs_leavesCarryAndOverflow() {
    #expect(effects(0x2001).properties == [.writesNegative, .writesZero])
  }

  @Test func adc_readsCarry() {
    #expect(effects(0x4148).properties == [.readsCarry, .flagsWritten])
  }

  @Test func load_isSingle() {
    #expect(effects(0x6808).properties == [.loads, .single])
    #expect(effects(0xE9D1, 0x2300).properties == [.loads])  // ldrd
  }

  @Test func push_movesTheStackPointer() {
    let effects = effects(0xB510)  // push {r4, lr}
    #expect(effects.properties == [.stores, .writesStackPointer])
    #expect(effects.registersRead == 1 << 4 | 1 << 13 | 1 << 14)
  }

  @Test func branches_endTheirBlock() {
    #expect(effects(0x4770).properties == [.branches, .endsBlock])  // bx lr
    #expect(effects(0xBD10).properties.contains([.branches, .endsBlock, .loads]))  // pop {r4, pc}
    #expect(effects(0xDF00).properties == [.raises, .endsBlock])  // svc 0
  }

  @Test func conditionalBranch_readsItsFlags() {
    #expect(effects(0xD000).properties == [.branches, .endsBlock, .readsZero])  // beq
  }

  @Test func floatingPoint_isMarked() {
    #expect(effects(0xEE30, 0x0A20).properties == [.floatingPoint])  // vadd.f32
    #expect(effects(0xEDD0, 0x0A00).singlesWritten == 1 << 1)  // vldr s1, [r0]
  }
}
