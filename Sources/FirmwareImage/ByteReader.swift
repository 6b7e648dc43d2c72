// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Little-endian numbers out of bytes that nobody has checked.
struct ByteReader {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func halfword(at offset: Int) -> UInt16? {
    guard offset >= 0, bytes.count >= 2, offset <= bytes.count - 2 else { return nil }
    return UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
  }

  func word(at offset: Int) -> UInt32? {
    guard let low = halfword(at: offset), let high = halfword(at: offset + 2) else { return nil }
    return UInt32(low) | UInt32(high) << 16
  }

  /// The bytes of a range that lies wholly inside.
  func slice(_ offset: UInt32, _ count: UInt32) -> ArraySlice<UInt8>? {
    let end = UInt64(offset) + UInt64(count)
    guard end <= UInt64(bytes.count) else { return nil }
    return bytes[Int(offset)..<Int(end)]
  }

  func starts(with prefix: some Sequence<UInt8>) -> Bool { bytes.starts(with: prefix) }
}
