// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A hash over everything that an image is made from; equal inputs need no second build. FNV-1a, by
/// 64-bit words: it tells edits apart, it does not keep secrets.
struct Fingerprint: Equatable, CustomStringConvertible {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  var description: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Lengths are hashed with the bytes, so that what moves from one input to the next is seen.
  mutating func add(_ bytes: [UInt8]) {
    mix(UInt64(bytes.count))
    bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset + 8 <= raw.count {
        mix(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      var tail: UInt64 = 0
      for byte in raw[offset...] { tail = tail << 8 | UInt64(byte) }
      mix(tail)
    }
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// Adds a file, or every file below a folder with its name; what does not exist is added as such.
  mutating func add(contentsOf url: URL, leavingOut excluded: Set<String> = []) {
    guard !excluded.contains(url.lastPathComponent) else { return }
    add(url.lastPathComponent)
    if let names = try? FileManager.default.contentsOfDirectory(atPath: url.path) {
      for name in names.sorted() {
        add(contentsOf: url.appendingPathComponent(name), leavingOut: excluded)
      }
    } else if let data = try? Data(contentsOf: url) {
      add(Array(data))
    }
  }

  private mutating func mix(_ word: UInt64) {
    state = (state ^ word) &* 0x100_0000_01B3
    state ^= state >> 32
  }
}
