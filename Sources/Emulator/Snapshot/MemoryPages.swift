// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// The contents of one memory, by pages that are shared with the snapshot before where they are
/// equal: what a snapshot adds is what has changed.
struct MemoryPages {
  static let pageSize = 4096
  let pages: [[UInt8]]

  /// - Parameter earlier: the same memory at another time.
  init(_ memory: GuestMemory, sharing earlier: MemoryPages?) {
    let size = memory.description.size.count
    pages = stride(from: 0, to: size, by: Self.pageSize).enumerated().map { index, offset in
      let place = UnsafeBufferPointer(
        start: memory.bytes + offset, count: min(Self.pageSize, size - offset))
      if let earlier, index < earlier.pages.count, earlier.pages[index].elementsEqual(of: place) {
        return earlier.pages[index]
      }
      return Array(place)
    }
  }

  /// - Parameter bytes: all of the memory.
  init(_ bytes: ArraySlice<UInt8>) {
    pages = stride(from: bytes.startIndex, to: bytes.endIndex, by: Self.pageSize).map {
      Array(bytes[$0..<min($0 + Self.pageSize, bytes.endIndex)])
    }
  }

  /// Puts the contents back.
  /// - Parameter changed: called with each range of offsets that was not as it is now.
  func restore(_ memory: GuestMemory, changed: (Range<Int>) -> Void) {
    let size = memory.description.size.count
    var offset = 0
    for page in pages where offset + page.count <= size {
      let place = UnsafeMutableBufferPointer(start: memory.bytes + offset, count: page.count)
      if !page.elementsEqual(of: UnsafeBufferPointer(place)) {
        _ = place.update(fromContentsOf: page)
        changed(offset..<(offset + page.count))
      }
      offset += page.count
    }
  }
}

extension [UInt8] {
  /// Whether the bytes are the same, sixteen at a time.
  fileprivate func elementsEqual(of other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count, let there = UnsafeRawPointer(other.baseAddress) else {
      return isEmpty && other.isEmpty
    }
    return withUnsafeBytes { here in
      var offset = 0
      while offset + 16 <= here.count {
        let a = here.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
        let b = there.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
        if a != b { return false }
        offset += 16
      }
      return here[offset...].elementsEqual(other[offset...])
    }
  }
}
