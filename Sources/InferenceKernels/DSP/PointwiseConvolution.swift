// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// CONV_2D with 1 × 1 taps and strides, bit-exact with TensorFlow Lite Micro, for cores with the
/// DSP extension; zero points are folded into biases.
///
/// Three pixels at a time are expanded and then multiplied with all channels, so that the output
/// may lie over the input.
public struct PointwiseConvolution<E: Epilogue>: Equatable, Sendable {
  public var inputChannels: Int
  public var outputChannels: Int
  /// Pixels of all images.
  public var pixels: Int
  public var epilogue: E

  public init(inputChannels: Int, outputChannels: Int, pixels: Int, epilogue: E) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.pixels = pixels
    self.epilogue = epilogue
  }

  /// Bytes of an expanded pixel.
  @_transparent
  private var pixelPitch: Int { 2 &* paddedToWords(inputChannels) }

  @_transparent
  var product: PixelProduct<E> {
    PixelProduct(
      pixels: 3, outputChannels: outputChannels, rows: 1, pairs: pixelPitch / 4,
      rowPitch: 0, pixelPitch: pixelPitch, outputPitch: outputChannels, epilogue: epilogue)
  }

  /// Bytes of scratch: three pixels as halfwords and what their zero weights are multiplied with.
  public var scratchByteCount: Int { 2 &* pixelPitch &+ 4 &* product.packedPairs }

  /// - Parameters:
  ///   - weights: as `packWeights` returns them, 4-byte aligned.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    var pixel = 0
    while pixel < pixels {
      // The last three may begin with pixels that are done already: those are still in the scratch.
      let done = pixels % 3 == 0 || pixel &+ 3 <= pixels ? 0 : pixel &+ 3 &- pixels
      if done > 0 {
        moveWordsDown(
          scratch + (3 &- done) &* pixelPitch, byteCount: done &* pixelPitch, to: scratch)
      }
      expand(
        input + pixel &* inputChannels, count: 3 &- done, to: scratch + done &* pixelPitch)
      product(
        UnsafeRawPointer(scratch), weights: weights,
        output: output + (pixel &- done) &* outputChannels)
      pixel &+= 3
    }
  }

  @_transparent
  private func expand(
    _ input: UnsafeRawPointer, count: Int, to target: UnsafeMutableRawPointer
  ) {
    if inputChannels & 3 == 0 {
      expandQuads(input, count: count &* inputChannels, to: target)
    } else {
      expandPixels(
        input, count: count, channels: inputChannels, to: target, pitch: pixelPitch)
    }
  }
}
