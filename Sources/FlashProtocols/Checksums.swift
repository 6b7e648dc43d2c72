// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The checksums of the flash protocols.
package enum Checksum {
  /// Polynomial 0x1021, start 0, most significant bit first: SAM-BA's `Z`, XMODEM.
  package static func crc16XMODEM(_ bytes: some Sequence<UInt8>) -> UInt16 {
    crc16(bytes, polynomial: 0x1021)
  }

  /// Polynomial 0x8005, start 0, most significant bit first: SparkFun's SVL.
  package static func crc16SVL(_ bytes: some Sequence<UInt8>) -> UInt16 {
    crc16(bytes, polynomial: 0x8005)
  }

  /// The CRC-32 of Ethernet and zlib: Ambiq's ASB.
  package static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 != 0 ? 0xEDB8_8320 : 0) }
    }
    return ~crc
  }

  /// All bytes by exclusive or: STM32's UART bootloader.
  package static func xor(_ bytes: some Sequence<UInt8>) -> UInt8 { bytes.reduce(0, ^) }

  private static func crc16(_ bytes: some Sequence<UInt8>, polynomial: UInt16) -> UInt16 {
    let table = polynomial == 0x1021 ? xmodemTable : svlTable
    return bytes.reduce(0) { crc, byte in crc << 8 ^ table[Int(UInt8(crc >> 8) ^ byte)] }
  }

  private static let xmodemTable = table(polynomial: 0x1021)
  private static let svlTable = table(polynomial: 0x8005)

  /// What eight steps make of each byte.
  private static func table(polynomial: UInt16) -> [UInt16] {
    (0..<256).map { byte in
      (0..<8).reduce(UInt16(byte) << 8) { crc, _ in
        crc << 1 ^ (crc & 0x8000 != 0 ? polynomial : 0)
      }
    }
  }
}
