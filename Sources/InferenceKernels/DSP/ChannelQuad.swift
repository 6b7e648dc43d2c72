// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// Sums of products of one input row for four channels, in pairs as `PixelSums` has them.
struct ChannelQuad {
  private var sums: ck_quad

  /// Bytes of the biases that each four channels start with.
  static var biasByteCount: Int { 16 }

  @inline(__always)
  init(biases: UnsafeRawPointer) {
    sums = ck_quad(
      both0: biases.load(fromByteOffset: 4, as: Int32.self),
      both1: biases.load(fromByteOffset: 12, as: Int32.self),
      first0: biases.load(as: Int32.self),
      first1: biases.load(fromByteOffset: 8, as: Int32.self))
  }

  /// Four steps from `step` on.
  @inline(__always)
  mutating func add4(_ inputs: UnsafeRawPointer, _ weights: UnsafeRawPointer, _ step: Int) {
    add(inputs, weights, step)
    add(inputs, weights, step &+ 1)
    add(inputs, weights, step &+ 2)
    add(inputs, weights, step &+ 3)
  }

  /// Four inputs times four channels in 19 cycles.
  @inline(__always)
  private mutating func add(
    _ inputs: UnsafeRawPointer, _ weights: UnsafeRawPointer, _ step: Int
  ) {
    ck_add_inputs(
      &sums, weights, Int32(truncatingIfNeeded: 16 &* step), inputs,
      Int32(truncatingIfNeeded: 8 &* step))
  }

  /// Stores up to four outputs.
  /// - Parameter pitch: bytes from one channel's constants to the next one's.
  @inline(__always)
  func store(
    _ epilogue: some Epilogue, _ words: UnsafeRawPointer, pitch: Int,
    to output: UnsafeMutableRawPointer, count: Int
  ) {
    storeByte(epilogue.quantize(sums.first0 &<< 8, words), to: output, 0)
    guard count > 1 else { return }
    storeByte(epilogue.quantize(sums.both0 &- sums.first0, words + pitch), to: output, 1)
    guard count > 2 else { return }
    storeByte(epilogue.quantize(sums.first1 &<< 8, words + 2 &* pitch), to: output, 2)
    guard count > 3 else { return }
    storeByte(epilogue.quantize(sums.both1 &- sums.first1, words + 3 &* pitch), to: output, 3)
  }
}
