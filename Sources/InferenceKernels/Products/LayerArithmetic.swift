// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a layer multiplies, adds up and makes an output element: what the general kernels differ in
/// by element type.
public protocol LayerArithmetic: Equatable, Sendable {
  associatedtype Input: BitwiseCopyable
  associatedtype Weight: BitwiseCopyable
  associatedtype Sum
  associatedtype Output: BitwiseCopyable
  var zero: Sum { get }
  func add(_ input: Input, times weight: Weight, to sum: Sum) -> Sum
  /// - Parameters:
  ///   - channels: a block of constants for all of `count` channels, bias first.
  func finish(_ sum: Sum, channel: Int, of count: Int, _ channels: UnsafeRawPointer) -> Output
}

/// Sums of 32 bits: int8 by int8, or int16 by int8 with biases of int32. The block of channels is
/// that of `ChannelScaling(_:count:)`.
public struct NarrowArithmetic<Element: ElementInteger>: LayerArithmetic {
  public var inputZeroPoint: Int32
  public var weightZeroPoint: Int32
  public var stage: OutputStage

  public init(inputZeroPoint: Int32, weightZeroPoint: Int32, stage: OutputStage) {
    self.inputZeroPoint = inputZeroPoint
    self.weightZeroPoint = weightZeroPoint
    self.stage = stage
  }

  @inline(__always)
  public var zero: Int32 { 0 }

  @inline(__always)
  public func add(_ input: Element, times weight: Int8, to sum: Int32) -> Int32 {
    let value = Int32(truncatingIfNeeded: input) &- inputZeroPoint
    return sum &+ value &* (Int32(weight) &- weightZeroPoint)
  }

  @inline(__always)
  public func finish(
    _ sum: Int32, channel: Int, of count: Int, _ channels: UnsafeRawPointer
  ) -> Element {
    let scaling = ChannelScaling(channels, count: count)
    return stage.apply(scaling.scale(sum &+ scaling.bias[channel], channel: channel))
  }
}

/// Sums of 64 bits of int16 by int8. The block of channels has biases in two words, the lower
/// first, then as `ChannelScaling(_:count:)`.
public struct WideArithmetic: LayerArithmetic {
  public var stage: OutputStage

  public init(stage: OutputStage) { self.stage = stage }

  @inline(__always)
  public var zero: Int64 { 0 }

  @inline(__always)
  public func add(_ input: Int16, times weight: Int8, to sum: Int64) -> Int64 {
    sum &+ Int64(Int32(input) &* Int32(weight))
  }

  @inline(__always)
  public func finish(
    _ sum: Int64, channel: Int, of count: Int, _ channels: UnsafeRawPointer
  ) -> Int16 {
    let words = channels.assumingMemoryBound(to: Int32.self)
    let low = UInt32(bitPattern: words[2 &* channel])
    let bias = Int64(words[2 &* channel &+ 1]) &<< 32 | Int64(low)
    let scaling = ChannelScaling(channels + 4 &* count, count: count)
    return stage.apply(
      requantizeWide(
        sum &+ bias, multiplier: scaling.multipliers[channel],
        shift: Int32(scaling.shifts[channel])))
  }
}

/// TensorFlow Lite Micro's MultiplyByQuantizedMultiplier of 64 bits: one rounding, and a multiplier
/// of 15 bits.
@inline(__always)
func requantizeWide(_ value: Int64, multiplier: Int32, shift: Int32) -> Int32 {
  let reduced: Int32 =
    multiplier < 0x7fff_0000 ? (multiplier &+ (1 &<< 15)) &>> 16 : 0x7fff
  let total = Int64(15 &- shift)
  let product = value &* Int64(reduced) &+ (1 &<< (total &- 1))
  return Int32(truncatingIfNeeded: product &>> total)
}

/// Real numbers; the block of channels is their biases.
public struct RealArithmetic: LayerArithmetic {
  public var range: FloatRange

  public init(range: FloatRange) { self.range = range }

  @inline(__always)
  public var zero: Float { 0 }

  @inline(__always)
  public func add(_ input: Float, times weight: Float, to sum: Float) -> Float {
    sum + input * weight
  }

  @inline(__always)
  public func finish(
    _ sum: Float, channel: Int, of count: Int, _ channels: UnsafeRawPointer
  ) -> Float {
    range.clamp(sum + channels.assumingMemoryBound(to: Float.self)[channel])
  }
}
