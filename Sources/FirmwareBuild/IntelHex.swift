// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Writes Intel HEX: records of 16 bytes, a linear base address for every 64 KiB.
struct IntelHex {
  private(set) var text = ""

  init(_ bytes: [UInt8], at base: Address, entry: Address) {
    var offset = 0
    var upper: UInt32?
    while offset < bytes.count {
      let address = base.bits &+ UInt32(offset)
      if address >> 16 != upper {
        upper = address >> 16
        append(kind: 4, address: 0, Self.bigEndian(address >> 16, count: 2)[...])
      }
      // A record does not cross a 64 KiB border.
      let room = min(16, 0x1_0000 - Int(address & 0xFFFF), bytes.count - offset)
      append(kind: 0, address: UInt16(address & 0xFFFF), bytes[offset..<offset + room])
      offset += room
    }
    append(kind: 5, address: 0, Self.bigEndian(entry.bits, count: 4)[...])
    append(kind: 1, address: 0, [])
  }

  private mutating func append(kind: UInt8, address: UInt16, _ payload: ArraySlice<UInt8>) {
    let record =
      [UInt8(payload.count), UInt8(address >> 8), UInt8(address & 0xFF), kind] + Array(payload)
    let sum = record.reduce(UInt8(0)) { $0 &+ $1 }
    text += ":" + (record + [0 &- sum]).map(Self.hexadecimal).joined() + "\n"
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + digits : digits
  }

  private static func bigEndian(_ value: UInt32, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * (count - 1 - $0))) }
  }
}
