// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Sums of products of up to three pixels for a pair of channels. Three pixels are all that the
/// registers of a Cortex-M4 hold beside the operands.
///
/// A word of weights has two taps, in each half 256 times the second channel's weight plus the
/// first one's: SMLAD with it sums both channels at once, SMLAD with its sign-extended low bytes
/// the first one alone, and the difference is 256 times the second. Two taps of three pixels are
/// twelve products in twelve cycles.
struct PixelSums {
  private var sums: ck_pixel_sums

  /// Bytes of the biases that each pair of channels starts with.
  static var biasByteCount: Int { 8 }

  /// Starts with the biases: the first channel's, and that plus 256 times the second's.
  @inline(__always)
  init(biases: UnsafeRawPointer) {
    let first = biases.load(as: Int32.self)
    let both = biases.load(fromByteOffset: 4, as: Int32.self)
    sums = ck_pixel_sums(
      both0: both, both1: both, both2: both, first0: first, first1: first, first2: first)
  }

  /// Starts with biases and the pair of taps behind them.
  @inline(__always)
  init(biasesAndFirst taps: TapPairs) { sums = taps.start() }

  /// Adds `count` pairs of taps, at most 32, unrolled for a constant count.
  @inline(__always)
  mutating func add(_ count: Int, from first: Int = 0, _ taps: TapPairs) {
    if count >= 16 { add16(taps, first) }
    if count >= 32 { add16(taps, first &+ 16) }
    if count & 8 != 0 { add8(taps, first &+ (count & 16)) }
    if count & 4 != 0 { add4(taps, first &+ (count & 24)) }
    if count & 2 != 0 { add2(taps, first &+ (count & 28)) }
    if count & 1 != 0 { add1(taps, first &+ (count & 30)) }
  }

  @inline(__always)
  private mutating func add16(_ taps: TapPairs, _ pair: Int) {
    add8(taps, pair)
    add8(taps, pair &+ 8)
  }

  @inline(__always)
  private mutating func add8(_ taps: TapPairs, _ pair: Int) {
    add4(taps, pair)
    add4(taps, pair &+ 4)
  }

  @inline(__always)
  private mutating func add4(_ taps: TapPairs, _ pair: Int) {
    add2(taps, pair)
    add2(taps, pair &+ 2)
  }

  @inline(__always)
  private mutating func add2(_ taps: TapPairs, _ pair: Int) {
    add1(taps, pair)
    add1(taps, pair &+ 1)
  }

  @inline(__always)
  private mutating func add1(_ taps: TapPairs, _ pair: Int) {
    taps.add(pair, to: &sums)
  }

  /// Stores the outputs of one to three pixels and both channels, or of the first one only.
  /// - Parameters:
  ///   - words: constants of the first channel, then of the second.
  ///   - pitch: bytes from one pixel's output to the next one's.
  @inline(__always)
  func store<E: Epilogue>(
    _ epilogue: E, _ words: UnsafeRawPointer, to output: UnsafeMutableRawPointer, pixels: Int,
    pitch: Int, both: Bool
  ) {
    let others = words + 4 &* E.wordCount
    let (a0, a1, a2) = (
      epilogue.quantize(sums.first0 &<< 8, words), epilogue.quantize(sums.first1 &<< 8, words),
      epilogue.quantize(sums.first2 &<< 8, words)
    )
    let (b0, b1, b2) = (
      epilogue.quantize(sums.both0 &- sums.first0, others),
      epilogue.quantize(sums.both1 &- sums.first1, others),
      epilogue.quantize(sums.both2 &- sums.first2, others)
    )
    storeByte(a0, to: output, 0)
    if pixels > 1 { storeByte(a1, to: output, pitch) }
    if pixels > 2 { storeByte(a2, to: output, 2 &* pitch) }
    guard both else { return }
    storeByte(b0, to: output, 1)
    if pixels > 1 { storeByte(b1, to: output, pitch &+ 1) }
    if pixels > 2 { storeByte(b2, to: output, 2 &* pitch &+ 1) }
  }
}

@inline(__always)
func storeByte(_ value: Int32, to output: UnsafeMutableRawPointer, _ offset: Int) {
  output.storeBytes(of: Int8(truncatingIfNeeded: value), toByteOffset: offset, as: Int8.self)
}

/// Where pairs of taps lie: weights one word after the other, inputs in rows of halfwords.
struct TapPairs {
  var inputs: UnsafeRawPointer
  var weights: UnsafeRawPointer
  /// Bytes before the first weight.
  var firstWeight: Int
  /// One to three.
  var pixels: Int
  /// Bytes from one pixel's inputs to the next one's.
  var pixelPitch: Int
  /// 2^16 divided by the pairs in a row: up to 32 pairs are found without a division.
  private var rowsPerPair: Int
  /// Bytes between the end of a row's pairs and the next row.
  private var rowGap: Int

  @inline(__always)
  init(
    inputs: UnsafeRawPointer, weights: UnsafeRawPointer, firstWeight: Int, pixels: Int,
    pixelPitch: Int, pairsPerRow: Int, rowPitch: Int
  ) {
    self.inputs = inputs
    self.weights = weights
    self.firstWeight = firstWeight
    self.pixels = pixels
    self.pixelPitch = pixelPitch
    rowsPerPair = (65535 &+ pairsPerRow) / pairsPerRow
    rowGap = rowPitch &- 4 &* pairsPerRow
  }

  /// The sums with the biases before the first weight and the first pair.
  @inline(__always)
  func start() -> ck_pixel_sums {
    ck_start_taps(
      Int32(truncatingIfNeeded: pixels), weights, inputs, Int32(truncatingIfNeeded: pixelPitch),
      Int32(truncatingIfNeeded: 2 &* pixelPitch))
  }

  @inline(__always)
  func add(_ pair: Int, to sums: inout ck_pixel_sums) {
    let offset = 4 &* pair &+ (pair &* rowsPerPair) &>> 16 &* rowGap
    ck_add_taps(
      &sums, Int32(truncatingIfNeeded: pixels), weights,
      Int32(truncatingIfNeeded: 4 &* pair &+ firstWeight), inputs,
      Int32(truncatingIfNeeded: offset), Int32(truncatingIfNeeded: offset &+ pixelPitch),
      Int32(truncatingIfNeeded: offset &+ 2 &* pixelPitch))
  }
}
