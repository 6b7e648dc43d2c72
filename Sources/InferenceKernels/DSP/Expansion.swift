// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Expands `count` bytes, a multiple of four, to halfwords in the order in which SXTB16 unpacks
/// them: 0 and 2 of each four in one word, 1 and 3 in the next.
@inline(__always)
func expandQuads(_ bytes: UnsafeRawPointer, count: Int, to halfwords: UnsafeMutableRawPointer) {
  var source = bytes
  let end = bytes + count
  var target = halfwords
  while source < end {
    let word = source.loadUnaligned(as: UInt32.self)
    target.storeBytes(of: ck_sxtb16(word), as: UInt32.self)
    target.storeBytes(of: ck_sxtb16_ror8(word), toByteOffset: 4, as: UInt32.self)
    source += 4
    target += 8
  }
}

/// Expands pixels to halfwords in the bytes' order.
/// - Parameter pitch: bytes from one expanded pixel to the next.
@inline(__always)
func expandPixels(
  _ bytes: UnsafeRawPointer, count: Int, channels: Int, to halfwords: UnsafeMutableRawPointer,
  pitch: Int
) {
  var source = bytes
  let end = bytes + count &* channels
  var target = halfwords
  while source < end {
    var channel = 0
    while channel < channels {
      let value = Int16(source.load(fromByteOffset: channel, as: Int8.self))
      target.storeBytes(of: value, toByteOffset: 2 &* channel, as: Int16.self)
      channel &+= 1
    }
    source += channels
    target += pitch
  }
}

/// Moves words to lower addresses; both ranges may overlap.
@inline(__always)
func moveWordsDown(
  _ source: UnsafeRawPointer, byteCount: Int, to target: UnsafeMutableRawPointer
) {
  var offset = 0
  while offset < byteCount {
    target.storeBytes(
      of: source.load(fromByteOffset: offset, as: UInt32.self), toByteOffset: offset,
      as: UInt32.self)
    offset &+= 4
  }
}

/// Fills with halfwords, at a word and up to one.
@inline(__always)
func fillHalfwords(_ target: UnsafeMutableRawPointer, byteCount: Int, with value: Int8) {
  let word = UInt32(UInt16(bitPattern: Int16(value))) &* 0x10001
  var offset = 0
  while offset < byteCount {
    target.storeBytes(of: word, toByteOffset: offset, as: UInt32.self)
    offset &+= 4
  }
}
