// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import FirmwareBuild

@Suite struct LinkedImageTests {
  @Test func otherFiles_areMalformed() {
    for bytes in [[], [0x7F, 0x45, 0x4C, 0x46], Array(repeating: UInt8(0), count: 100)] {
      #expect(throws: LinkedImage.Malformed.self) { try LinkedImage(bytes) }
    }
  }

  @Test func segments_areJoinedByAddress() throws {
    let image = try LinkedImage(elf(segments: [(0x1_0008, [5, 6]), (0x1_0000, [1, 2, 3, 4])]))
    #expect(image.base == Address(0x1_0000))
    #expect(image.bytes == [1, 2, 3, 4, 0xFF, 0xFF, 0xFF, 0xFF, 5, 6])
    #expect(image.undefinedSymbols.isEmpty)
  }

  @Test func segmentsFarApart_areMalformed() {
    #expect(throws: LinkedImage.Malformed.self) {
      try LinkedImage(elf(segments: [(0x1_0000, [1]), (0x2000_0000, [2])]))
    }
  }

  @Test func truncatedFile_isMalformed() {
    let whole = elf(segments: [(0x1_0000, [1, 2, 3, 4])])
    for length in 0..<whole.count {
      #expect(throws: LinkedImage.Malformed.self) { try LinkedImage(Array(whole.prefix(length))) }
    }
  }

  /// A 32-bit little-endian ELF file with loadable segments and no sections.
  private func elf(segments: [(address: UInt32, bytes: [UInt8])]) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func half(_ value: Int) -> [UInt8] { Array(word(value).prefix(2)) }
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1] + Array(repeating: 0, count: 9)
    file += half(2) + half(40) + word(1) + word(0x1_0101) + word(52) + word(0) + word(0)
    file += half(52) + half(32) + half(segments.count) + half(40) + half(0) + half(0)
    var payload: [UInt8] = []
    for segment in segments {
      let offset = 52 + 32 * segments.count + payload.count
      let (address, count) = (Int(segment.address), segment.bytes.count)
      file += word(1) + word(offset) + word(address) + word(address) + word(count) + word(count)
      file += word(5) + word(4)
      payload += segment.bytes
    }
    return file + payload
  }
}
