// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel
import Testing

@Suite struct UF2Tests {
  static func word(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  struct Block {
    var flags: UInt32 = 0x2000
    var address: UInt32
    var payload: [UInt8] = Array(repeating: 0x5A, count: 256)
    var number: UInt32
    var count: UInt32 = 2
    var family: UInt32 = 0xADA5_2840
    var size: UInt32?

    var bytes: [UInt8] {
      let head = [
        0x0A32_4655, 0x9E5D_5157, flags, address, size ?? UInt32(payload.count), number, count,
        family,
      ].flatMap(UF2Tests.word)
      let padding = [UInt8](repeating: 0, count: 476 - payload.count)
      return head + payload + padding + UF2Tests.word(0x0AB1_6F30)
    }
  }

  func parse(_ blocks: [Block]) throws -> Image {
    try Image.parse(blocks.flatMap(\.bytes), name: "app.uf2", rawLoadAddress: Address(0))
  }

  @Test func blocks_joinWhereTheyMeet() throws {
    let image = try parse([
      Block(address: 0x1_0000, number: 0), Block(address: 0x1_0100, number: 1),
    ])
    #expect(image.format == .uf2)
    #expect(image.segments.count == 1)
    #expect(image.flashBytes == ByteCount(512))
    #expect(image.uf2Family == 0xADA5_2840)
  }

  @Test func blocksOutsideMainFlash_areSkipped() throws {
    let image = try parse([
      Block(flags: 1, address: 0xFFFF_FF00, number: 0, count: 1),
      Block(address: 0x1_0000, number: 0, count: 1),
    ])
    #expect(image.segments.map(\.address) == [Address(0x1_0000)])
  }

  @Test func anotherChipsFamily_isNamed() throws {
    let image = try parse([Block(address: 0x1000_0000, number: 0, count: 1, family: 0xE48B_FF56)])
    let text = message { try image.validate(for: ImageValidationTests.nRF52840) }
    #expect(text.contains("this UF2 is for RP2040; build it for nRF52840"))
  }

  @Test func damage_isNamedByOffset() {
    let good = Block(address: 0, number: 0)
    let next = Block(address: 256, number: 1)
    let cases: [([Block], String)] = [
      ([good], "app.uf2: offset 0x200: it has 1 of 2 blocks"),
      ([good, good], "offset 0x200: block 0 of 2 comes twice or late"),
      ([good, Block(address: 256, number: 5)], "offset 0x200: block 5 of 2"),
      ([good, Block(address: 256, number: 1, size: 477)], "a block of 477 B, of at most 476"),
      ([good, Block(address: 256, number: 1, size: 0xFFFF_FFFF)], "of at most 476"),
      ([good, Block(flags: 0x1000, address: 256, number: 1)], "holds files, not flash contents"),
      ([good, Block(address: 128, number: 1)], "overlap"),
      (
        [good, Block(address: 256, number: 1, family: 0x68ED_2B88)],
        "images for SAMD21 and nRF52840"
      ),
      ([Block(address: 0xFFFF_FFF0, number: 0), next], "behind the 32-bit address space"),
    ]
    for (blocks, expected) in cases {
      #expect(message { try parse(blocks) }.contains(expected))
    }
  }
}
