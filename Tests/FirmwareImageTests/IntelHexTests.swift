// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel
import Testing

@Suite struct IntelHexTests {
  func parse(_ text: String) throws -> Image {
    try Image.parse(Array(text.utf8), name: "app.hex", rawLoadAddress: Address(0))
  }

  /// A record with its length and checksum filled in.
  func record(_ type: UInt8, _ offset: UInt16, _ data: [UInt8]) -> String {
    let body = [UInt8(data.count), UInt8(offset >> 8), UInt8(offset & 0xFF), type] + data
    let bytes = body + [0 &- body.reduce(0, &+)]
    return ":" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\r\n"
  }

  let end = ":00000001FF\n"

  @Test func records_becomeSegments() throws {
    let image = try parse(
      record(4, 0, [0, 1]) + record(0, 0, [1, 2]) + record(0, 2, [3, 4]) + "\n"
        + record(0, 0x100, [5]) + record(5, 0, [0, 1, 0, 9]) + end)
    #expect(image.format == .intelHex)
    #expect(
      image.segments == [
        .init(address: Address(0x1_0000), bytes: [1, 2, 3, 4]),
        .init(address: Address(0x1_0100), bytes: [5]),
      ])
    #expect(image.entry == Address(0x1_0008))
  }

  @Test func segmentRecords_shiftByFour() throws {
    let image = try parse(
      record(2, 0, [0x10, 0]) + record(0, 4, [7]) + record(3, 0, [0x10, 0, 0, 8]) + end)
    #expect(image.segments == [.init(address: Address(0x1_0004), bytes: [7])])
    #expect(image.entry == Address(0x1_0008))
  }

  @Test func damage_isNamedByLine() {
    let first = record(0, 0, [1, 2])
    let cases: [(String, String)] = [
      (first + ":0100020003FB\n" + end, "app.hex: line 2: the checksum should be FA"),
      (first + ":01000200\n" + end, "line 2: the record is cut short"),
      (first + ":0z00020003FA\n" + end, "line 2: a record is an even number of hexadecimal digits"),
      (first + ":010\n" + end, "line 2: a record is an even number"),
      (first + "hello\n" + end, "line 2: a record must begin with ':'"),
      (first, "line 2: there is no end record (:00000001FF); copy the file again"),
      (first + end + first, "line 3: text follows the end record"),
      (first + record(9, 0, []) + end, "line 2: record type 9 with 0 B is not in the format"),
      (first + record(0, 1, [9]) + end, "overlap"),
      (record(4, 0, [0xFF, 0xFF]) + record(0, 0xFFFF, [1, 2]) + end, "line 2: the data reaches"),
      (end + "", "app.hex: it holds nothing to load"),
    ]
    for (text, expected) in cases {
      #expect(message { try parse(text) }.contains(expected), "\(text)")
    }
  }
}
