// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Functions that all layers share: shapes are no constants here, and code is not repeated.

/// Expands `count` bytes, a multiple of four, to halfwords in the order in which SXTB16 unpacks
/// them: 0 and 2 of each four in one word, 1 and 3 in the next.
@inline(never)
func expandQuads(_ bytes: UnsafeRawPointer, count: Int, to halfwords: UnsafeMutableRawPointer) {
  var source = bytes
  let end = bytes + count
  var target = halfwords
  if count & 4 != 0 {
    expandQuad(source, to: target)
    source += 4
    target += 8
  }
  while source < end {
    expandQuad(source, to: target)
    expandQuad(source + 4, to: target + 8)
    source += 8
    target += 16
  }
}

@inline(__always)
private func expandQuad(_ bytes: UnsafeRawPointer, to halfwords: UnsafeMutableRawPointer) {
  let word = bytes.loadUnaligned(as: UInt32.self)
  halfwords.storeBytes(of: ck_sxtb16(word), as: UInt32.self)
  halfwords.storeBytes(of: ck_sxtb16_ror8(word), toByteOffset: 4, as: UInt32.self)
}

/// Expands `count` bytes to halfwords in the bytes' order.
@inline(never)
func expandInOrder(_ bytes: UnsafeRawPointer, count: Int, to halfwords: UnsafeMutableRawPointer) {
  var source = bytes
  let end = bytes + count
  var target = halfwords
  while end - source >= 4 {
    let word = source.loadUnaligned(as: UInt32.self)
    let (even, odd) = (ck_sxtb16(word), ck_sxtb16_ror8(word))
    target.storeBytes(of: ck_pack_low_halves(even, odd), as: UInt32.self)
    target.storeBytes(of: ck_pack_high_halves(even, odd), toByteOffset: 4, as: UInt32.self)
    source += 4
    target += 8
  }
  while source < end {
    target.storeBytes(of: Int16(source.load(as: Int8.self)), as: Int16.self)
    source += 1
    target += 2
  }
}

/// Expands pixels to halfwords in the bytes' order, each to a place of its own.
/// - Parameter pitch: bytes from one expanded pixel to the next.
@inline(never)
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
@inline(never)
func moveWordsDown(
  _ source: UnsafeRawPointer, byteCount: Int, to target: UnsafeMutableRawPointer
) {
  var offset = 0
  while offset &+ 16 <= byteCount {
    let words = (
      word(source, offset), word(source, offset &+ 4), word(source, offset &+ 8),
      word(source, offset &+ 12)
    )
    target.storeBytes(of: words.0, toByteOffset: offset, as: UInt32.self)
    target.storeBytes(of: words.1, toByteOffset: offset &+ 4, as: UInt32.self)
    target.storeBytes(of: words.2, toByteOffset: offset &+ 8, as: UInt32.self)
    target.storeBytes(of: words.3, toByteOffset: offset &+ 12, as: UInt32.self)
    offset &+= 16
  }
  while offset < byteCount {
    target.storeBytes(of: word(source, offset), toByteOffset: offset, as: UInt32.self)
    offset &+= 4
  }
}

@inline(__always)
private func word(_ source: UnsafeRawPointer, _ offset: Int) -> UInt32 {
  source.load(fromByteOffset: offset, as: UInt32.self)
}

/// Fills with halfwords, at a word and up to one.
@inline(never)
func fillHalfwords(_ target: UnsafeMutableRawPointer, byteCount: Int, with value: Int8) {
  let word = UInt32(UInt16(bitPattern: Int16(value))) &* 0x10001
  var offset = 0
  while offset < byteCount {
    target.storeBytes(of: word, toByteOffset: offset, as: UInt32.self)
    offset &+= 4
  }
}
