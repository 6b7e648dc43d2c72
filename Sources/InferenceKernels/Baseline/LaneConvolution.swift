// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// CONV_2D of any shape, and FULLY_CONNECTED as one of 1 × 1 taps, bit-exact with TensorFlow Lite
/// Micro, for cores without the DSP extension; zero points are folded into biases.
///
/// The patches of four outputs at a time are gathered and spread over lanes, then multiplied with
/// all channels.
public struct LaneConvolution<E: Epilogue>: Equatable, Sendable {
  public var window: Window
  public var inputZeroPoint: Int8
  public var epilogue: E

  public init(window: Window, inputZeroPoint: Int8, epilogue: E) {
    self.window = window
    self.inputZeroPoint = inputZeroPoint
    self.epilogue = epilogue
  }

  @_transparent
  private var taps: Int {
    window.kernelHeight &* window.kernelWidth &* window.inputChannels
  }

  @_transparent
  private var product: LaneProduct<E> {
    LaneProduct(taps: taps, outputPitch: window.outputChannels, epilogue: epilogue)
  }

  /// Bytes of scratch: the lanes of four patches, and behind them the patches.
  public var scratchByteCount: Int { product.lanesByteCount &+ 4 &* taps }

  /// - Parameters:
  ///   - weights: as `packWeights` returns them, 4-byte aligned.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let pixels = window.batches &* window.outputHeight &* window.outputWidth
    let patches = scratch + product.lanesByteCount
    var walk = OutputWalk()
    var pixel = 0
    while pixel < pixels {
      let count = min(4, pixels &- pixel)
      if window.isPointwise && count == 4 {
        spreadOverLanes(input + pixel &* taps, count: taps, pitch: taps, to: scratch)
      } else {
        var patch = patches
        for _ in 0..<count {
          gatherPatch(window, walk, input, padding: inputZeroPoint, to: patch)
          walk.advance(window)
          patch += taps
        }
        spreadOverLanes(patches, count: taps, pitch: taps, to: scratch)
      }
      if window.isPointwise { walk.skip(to: pixel &+ count) }
      product(
        UnsafeRawPointer(scratch), weights: weights, channels: window.outputChannels,
        output: output + pixel &* window.outputChannels, count: count)
      pixel &+= count
    }
  }
}

/// Which output comes next.
struct OutputWalk {
  var image = 0
  var row = 0
  var column = 0

  @inline(__always)
  mutating func advance(_ window: Window) {
    column &+= 1
    guard column == window.outputWidth else { return }
    column = 0
    row &+= 1
    guard row == window.outputHeight else { return }
    row = 0
    image &+= 1
  }

  /// For pointwise windows, whose pixels may be counted through.
  @inline(__always)
  mutating func skip(to pixel: Int) {
    image = 0
    row = 0
    column = pixel
  }
}

/// Copies what one output sees, padding for what is outside of the input.
@inline(never)
private func gatherPatch(
  _ window: Window, _ walk: OutputWalk, _ input: UnsafeRawPointer, padding: Int8,
  to patch: UnsafeMutableRawPointer
) {
  let image = input + walk.image &* window.inputImage
  let channels = window.inputChannels
  var target = patch.assumingMemoryBound(to: Int8.self)
  var kernelRow = 0
  while kernelRow < window.kernelHeight {
    let y = window.inputRow(output: walk.row, kernel: kernelRow)
    let inside = window.isPointwise || window.containsRow(y)
    var kernelColumn = 0
    while kernelColumn < window.kernelWidth {
      let x = window.inputColumn(output: walk.column, kernel: kernelColumn)
      if inside && (window.isPointwise || window.containsColumn(x)) {
        let source = image + (y &* window.inputWidth &+ x) &* channels
        copyBytes(source.assumingMemoryBound(to: Int8.self), channels, to: target)
      } else {
        fillBytes(target, channels, with: padding)
      }
      target += channels
      kernelColumn &+= 1
    }
    kernelRow &+= 1
  }
}

#if !hasFeature(Embedded)

  extension LaneConvolution {
    /// Where the output may lie: four pixels are read before they are written.
    public var overlap: Overlap {
      guard window.isPointwise else { return .none }
      let growth = window.outputChannels - window.inputChannels
      let pixels = window.batches * window.outputHeight * window.outputWidth
      return .leading(byteCount: growth <= 0 ? min(4, pixels) * growth : pixels * growth)
    }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int { window.outputChannels * product.channelPitch / 4 }

    /// - Parameters:
    ///   - weights: -127 to 127, OHWI as in the model.
    ///   - bias: with the input's zero point folded in.
    ///   - epilogueWords: channel by channel.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      product.pack(
        channels: window.outputChannels, bias: bias, epilogueWords: epilogueWords
      ) { weights[$0 * taps + $1] }
    }
  }

#endif
