// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import MachineModel

/// One of the chip's memories and its bytes, at a fixed place in the host's memory so that the
/// CPU can reach them by pointer.
final class GuestMemory {
  let description: Memory
  let bytes: UnsafeMutablePointer<UInt8>
  /// One for each word, not zero once it was written; nil while nobody asks.
  private(set) var written: UnsafeMutablePointer<UInt8>?

  init(_ description: Memory) {
    self.description = description
    // Eight bytes more, so that an unaligned host access at the very end stays inside.
    let capacity = description.size.count + 8
    bytes = ZeroedMemory.allocate(count: capacity)
    if description.kind != .ram { bytes.update(repeating: 0xFF, count: capacity) }
  }

  deinit {
    ZeroedMemory.free(bytes)
    written?.deallocate()
  }

  /// Words, the last one perhaps cut short.
  var wordCount: Int { (description.size.count + 3) / 4 }

  /// Notes which words are written from now on.
  func mapWrites() {
    guard written == nil else { return }
    let map = UnsafeMutablePointer<UInt8>.allocate(capacity: wordCount)
    map.initialize(repeating: 0, count: wordCount)
    written = map
  }

  /// The range of offsets for `count` bytes at `address`, nil where they do not all lie inside.
  func offsets(_ address: Address, _ count: Int) -> Range<Int>? {
    guard count >= 0, address >= description.base else { return nil }
    let start = Int(address.bits - description.base.bits)
    guard start + count <= description.size.count else { return nil }
    return start..<(start + count)
  }

  func read(_ address: Address, _ count: Int) -> [UInt8]? {
    offsets(address, count).map { range in
      Array(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
    }
  }

  /// The little-endian word at an address, nil where it does not lie wholly inside.
  func word(at address: Address) -> UInt32? {
    read(address, 4)?.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  func write(_ new: some Collection<UInt8>, at address: Address) -> Bool {
    guard let range = offsets(address, new.count) else { return false }
    _ = UnsafeMutableBufferPointer(start: bytes + range.lowerBound, count: range.count)
      .update(fromContentsOf: new)
    if let written, !range.isEmpty {
      for word in range.lowerBound / 4...(range.upperBound - 1) / 4 { written[word] = 1 }
    }
    return true
  }

  func fill(_ address: Address, _ count: Int, with byte: UInt8) {
    guard let range = offsets(address, count) else { return }
    (bytes + range.lowerBound).update(repeating: byte, count: range.count)
  }
}
