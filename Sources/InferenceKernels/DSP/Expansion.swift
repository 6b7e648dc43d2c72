// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Functions that all layers share: shapes are no constants here, and code is not repeated. Opaque
/// pointers keep the optimizer from unrolling loops once more.

/// Expands `count` bytes, a multiple of four, to halfwords in the order in which SXTB16 unpacks
/// them: 0 and 2 of each four in one word, 1 and 3 in the next.
@inline(never)
func expandQuads(_ bytes: UnsafeRawPointer, count: Int, to halfwords: UnsafeMutableRawPointer) {
  var source = bytes
  let end = bytes + count
  var target = halfwords
  while end - source >= 16 {
    let words = (word(source, 0), word(source, 4), word(source, 8), word(source, 12))
    storeQuad(words.0, to: target)
    storeQuad(words.1, to: target + 8)
    storeQuad(words.2, to: target + 16)
    storeQuad(words.3, to: target + 24)
    source = ck_opaque(source + 16)
    target += 32
  }
  while source < end {
    storeQuad(word(source, 0), to: target)
    source = ck_opaque(source + 4)
    target += 8
  }
}

@inline(__always)
private func storeQuad(_ word: UInt32, to target: UnsafeMutableRawPointer) {
  target.storeBytes(of: ck_sxtb16(word), as: UInt32.self)
  target.storeBytes(of: ck_sxtb16_ror8(word), toByteOffset: 4, as: UInt32.self)
}

/// Expands `count` bytes to halfwords in the bytes' order.
@inline(never)
func expandInOrder(_ bytes: UnsafeRawPointer, count: Int, to halfwords: UnsafeMutableRawPointer) {
  var source = bytes
  let end = bytes + count
  var target = halfwords
  while end - source >= 8 {
    let words = (word(source, 0), word(source, 4))
    storeInOrder(words.0, to: target)
    storeInOrder(words.1, to: target + 8)
    source = ck_opaque(source + 8)
    target += 16
  }
  while source < end {
    target.storeBytes(of: Int16(source.load(as: Int8.self)), as: Int16.self)
    source = ck_opaque(source + 1)
    target += 2
  }
}

@inline(__always)
private func storeInOrder(_ word: UInt32, to target: UnsafeMutableRawPointer) {
  let (even, odd) = (ck_sxtb16(word), ck_sxtb16_ror8(word))
  target.storeBytes(of: ck_pack_low_halves(even, odd), as: UInt32.self)
  target.storeBytes(of: ck_pack_high_halves(even, odd), toByteOffset: 4, as: UInt32.self)
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
  _ words: UnsafeRawPointer, byteCount: Int, to lower: UnsafeMutableRawPointer
) {
  var source = words
  let end = words + byteCount
  var target = lower
  while end - source >= 16 {
    let words = (word(source, 0), word(source, 4), word(source, 8), word(source, 12))
    target.storeBytes(of: words.0, as: UInt32.self)
    target.storeBytes(of: words.1, toByteOffset: 4, as: UInt32.self)
    target.storeBytes(of: words.2, toByteOffset: 8, as: UInt32.self)
    target.storeBytes(of: words.3, toByteOffset: 12, as: UInt32.self)
    source = ck_opaque(source + 16)
    target += 16
  }
  while source < end {
    target.storeBytes(of: word(source, 0), as: UInt32.self)
    source = ck_opaque(source + 4)
    target += 4
  }
}

@inline(__always)
private func word(_ source: UnsafeRawPointer, _ offset: Int) -> UInt32 {
  source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
}

/// Fills with halfwords, at a word and up to one.
@inline(never)
func fillHalfwords(_ halfwords: UnsafeMutableRawPointer, byteCount: Int, with value: Int8) {
  let word = UInt32(UInt16(bitPattern: Int16(value))) &* 0x10001
  var target = halfwords
  let end = halfwords + byteCount
  while target < end {
    target.storeBytes(of: word, as: UInt32.self)
    target = ck_opaque_mutable(target + 4)
  }
}
