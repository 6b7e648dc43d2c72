// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// CONV_2D on int8, bit-exact with TensorFlow Lite Micro.
///
/// Each output pixel's patch is gathered with the zero point as padding, so borders need no other
/// code; the input's offset is folded into the bias by `foldInputZeroPoint`.
public struct Convolution: Equatable, Sendable {
  public var window: Window
  public var inputZeroPoint: Int8
  public var stage: OutputStage

  public init(window: Window, inputZeroPoint: Int8, stage: OutputStage) {
    self.window = window
    self.inputZeroPoint = inputZeroPoint
    self.stage = stage
  }

  /// Weights of one output channel, without and with filling.
  public var tapCount: Int {
    window.kernelHeight &* window.kernelWidth &* window.inputChannels
  }
  public var paddedTapCount: Int { paddedToWords(tapCount) }

  /// Bytes of scratch: one patch of bytes and two expanded ones.
  public var scratchByteCount: Int { 5 &* paddedTapCount }

  /// - Parameters:
  ///   - input, output: NHWC; the input 4-byte aligned.
  ///   - weights: as `packWeights` leaves them, 4-byte aligned.
  ///   - scaling: with the input's zero point folded into the bias.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  public func run(
    input: UnsafePointer<Int8>, weights: UnsafePointer<Int8>, scaling: ChannelScaling,
    scratch: UnsafeMutableRawPointer, output: UnsafeMutablePointer<Int8>
  ) {
    let taps = paddedTapCount
    let multiply = PatchMultiply(
      taps: taps, channels: window.outputChannels, weights: UnsafeRawPointer(weights),
      scaling: scaling, stage: stage)
    let first = (scratch + taps).assumingMemoryBound(to: UInt32.self)
    let second = first + taps / 2
    let pixels = window.batches &* window.outputHeight &* window.outputWidth
    var pixel = 0
    var target = output
    while pixel &+ 1 < pixels {
      gather(pixel, input, scratch, to: first)
      gather(pixel &+ 1, input, scratch, to: second)
      multiply.pair(first, second, output: target)
      target += 2 &* window.outputChannels
      pixel &+= 2
    }
    if pixel < pixels {
      gather(pixel, input, scratch, to: first)
      multiply.single(first, output: target)
    }
  }

  @inline(__always)
  private func gather(
    _ pixel: Int, _ input: UnsafePointer<Int8>, _ bytes: UnsafeMutableRawPointer,
    to patch: UnsafeMutablePointer<UInt32>
  ) {
    if window.isPointwise && tapCount == paddedTapCount {
      expandPatch(input + pixel &* tapCount, count: tapCount, to: patch)
    } else {
      copyPatch(pixel, input, to: bytes.assumingMemoryBound(to: Int8.self))
      expandPatch(bytes, count: paddedTapCount, to: patch)
    }
  }

  @inline(never)
  private func copyPatch(
    _ pixel: Int, _ input: UnsafePointer<Int8>, to patch: UnsafeMutablePointer<Int8>
  ) {
    let column = pixel % window.outputWidth
    let rows = pixel / window.outputWidth
    let image = input + rows / window.outputHeight &* window.inputImage
    let channels = window.inputChannels
    var target = patch
    var kernelRow = 0
    while kernelRow < window.kernelHeight {
      let y = window.inputRow(output: rows % window.outputHeight, kernel: kernelRow)
      let inside = window.containsRow(y)
      var kernelColumn = 0
      while kernelColumn < window.kernelWidth {
        let x = window.inputColumn(output: column, kernel: kernelColumn)
        if inside && window.containsColumn(x) {
          copyBytes(image + (y &* window.inputWidth &+ x) &* channels, channels, to: target)
        } else {
          fillBytes(target, channels, with: inputZeroPoint)
        }
        target += channels
        kernelColumn &+= 1
      }
      kernelRow &+= 1
    }
    fillBytes(target, paddedTapCount &- tapCount, with: 0)
  }

  /// Fills each row of `weights` (OHWI, as in the model) with zeros to `paddedTapCount`.
  public func packWeights(_ weights: UnsafePointer<Int8>, to packed: UnsafeMutablePointer<Int8>) {
    var channel = 0
    while channel < window.outputChannels {
      let row = packed + channel &* paddedTapCount
      copyBytes(weights + channel &* tapCount, tapCount, to: row)
      fillBytes(row + tapCount, paddedTapCount &- tapCount, with: 0)
      channel &+= 1
    }
  }
}

/// The bias that lets a kernel multiply raw inputs: `bias - zeroPoint * sum(weights)`, modulo 2^32
/// as the accumulators are.
public func foldInputZeroPoint(
  _ zeroPoint: Int8, bias: Int32, weights: UnsafePointer<Int8>, count: Int, stride: Int = 1
) -> Int32 {
  var sum: Int32 = 0
  var index = 0
  while index < count {
    sum = sum &+ Int32(weights[index &* stride])
    index &+= 1
  }
  return bias &- Int32(zeroPoint) &* sum
}
