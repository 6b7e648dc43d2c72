// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Microsoft's USB flashing format: blocks of 512 bytes that each say where they go
/// (github.com/microsoft/uf2, README).
struct UF2 {
  static let magic: [UInt8] = [0x55, 0x46, 0x32, 0x0A]
  private static let blockSize = 512
  private static let magics: (UInt32, UInt32, UInt32) = (0x0A32_4655, 0x9E5D_5157, 0x0AB1_6F30)

  private struct Block {
    let flags, address, payloadSize, number, count, family: UInt32

    var isNotMainFlash: Bool { flags & 0x1 != 0 }
    var isFileContainer: Bool { flags & 0x1000 != 0 }
    var hasFamily: Bool { flags & 0x2000 != 0 }
  }

  static func parse(_ bytes: [UInt8], name: String) throws(ImageError) -> Image {
    guard bytes.count % blockSize == 0 else {
      throw ImageError(
        name, at: .offset(bytes.count - bytes.count % blockSize),
        "the last block has \(bytes.count % blockSize) B of 512",
        remedy: "copy the file again or rebuild it: it seems cut short")
    }
    let reader = ByteReader(bytes)
    var (segments, families, seen, count): ([Image.Segment], Set<UInt32>, Set<UInt32>, UInt32) =
      ([], [], [], 0)
    for offset in stride(from: 0, to: bytes.count, by: blockSize) {
      let block = try block(reader, at: offset, name: name)
      guard !block.isNotMainFlash else { continue }
      if block.hasFamily { families.insert(block.family) }
      guard families.count <= 1 else {
        let names = families.sorted().map(familyName).joined(separator: " and ")
        throw ImageError(
          name, at: .offset(offset), "it holds images for \(names)",
          remedy: "use the file for one chip")
      }
      guard seen.insert(block.number).inserted, seen.count == 1 || block.count == count else {
        throw ImageError(
          name, at: .offset(offset), "block \(block.number) of \(block.count) comes twice or late",
          remedy: "rebuild the file")
      }
      count = block.count
      append(reader.slice(UInt32(offset + 32), block.payloadSize) ?? [], block, to: &segments)
    }
    guard seen.count == Int(count) else {
      throw ImageError(
        name, at: .offset(bytes.count), "it has \(seen.count) of \(count) blocks",
        remedy: "copy the file again or rebuild it: it seems cut short")
    }
    return Image(
      format: .uf2, name: name, segments: try Image.sorted(segments, name: name),
      uf2Family: families.first)
  }

  private static func append(
    _ payload: ArraySlice<UInt8>, _ block: Block, to segments: inout [Image.Segment]
  ) {
    if let last = segments.indices.last, segments[last].end == UInt64(block.address) {
      segments[last].bytes += payload
    } else {
      segments.append(Image.Segment(address: Address(block.address), bytes: Array(payload)))
    }
  }

  private static func block(
    _ reader: ByteReader, at offset: Int, name: String
  ) throws(ImageError) -> Block {
    let words = (0..<8).compactMap { reader.word(at: offset + 4 * $0) }
    func refuse(_ problem: String, _ remedy: String) -> ImageError {
      ImageError(name, at: .offset(offset), problem, remedy: remedy)
    }
    guard words.count == 8, words[0] == magics.0, words[1] == magics.1,
      reader.word(at: offset + blockSize - 4) == magics.2
    else {
      throw refuse("a block without UF2's magic numbers", "copy the file again or rebuild it")
    }
    let block = Block(
      flags: words[2], address: words[3], payloadSize: words[4], number: words[5],
      count: words[6], family: words[7])
    guard !block.isFileContainer else {
      throw refuse("this UF2 holds files, not flash contents", "use one made from firmware")
    }
    guard (1...476).contains(block.payloadSize) else {
      throw refuse("a block of \(block.payloadSize) B, of at most 476", "rebuild the file")
    }
    guard block.number < block.count else {
      throw refuse("block \(block.number) of \(block.count)", "rebuild the file")
    }
    return block
  }

  /// The family's chip (uf2families.json of the format's repository).
  static func familyName(_ family: UInt32) -> String {
    switch family {
    case 0xADA5_2840: "nRF52840"
    case 0x621E_937A: "nRF52833"
    case 0x1B57_745F: "nRF52"
    case 0xE48B_FF56: "RP2040"
    case 0xE48B_FF59: "RP2350"
    case 0x68ED_2B88: "SAMD21"
    case 0x5511_4460: "SAMD51"
    case 0x5775_5A57: "STM32F4"
    case 0x5EE2_1072: "STM32F1"
    case 0x4FB2_D5BD: "i.MX RT10xx"
    case 0xBFDD_4EEE: "ESP32-S2"
    case 0xC47E_5767: "ESP32-S3"
    default: "family 0x" + String(family, radix: 16, uppercase: true)
    }
  }
}
