// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Kernels with weights as generated code calls them: bias and scale of every channel in one block,
/// laid out as `ChannelScaling(_:count:)` reads it.

extension Convolution {
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, channels: UnsafeRawPointer,
    scratch: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer
  ) {
    run(
      input: input.assumingMemoryBound(to: Int8.self),
      weights: weights.assumingMemoryBound(to: Int8.self),
      scaling: ChannelScaling(channels, count: window.outputChannels), scratch: scratch,
      output: output.assumingMemoryBound(to: Int8.self))
  }
}

extension ReferenceDepthwiseConvolution {
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, channels: UnsafeRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    run(
      input: input.assumingMemoryBound(to: Int8.self),
      weights: weights.assumingMemoryBound(to: Int8.self),
      scaling: ChannelScaling(channels, count: window.outputChannels),
      output: output.assumingMemoryBound(to: Int8.self))
  }
}

extension FullyConnected {
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, channels: UnsafeRawPointer,
    scratch: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer
  ) {
    run(
      input: input.assumingMemoryBound(to: Int8.self),
      weights: weights.assumingMemoryBound(to: Int8.self),
      scaling: ChannelScaling(channels, count: outputCount), scratch: scratch,
      output: output.assumingMemoryBound(to: Int8.self))
  }
}
