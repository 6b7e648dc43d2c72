// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// FULLY_CONNECTED on int8, bit-exact with TensorFlow Lite Micro (double rounding, which LiteRT's
/// desktop kernel does not do).
public struct FullyConnected: Equatable, Sendable {
  /// Rows of the input, each giving one row of the output.
  public var batches: Int
  public var inputCount: Int
  public var outputCount: Int
  public var stage: OutputStage

  public init(batches: Int = 1, inputCount: Int, outputCount: Int, stage: OutputStage) {
    self.batches = batches
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.stage = stage
  }

  public var paddedInputCount: Int { paddedToWords(inputCount) }

  /// Bytes of scratch: the input as bytes and expanded.
  public var scratchByteCount: Int { 3 &* paddedInputCount }

  /// - Parameters:
  ///   - weights: rows filled with zeros to `paddedInputCount`, 4-byte aligned.
  ///   - scaling: with the input's zero point folded into the bias.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  public func run(
    input: UnsafePointer<Int8>, weights: UnsafePointer<Int8>, scaling: ChannelScaling,
    scratch: UnsafeMutableRawPointer, output: UnsafeMutablePointer<Int8>
  ) {
    let taps = paddedInputCount
    let multiply = PatchMultiply(
      taps: taps, channels: outputCount, weights: UnsafeRawPointer(weights), scaling: scaling,
      stage: stage)
    let bytes = scratch.assumingMemoryBound(to: Int8.self)
    let patch = (scratch + taps).assumingMemoryBound(to: UInt32.self)
    var batch = 0
    while batch < batches {
      copyBytes(input + batch &* inputCount, inputCount, to: bytes)
      fillBytes(bytes + inputCount, taps &- inputCount, with: 0)
      expandPatch(scratch, count: taps, to: patch)
      multiply.single(patch, output: output + batch &* outputCount)
      batch &+= 1
    }
  }

  /// Fills each row of `weights` with zeros to `paddedInputCount`.
  public func packWeights(_ weights: UnsafePointer<Int8>, to packed: UnsafeMutablePointer<Int8>) {
    var channel = 0
    while channel < outputCount {
      let row = packed + channel &* paddedInputCount
      copyBytes(weights + channel &* inputCount, inputCount, to: row)
      fillBytes(row + inputCount, paddedInputCount &- inputCount, with: 0)
      channel &+= 1
    }
  }
}
