// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Up to three pixels times all output channels: what the packed convolutions have in common.
///
/// The blob of a layer, word by word, for each pair of channels: two biases, the weights, the
/// epilogue's words of the first and of the second channel.
///
/// Shapes fold to constants where a kernel is made from literals. What is `@_transparent` here and
/// in the kernels would be `@inline(__always)`, were that not ignored in large callers.
struct PixelProduct<E: Epilogue> {
  /// One to three: a layer's product has three, what is left over at the end of a row less.
  var pixels: Int
  var outputChannels: Int
  /// Rows of taps, and pairs of taps that are needed in each.
  var rows: Int
  var pairs: Int
  /// Bytes from one row of expanded inputs to the next, and from one pixel's inputs to the next.
  var rowPitch: Int
  var pixelPitch: Int
  /// Bytes from one pixel's output to the next one's.
  var outputPitch: Int
  var epilogue: E

  /// Pairs of taps that are unrolled at most: 1.4 KB of code.
  @_transparent
  static var farthestRun: Int { 32 }

  /// The same where there are several rows of taps: such a layer's code is its own, and runs half
  /// as long cost two cycles in a hundred.
  @_transparent
  var longestRun: Int { rows == 1 ? Self.farthestRun : 16 }

  /// The largest offset of LDR.
  @_transparent
  static var farthestOffset: Int { 4095 }

  /// Whether all rows are one run.
  @_transparent
  var isSingleRun: Bool {
    rows &* pairs <= Self.farthestRun
      && (rows &- 1) &* rowPitch &+ 2 &* pixelPitch &+ 4 &* pairs <= Self.farthestOffset
  }

  /// Pairs of a row as packed: cut into runs of equal length, which may take zero weights.
  @_transparent
  var packedPairs: Int {
    if isSingleRun { return pairs }
    let runs = (pairs &+ longestRun &- 1) / longestRun
    return (pairs &+ runs &- 1) / runs &* runs
  }

  /// Pairs that are unrolled: short runs for what is left over.
  @_transparent
  private var run: Int {
    let packed = packedPairs
    if pixels == 3 { return packed / ((packed &+ longestRun &- 1) / longestRun) }
    return packed & 7 == 0 ? 8 : packed & 3 == 0 ? 4 : packed & 1 == 0 ? 2 : 1
  }

  @_transparent
  func callAsFunction(
    _ inputs: UnsafeRawPointer, weights: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    var words = weights
    var target = output
    var left = (outputChannels &+ 1) / 2
    repeat {
      let sums = isSingleRun ? sumOfRun(inputs, &words) : sumOfRows(inputs, &words)
      let both = outputChannels & 1 == 0 || left > 1
      sums.store(epilogue, words, to: target, pixels: pixels, pitch: outputPitch, both: both)
      words = ck_opaque(words + 8 &* E.wordCount)
      target = ck_opaque_mutable(target + 2)
      left &-= 1
    } while left != 0
  }

  /// The sums of all rows at once; `words` moves behind biases and weights.
  @_transparent
  private func sumOfRun(
    _ inputs: UnsafeRawPointer, _ words: inout UnsafeRawPointer
  ) -> PixelSums {
    let taps = TapPairs(
      inputs: inputs, weights: words, firstWeight: PixelSums.biasByteCount, pixels: pixels,
      pixelPitch: pixelPitch, pairsPerRow: pairs, rowPitch: rowPitch)
    var sums = PixelSums(biasesAndFirst: taps)
    sums.add(rows &* pairs &- 1, from: 1, taps)
    words = ck_opaque(words + (PixelSums.biasByteCount &+ 4 &* rows &* pairs))
    return sums
  }

  /// The sums row by row and run by run.
  @_transparent
  private func sumOfRows(
    _ inputs: UnsafeRawPointer, _ words: inout UnsafeRawPointer
  ) -> PixelSums {
    let run = run
    var sums = PixelSums(biases: words)
    words = ck_opaque(words + PixelSums.biasByteCount)
    var row = inputs
    let rowsEnd = inputs + rows &* rowPitch
    repeat {
      var place = row
      let end = row + 4 &* packedPairs
      repeat {
        sums.add(
          run,
          TapPairs(
            inputs: place, weights: words, firstWeight: 0, pixels: pixels,
            pixelPitch: pixelPitch, pairsPerRow: longestRun, rowPitch: rowPitch))
        words = ck_opaque(words + 4 &* run)
        place = ck_opaque(place + 4 &* run)
      } while run < packedPairs && place < end
      row = ck_opaque(row + rowPitch)
    } while rows > 1 && row < rowsEnd
    return sums
  }
}
