// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Three pixels times all output channels: what the packed convolutions have in common.
///
/// The blob of a layer, word by word, for each pair of channels: two biases, the weights, the
/// epilogue's words of the first and of the second channel.
///
/// Shapes fold to constants where a kernel is made from literals. What is `@_transparent` here and
/// in the kernels would be `@inline(__always)`, were that not ignored in large callers.
struct TripleProduct<E: Epilogue> {
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

  /// Pairs of taps that are unrolled at most: a run is up to 1.4 KB of code.
  @_transparent
  static var longestRun: Int { 32 }

  /// The largest offset of LDR.
  @_transparent
  static var farthestOffset: Int { 4095 }

  /// Whether all rows are one run.
  @_transparent
  var isSingleRun: Bool {
    rows &* pairs <= Self.longestRun
      && (rows &- 1) &* rowPitch &+ 2 &* pixelPitch &+ 4 &* pairs <= Self.farthestOffset
  }

  /// Runs that a row is cut into, and their length, which may fill the row up with zero weights.
  @_transparent
  var runsPerRow: Int { (pairs &+ Self.longestRun &- 1) / Self.longestRun }
  @_transparent
  var run: Int { (pairs &+ runsPerRow &- 1) / runsPerRow }

  /// Pairs of a row as packed.
  @_transparent
  var packedPairs: Int { isSingleRun ? pairs : runsPerRow &* run }

  @_transparent
  func callAsFunction(
    _ inputs: UnsafeRawPointer, weights: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    var words = weights
    var target = output
    var left = outputChannels
    repeat {
      var sums = PixelTriple(biases: words)
      words = addProducts(inputs, ck_opaque(words + PixelTriple.biasByteCount), to: &sums)
      let both = outputChannels & 1 == 0 || left > 1
      sums.store(epilogue, words, to: target, pitch: outputPitch, both: both)
      words = ck_opaque(words + 8 &* E.wordCount)
      target = ck_opaque_mutable(target + 2)
      left &-= 2
    } while left > 0
  }

  /// Returns the place behind the weights.
  @_transparent
  private func addProducts(
    _ inputs: UnsafeRawPointer, _ weights: UnsafeRawPointer, to sums: inout PixelTriple
  ) -> UnsafeRawPointer {
    if isSingleRun {
      sums.add(rows &* pairs, taps(inputs, weights))
      return ck_opaque(weights + 4 &* rows &* pairs)
    }
    var words = weights
    var row = inputs
    let rowsEnd = inputs + rows &* rowPitch
    repeat {
      var place = row
      let end = row + 4 &* packedPairs
      repeat {
        sums.add(run, taps(place, words))
        words = ck_opaque(words + 4 &* run)
        place = ck_opaque(place + 4 &* run)
      } while runsPerRow > 1 && place < end
      row = ck_opaque(row + rowPitch)
    } while rows > 1 && row < rowsEnd
    return words
  }

  @_transparent
  private func taps(_ inputs: UnsafeRawPointer, _ weights: UnsafeRawPointer) -> TapPairs {
    TapPairs(
      inputs: inputs, weights: weights, pixelPitch: pixelPitch,
      pairsPerRow: isSingleRun ? pairs : Self.longestRun, rowPitch: rowPitch)
  }
}
