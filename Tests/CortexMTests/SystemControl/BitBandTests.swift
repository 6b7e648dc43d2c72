// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct BitBandTests {
  private static let word: UInt32 = 0x2000_0100
  private static let alias: UInt32 = 0x2200_0000 + 0x100 * 32

  private func machine(hasBitBanding: Bool = true, _ program: [UInt16] = []) -> TestMachine {
    TestMachine(program, CoreConfiguration(interruptCount: 8, hasBitBanding: hasBitBanding))
  }

  @Test(arguments: [UInt32(1), 2, 4])
  func aliasWords_areBits(bytes: UInt32) {
    let machine = machine()
    machine.setWord(Self.word, 0x8000_0001)
    for bit in UInt32(0)..<32 {
      let read = machine.core.readAligned(Self.alias + bit * 4, bytes, privileged: true)
      #expect(read == (bit == 0 || bit == 31 ? 1 : 0))
    }
    for bit in UInt32(0)..<32 {
      let value: UInt32 = bit & 1 == 0 ? 0xFE : 0x01
      #expect(machine.core.writeAligned(Self.alias + bit * 4, value, bytes, privileged: true))
    }
    #expect(machine.word(Self.word) == 0xAAAA_AAAA)
    #expect(machine.word(Self.word + 4) == 0)
  }

  @Test func peripheralAlias_readsAndWritesTheRegister() {
    // str r0, [r1]; b .
    let machine = machine([0x6008, 0xE7FE])
    machine.device = { _ in 0x10 }
    machine.core[register: 0] = 1
    machine.core[register: 1] = 0x4200_0000 + 0x8 * 32 + 3 * 4
    machine.run(20)
    #expect(machine.writes == [[0x4000_0008, 0x18]])
  }

  @Test func chipWithoutIt_hasNothingThere() {
    let machine = machine(hasBitBanding: false, [0x6808, 0xE7FE])
    machine.setHandler(3, [0xE7FE])
    machine.core[register: 1] = Self.alias
    machine.run(40)
    #expect(machine.entered.map(\.number) == [3])
    #expect(machine.control(0xE000_ED38) == Self.alias)
  }
}
