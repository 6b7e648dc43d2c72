// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import Testing

@Suite struct ChecksumTests {
  /// The check values of the catalogue of parametrised CRC algorithms (Cook).
  @Test func checksums_areThoseOfTheCatalogue() {
    let digits = Array("123456789".utf8)
    #expect(Checksum.crc16XMODEM(digits) == 0x31C3)
    #expect(Checksum.crc16SVL(digits) == 0xFEE8)
    #expect(Checksum.crc32(digits) == 0xCBF4_3926)
    #expect(Checksum.xor([0x12, 0x34, 0x56]) == 0x70)
  }
}
