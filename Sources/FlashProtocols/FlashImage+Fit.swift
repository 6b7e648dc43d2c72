// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension FlashImage {
  /// Why a bootloader will not write the image, if it will not: it is empty, or lies elsewhere.
  func misfit(_ parameters: FlashParameters) -> FlashFailure? {
    guard !bytes.isEmpty else {
      return FlashFailure(
        .connecting, "the image is empty", remedy: "build the application, then flash what it made")
    }
    guard parameters.allows(self) else {
      let end = UInt64(start) + UInt64(bytes.count)
      let last = UInt64(parameters.start) + UInt64(parameters.length)
      return FlashFailure(
        .connecting,
        "the image takes \(hexadecimal(start)) to \(hexadecimal(end)), and the bootloader writes "
          + "only \(hexadecimal(parameters.start)) to \(hexadecimal(last))",
        remedy: "link the application for this board")
    }
    return nil
  }

  /// The bytes from `offset` on, at most `count` of them.
  func block(at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count else { return [] }
    return Array(bytes[offset..<min(bytes.count, offset + count)])
  }

  /// The image with 0xFF behind it up to a multiple of `unit`.
  func padded(to unit: Int) -> FlashImage {
    let rest = bytes.count % unit
    guard rest != 0 else { return self }
    return FlashImage(start: start, bytes: bytes + Array(repeating: 0xFF, count: unit - rest))
  }
}

/// A number as people read addresses.
func hexadecimal(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
