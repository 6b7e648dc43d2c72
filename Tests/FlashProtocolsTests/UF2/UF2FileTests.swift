// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import Testing

@Suite struct UF2FileTests {
  private func word(_ file: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(file[offset + $1]) << (8 * UInt32($1)) }
  }

  @Test func blocks_sayWhereTheyGo() {
    let file = UF2File.encode(
      FlashImage(start: 0x1000_0000, bytes: Array(repeating: 7, count: 300)),
      family: UF2File.Family.rp2040)
    #expect(file.count == 1024)
    for block in 0..<2 {
      #expect(word(file, 512 * block) == 0x0A32_4655)
      #expect(word(file, 512 * block + 4) == 0x9E5D_5157)
      #expect(word(file, 512 * block + 8) == 0x2000)
      #expect(word(file, 512 * block + 12) == 0x1000_0000 + 256 * UInt32(block))
      #expect(word(file, 512 * block + 16) == 256)
      #expect(word(file, 512 * block + 20) == UInt32(block))
      #expect(word(file, 512 * block + 24) == 2)
      #expect(word(file, 512 * block + 28) == 0xE48B_FF56)
      #expect(word(file, 512 * block + 508) == 0x0AB1_6F30)
    }
    #expect(file[512 + 32 + 43] == 7 && file[512 + 32 + 44] == 0xFF)
  }

  @Test func unalignedImage_isFilledUp_andNonsenseIsEmpty() {
    let file = UF2File.encode(FlashImage(start: 0x2_6010, bytes: [1]), family: 0)
    #expect(word(file, 12) == 0x2_6000)
    #expect(file[32] == 0xFF && file[32 + 16] == 1)
    #expect(UF2File.encode(FlashImage(start: 0, bytes: []), family: 0).isEmpty)
    #expect(UF2File.encode(FlashImage(start: 0xFFFF_FFFF, bytes: [1, 2]), family: 0).isEmpty)
  }
}
