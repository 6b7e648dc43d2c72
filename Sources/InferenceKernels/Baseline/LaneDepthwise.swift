// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// DEPTHWISE_CONV_2D of any shape, bit-exact with TensorFlow Lite Micro, for cores without the DSP
/// extension; zero points are folded into biases.
///
/// For four outputs at a time it is looked up where their patches lie, which is the same for all
/// channels; then channel by channel these are spread over lanes.
public struct LaneDepthwise<E: Epilogue>: Equatable, Sendable {
  public var window: Window
  public var inputZeroPoint: Int8
  public var epilogue: E

  public init(window: Window, inputZeroPoint: Int8, epilogue: E) {
    self.window = window
    self.inputZeroPoint = inputZeroPoint
    self.epilogue = epilogue
  }

  @_transparent
  private var product: LaneProduct<E> {
    LaneProduct(
      taps: window.kernelHeight &* window.kernelWidth, outputPitch: window.outputChannels,
      epilogue: epilogue)
  }

  /// Bytes of the places of four patches, each in room for any host's pointer.
  @_transparent
  private var placesByteCount: Int { 32 &* product.taps }

  /// Bytes of scratch: the lanes of four patches, their places, and a pixel of padding.
  public var scratchByteCount: Int {
    product.lanesByteCount &+ placesByteCount &+ window.inputChannels
  }

  /// - Parameters:
  ///   - weights: as `packWeights` returns them, 4-byte aligned.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let pixels = window.batches &* window.outputHeight &* window.outputWidth
    let multiplier = window.outputChannels / window.inputChannels
    let places = scratch + product.lanesByteCount
    let padding = places + placesByteCount
    fillBytes(
      padding.assumingMemoryBound(to: Int8.self), window.inputChannels, with: inputZeroPoint)
    var walk = OutputWalk()
    var pixel = 0
    while pixel < pixels {
      let count = min(4, pixels &- pixel)
      for index in 0..<4 {
        findPatch(window, index < count ? walk : nil, input, padding, to: places + 8 &* index)
        if index < count { walk.advance(window) }
      }
      var constants = weights
      var target = output + pixel &* window.outputChannels
      var channel = 0
      while channel < window.inputChannels {
        ck_spread_places(
          places, Int32(truncatingIfNeeded: channel), Int32(truncatingIfNeeded: product.taps),
          scratch)
        product(
          UnsafeRawPointer(scratch), weights: constants, channels: multiplier, output: target,
          count: count)
        constants += multiplier &* product.channelPitch
        target += multiplier
        channel &+= 1
      }
      pixel &+= count
    }
  }
}

/// Stores where the inputs under each tap begin: in the input, or where none is, in the padding.
@inline(never)
private func findPatch(
  _ window: Window, _ walk: OutputWalk?, _ input: UnsafeRawPointer, _ padding: UnsafeRawPointer,
  to places: UnsafeMutableRawPointer
) {
  var target = places
  var kernelRow = 0
  while kernelRow < window.kernelHeight {
    var kernelColumn = 0
    while kernelColumn < window.kernelWidth {
      var place = padding
      if let walk {
        let y = window.inputRow(output: walk.row, kernel: kernelRow)
        let x = window.inputColumn(output: walk.column, kernel: kernelColumn)
        if window.containsRow(y) && window.containsColumn(x) {
          let pixel = (walk.image &* window.inputHeight &+ y) &* window.inputWidth &+ x
          place = input + pixel &* window.inputChannels
        }
      }
      target.storeBytes(of: UInt(bitPattern: place), as: UInt.self)
      target += 32
      kernelColumn &+= 1
    }
    kernelRow &+= 1
  }
}

#if !hasFeature(Embedded)

  extension LaneDepthwise {
    public var overlap: Overlap { .none }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int { window.outputChannels * product.channelPitch / 4 }

    /// - Parameters:
    ///   - weights: -127 to 127, HWC as in the model.
    ///   - bias: with the input's zero point folded in.
    ///   - epilogueWords: channel by channel.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      product.pack(
        channels: window.outputChannels, bias: bias, epilogueWords: epilogueWords
      ) { weights[$1 * window.outputChannels + $0] }
    }
  }

#endif
