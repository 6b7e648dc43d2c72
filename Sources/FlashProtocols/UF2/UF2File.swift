// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// Microsoft's USB flashing format (github.com/microsoft/uf2): 512-byte blocks that each say where
/// they go, which a bootloader's disk takes in any order.
public enum UF2File {
  public static let blockSize = 512
  /// Bytes of the image in one block: what all bootloaders take, and the only number that the
  /// RP2040's ROM does.
  public static let payloadSize = 256

  public enum Family {
    public static let rp2040: UInt32 = 0xE48B_FF56
    public static let nrf52840: UInt32 = 0xADA5_2840
  }

  /// The file for an image. Its ends are filled up with 0xFF to whole payloads at aligned
  /// addresses; empty for an empty image or one that reaches behind the address space.
  public static func encode(_ image: FlashImage, family: UInt32) -> [UInt8] {
    let lead = Int(image.start % UInt32(payloadSize))
    let length = lead + image.bytes.count
    let count = (length + payloadSize - 1) / payloadSize
    guard !image.bytes.isEmpty,
      UInt64(image.start) + UInt64(image.bytes.count) <= 1 << 32
    else { return [] }
    let bytes =
      Array(repeating: 0xFF, count: lead) + image.bytes
      + Array(repeating: 0xFF, count: count * payloadSize - length)
    var file: [UInt8] = []
    file.reserveCapacity(count * blockSize)
    for number in 0..<count {
      let payload = bytes[number * payloadSize..<(number + 1) * payloadSize]
      for word: UInt32 in [
        0x0A32_4655, 0x9E5D_5157, 0x2000,
        image.start - UInt32(lead) + UInt32(number * payloadSize), UInt32(payloadSize),
        UInt32(number), UInt32(count), family,
      ] { file.append(doubleWord: word) }
      file += payload
      file += Array(repeating: 0, count: 476 - payloadSize)
      file.append(doubleWord: 0x0AB1_6F30)
    }
    return file
  }
}
