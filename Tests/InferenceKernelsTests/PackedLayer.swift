// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

/// A random layer that the packed kernels take: weights of -127 to 127, scales of at least one bit
/// down.
struct PackedLayer {
  var window: Window
  var inputZeroPoint: Int8
  var zeroPoint: Int32
  var clamp: ClampedEpilogue
  var input: [Int8]
  var weights: [Int8]
  /// With the input's zero point folded in.
  var bias: [Int32]
  var table: ChannelTable

  /// - Parameter divisor: makes the weights smaller.
  init(_ window: Window, _ layer: inout RandomLayer, divisor: Int8 = 1) {
    self.window = window
    let (outputs, channels) = (window.outputChannels, window.inputChannels)
    let taps = window.kernelHeight * window.kernelWidth * channels
    inputZeroPoint = layer.zeroPoint()
    zeroPoint = Int32(layer.zeroPoint())
    let edges = [Int32(layer.zeroPoint()), Int32(layer.zeroPoint())].sorted()
    clamp = ClampedEpilogue(minimum: edges[0], maximum: edges[1])
    input = layer.bytes(window.batches * window.inputImage)
    weights = layer.bytes(outputs * taps).map { max(-127, $0) / divisor }
    var scales = layer.channels(outputs)
    let stride = scales.stride
    scales.multipliers = (0..<outputs).map { [all = scales.multipliers] in all[$0 * stride] }
    scales.shifts = (0..<outputs).map { [all = scales.shifts] in min(-1, all[$0 * stride]) }
    scales.stride = 1
    table = scales
    let weights = weights
    bias = scales.folding(inputZeroPoint, taps: taps) { weights[$0 * taps + $1] }.bias
  }

  /// Of `ExactEpilogue` and `ClampedEpilogue`.
  var epilogueWords: [Int32] {
    (0..<window.outputChannels).flatMap { channel in
      let right = Int32(-table.shifts[channel])
      return [table.multipliers[channel], zeroPoint << right + 1 << (right - 1), right]
    }
  }

  /// Whether all channels have the same words.
  var channelsAreAlike: Bool {
    let words = epilogueWords
    return words.indices.allSatisfy { words[$0] == words[$0 % ExactEpilogue.wordCount] }
  }

  private func reference(clamped: Bool) -> [Int8] {
    let stage = OutputStage(
      zeroPoint: zeroPoint, minimum: clamped ? clamp.minimum : -128,
      maximum: clamped ? clamp.maximum : 127)
    let kernel = ReferenceConvolution(
      window: window, inputZeroPoint: inputZeroPoint, stage: stage)
    var output = [Int8](repeating: 0, count: window.batches * window.outputImage)
    table.use { kernel.run(input: input, weights: weights, scaling: $0, output: &output) }
    return output
  }

  /// Runs with the output as far over the input as `overlap` allows, and scratch and output between
  /// bytes that must stay.
  func expectEqual(
    _ words: [Int32], _ wordCount: Int, _ scratchByteCount: Int, _ overlap: Overlap,
    clamped: Bool, _ seed: UInt64,
    run: (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) ->
      Void
  ) {
    #expect(words.count == wordCount)
    let expected = reference(clamped: clamped)
    let margin = 64
    let (inputStart, outputStart): (Int, Int)
    if case .leading(let lead) = overlap {
      inputStart = (margin + max(0, lead) + 3) & ~3
      outputStart = inputStart - lead
    } else {
      inputStart = margin
      outputStart = (margin + input.count + 3) & ~3
    }
    let end = max(inputStart + input.count, outputStart + expected.count)
    let scratchStart = (end + margin) & ~3
    let scratchEnd = scratchStart + scratchByteCount
    let before = [Int8](repeating: 77, count: scratchEnd + 64)
    var after: [Int8] = []
    withAlignedBytes(before) { arena in
      for (index, value) in input.enumerated() { arena[inputStart + index] = value }
      let memory = UnsafeMutableRawPointer(arena)
      words.withUnsafeBytes {
        run(
          UnsafeRawPointer(memory + inputStart), $0.baseAddress!, memory + scratchStart,
          memory + outputStart)
      }
      after = (0..<before.count).map { arena[$0] }
    }
    let output = Array(after[outputStart..<outputStart + expected.count])
    #expect(output == expected, "seed \(seed), \(window), \(overlap)")
    for range in [
      scratchStart..<scratchEnd, inputStart..<inputStart + input.count,
      outputStart..<outputStart + expected.count,
    ] {
      after.replaceSubrange(range, with: before[range])
    }
    #expect(after == before, "bytes outside changed, seed \(seed), \(window)")
  }
}
