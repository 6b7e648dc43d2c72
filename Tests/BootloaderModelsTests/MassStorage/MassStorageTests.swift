// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing
import USBModel

@Suite struct MassStorageTests {
  private func word(_ bytes: [UInt8], _ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }

  /// A file of the volume, found as a host finds it: partition, boot sector, root directory, FAT.
  private func contents(_ name: String, _ host: inout DiskHost) throws -> String? {
    let table = try host.read(0)
    #expect(table[510...511].elementsEqual([0x55, 0xAA]))
    let volume = UInt32(word(table, 446 + 8))
    let boot = try host.read(volume)
    let (perCluster, fats, perFAT) = (Int(boot[13]), Int(boot[16]), word(boot, 22))
    #expect(word(boot, 11) == 512 && boot[510...511].elementsEqual([0x55, 0xAA]))
    let fat = volume + UInt32(word(boot, 14))
    let root = fat + UInt32(fats * perFAT)
    let data = root + UInt32(word(boot, 17) * 32 / 512)
    let directory = try host.read(root)
    for entry in stride(from: 0, to: 512, by: 32) where directory[entry] != 0 {
      guard String(decoding: directory[entry..<entry + 11], as: UTF8.self) == name else { continue }
      let (first, size) = (word(directory, entry + 26), word(directory, entry + 28))
      #expect(word(try host.read(fat), 2 * first) == 0xFFFF)
      let bytes = try host.read(data + UInt32((first - 2) * perCluster), count: 2)
      return String(decoding: bytes.prefix(size), as: UTF8.self)
    }
    return nil
  }

  @Test func volume_tellsOfTheBoard() throws {
    var host = DiskHost()
    #expect(
      try contents("INFO_UF2TXT", &host)
        == "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n")
    #expect(try contents("INDEX   HTM", &host)?.hasPrefix("<html>") == true)
    #expect(try contents("NOTHING TXT", &host) == nil)
  }

  @Test func disk_saysWhatItIs() throws {
    var host = DiskHost()
    let inquiry = try host.command([0x12, 0, 0, 0, 36, 0], reading: 36)
    #expect(inquiry.count == 36 && inquiry[1] == 0x80)
    #expect(String(decoding: inquiry[8..<11], as: UTF8.self) == "RPI")
    let capacity = try host.command([0x25], reading: 8)
    #expect(capacity == [0, 3, 0xFF, 0xFF, 0, 0, 2, 0])
    #expect(try host.command([0x1A, 0, 0x3F, 0, 192, 0], reading: 192).count == 4)
    #expect(
      host.submit(
        .control(
          SetupPacket(requestType: 0xA1, request: 0xFE, value: 0, index: 0, length: 1), data: []))
        == .completed([0]))
  }

  @Test(arguments: [4096, 20_000]) func uf2File_isProgrammed_inAnyOrder(count: Int) throws {
    let image = DFUBoards.program(count, seed: 4, at: 0x1000_0000)
    let file = UF2File.encode(image, family: UF2File.Family.rp2040)
    let blocks = stride(from: 0, to: file.count, by: 512).map { Array(file[$0..<$0 + 512]) }
    var host = DiskHost()
    // A directory entry in between, a block twice, another chip's, and half of it backwards.
    try host.write(100, Array(repeating: 0xE5, count: 1024))
    for (index, block) in (blocks.reversed() + [blocks[0]]).enumerated() {
      try host.write(2000 + UInt32(index), block)
    }
    try host.write(9000, Array(UF2File.encode(image, family: 0x1234_5678).prefix(512)))
    #expect(RP2040Board.holds(host.device.device, image))
    #expect(host.device.isAttached)
    for _ in 0..<30 { host.device.advance(by: .milliseconds(50)) }
    #expect(!host.device.isAttached)
    #expect(host.device.device.applicationStarts == 1)
  }

  @Test func wholeFile_inOneWrite_isProgrammed() throws {
    let image = DFUBoards.program(9999, seed: 4, at: 0x1000_0000)
    var host = DiskHost()
    try host.write(3000, UF2File.encode(image, family: UF2File.Family.rp2040))
    #expect(RP2040Board.holds(host.device.device, image))
  }

  @Test func interruptedFile_canBeCopiedAgain() throws {
    let (first, second) = (
      DFUBoards.program(9999, seed: 4, at: 0x1000_0000),
      DFUBoards.program(14_000, seed: 5, at: 0x1000_0000)
    )
    var host = DiskHost()
    try host.write(
      3000, Array(UF2File.encode(first, family: UF2File.Family.rp2040).prefix(512 * 9)))
    try host.write(4000, UF2File.encode(second, family: UF2File.Family.rp2040))
    #expect(RP2040Board.holds(host.device.device, second))
  }

  @Test func troubleIsSensed() throws {
    var host = DiskHost()
    #expect(throws: DiskHost.Failed(what: "status 1")) { try host.read(262_144) }
    let sense = try host.command([3, 0, 0, 0, 18, 0], reading: 18)
    #expect(sense[2] == 5 && sense[12] == 0x21)
    #expect(throws: DiskHost.Failed(what: "status 1")) { try host.command([0xAB]) }
    #expect(try host.command([3, 0, 0, 0, 18, 0], reading: 18)[12] == 0x20)
    // Ejected: there is no medium.
    _ = try host.command([0x1B, 0, 0, 0, 2, 0])
    #expect(throws: DiskHost.Failed(what: "status 1")) { try host.command([0]) }
    // No command at all: stalled until a reset.
    host.submit(.out(endpoint: 2, data: [1, 2, 3]))
    #expect(host.submit(.in(endpoint: 1, length: 13)) == .stalled)
    #expect(host.submit(.out(endpoint: 2, data: [1, 2, 3])) == .stalled)
    host.submit(
      .control(
        SetupPacket(requestType: 0x21, request: 0xFF, value: 0, index: 0, length: 0), data: []))
    #expect(try host.read(0).count == 512)
  }
}
