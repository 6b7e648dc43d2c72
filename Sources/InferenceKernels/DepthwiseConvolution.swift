// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// DEPTHWISE_CONV_2D with multiplier 1 on int8, for channels in fours, bit-exact with TensorFlow
/// Lite Micro.
///
/// Two taps of four channels are read as two words and regrouped so that one SMLAD adds both taps
/// of a channel. Where a tap lies is looked up in a table made once per pixel; padding is a row of
/// zero points in scratch, so borders need no other code.
public struct DepthwiseConvolution: Equatable, Sendable {
  public var window: Window
  public var inputZeroPoint: Int8
  public var stage: OutputStage

  public init(window: Window, inputZeroPoint: Int8, stage: OutputStage) {
    self.window = window
    self.inputZeroPoint = inputZeroPoint
    self.stage = stage
  }

  /// Whether this kernel does it; `ReferenceDepthwiseConvolution` does the others.
  public static func supports(_ window: Window) -> Bool {
    window.inputChannels == window.outputChannels && window.inputChannels % 4 == 0
  }

  public var tapCount: Int { window.kernelHeight &* window.kernelWidth }
  var tapPairs: Int { (tapCount &+ 1) / 2 }

  /// 16-bit words of packed weights.
  public var packedWeightCount: Int { 2 &* tapPairs &* window.inputChannels }

  /// Bytes of scratch: a row of zero points and the table of taps.
  public var scratchByteCount: Int { window.inputChannels &+ 8 &* tapPairs }

  /// - Parameters:
  ///   - input, output: NHWC, 4-byte aligned.
  ///   - weights: as `packWeights` leaves them, 4-byte aligned.
  ///   - scaling: with the input's zero point folded into the bias.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned, less than 2 GiB from the input.
  public func run(
    input: UnsafePointer<Int8>, weights: UnsafePointer<Int16>, scaling: ChannelScaling,
    scratch: UnsafeMutableRawPointer, output: UnsafeMutablePointer<Int8>
  ) {
    let channels = window.inputChannels
    let padding = scratch.assumingMemoryBound(to: Int8.self)
    fillBytes(padding, channels, with: inputZeroPoint)
    let taps = (scratch + channels).assumingMemoryBound(to: Int32.self)
    let packed = UnsafeRawPointer(weights).assumingMemoryBound(to: UInt32.self)
    var target = output
    var batch = 0
    while batch < window.batches {
      let image = input + batch &* window.inputImage
      var row = 0
      while row < window.outputHeight {
        var column = 0
        while column < window.outputWidth {
          locateTaps(row, column, padding: UnsafePointer(padding) - image, in: taps)
          pixel(image, taps: taps, weights: packed, scaling, output: target)
          target += channels
          column &+= 1
        }
        row &+= 1
      }
      batch &+= 1
    }
  }

  /// Fills `taps` with the distance of each tap's pixel from the image's first byte.
  private func locateTaps(
    _ row: Int, _ column: Int, padding: Int, in taps: UnsafeMutablePointer<Int32>
  ) {
    var tap = 0
    var kernelRow = 0
    while kernelRow < window.kernelHeight {
      let y = window.inputRow(output: row, kernel: kernelRow)
      let inside = window.containsRow(y)
      var kernelColumn = 0
      while kernelColumn < window.kernelWidth {
        let x = window.inputColumn(output: column, kernel: kernelColumn)
        let isInput = inside && window.containsColumn(x)
        let offset = (y &* window.inputWidth &+ x) &* window.inputChannels
        taps[tap] = Int32(truncatingIfNeeded: isInput ? offset : padding)
        tap &+= 1
        kernelColumn &+= 1
      }
      kernelRow &+= 1
    }
    // An odd last tap is paired with a weight of zero.
    if tap & 1 == 1 { taps[tap] = taps[0] }
  }

  @inline(__always)
  private func pixel(
    _ image: UnsafePointer<Int8>, taps: UnsafePointer<Int32>, weights: UnsafePointer<UInt32>,
    _ scaling: ChannelScaling, output: UnsafeMutablePointer<Int8>
  ) {
    let end = taps + 2 &* tapPairs
    var weight = weights
    var channel = 0
    while channel < window.inputChannels {
      let base = UnsafeRawPointer(image + channel)
      var sum0 = scaling.bias[channel]
      var sum1 = scaling.bias[channel &+ 1]
      var sum2 = scaling.bias[channel &+ 2]
      var sum3 = scaling.bias[channel &+ 3]
      var tap = taps
      while tap != end {
        let a = base.load(fromByteOffset: Int(tap[0]), as: UInt32.self)
        let b = base.load(fromByteOffset: Int(tap[1]), as: UInt32.self)
        let a02 = ck_sxtb16(a)
        let b02 = ck_sxtb16(b)
        sum0 = ck_smlad(lowHalves(a02, b02), weight[0], sum0)
        sum2 = ck_smlad(highHalves(a02, b02), weight[2], sum2)
        let a13 = ck_sxtb16_ror8(a)
        let b13 = ck_sxtb16_ror8(b)
        sum1 = ck_smlad(lowHalves(a13, b13), weight[1], sum1)
        sum3 = ck_smlad(highHalves(a13, b13), weight[3], sum3)
        weight += 4
        tap += 2
      }
      output[channel] = stage.quantize(scaling.scale(sum0, channel: channel))
      output[channel &+ 1] = stage.quantize(scaling.scale(sum1, channel: channel &+ 1))
      output[channel &+ 2] = stage.quantize(scaling.scale(sum2, channel: channel &+ 2))
      output[channel &+ 3] = stage.quantize(scaling.scale(sum3, channel: channel &+ 3))
      channel &+= 4
    }
  }

  @inline(__always)
  private func lowHalves(_ a: UInt32, _ b: UInt32) -> UInt32 { (a & 0xFFFF) | (b &<< 16) }

  @inline(__always)
  private func highHalves(_ a: UInt32, _ b: UInt32) -> UInt32 { (a &>> 16) | (b & 0xFFFF_0000) }

  /// Pairs the taps of `weights` (1HWC, as in the model): for each four channels, for each two
  /// taps, the four pairs.
  public func packWeights(_ weights: UnsafePointer<Int8>, to packed: UnsafeMutablePointer<Int16>) {
    let channels = window.inputChannels
    var target = packed
    var group = 0
    while group < channels {
      var tap = 0
      while tap < tapCount {
        var channel = group
        while channel < group &+ 4 {
          let second = tap &+ 1 < tapCount
          target[0] = Int16(weights[tap &* channels &+ channel])
          target[1] = second ? Int16(weights[(tap &+ 1) &* channels &+ channel]) : 0
          target += 2
          channel &+= 1
        }
        tap &+= 2
      }
      group &+= 4
    }
  }
}
