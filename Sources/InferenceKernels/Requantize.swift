// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// The range that an operator's output is moved into after its accumulators were scaled.
public struct OutputStage: Equatable, Sendable {
  public var zeroPoint: Int32
  public var minimum: Int32
  public var maximum: Int32

  public init(zeroPoint: Int32, minimum: Int32, maximum: Int32) {
    self.zeroPoint = zeroPoint
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Adds the zero point and clamps, the last step of every int8 operator.
  @inline(__always)
  func quantize(_ value: Int32) -> Int8 {
    let moved = value &+ zeroPoint
    return Int8(truncatingIfNeeded: max(minimum, min(maximum, moved)))
  }
}

/// Bias and scale of each output channel.
///
/// `multiplierStride` is 1 where every channel has its own scale and 0 where all share the first.
public struct ChannelScaling {
  public var bias: UnsafePointer<Int32>
  public var multipliers: UnsafePointer<Int32>
  public var shifts: UnsafePointer<Int8>
  public var multiplierStride: Int

  public init(
    bias: UnsafePointer<Int32>, multipliers: UnsafePointer<Int32>, shifts: UnsafePointer<Int8>,
    multiplierStride: Int
  ) {
    self.bias = bias
    self.multipliers = multipliers
    self.shifts = shifts
    self.multiplierStride = multiplierStride
  }

  /// One block of constants: the biases of all channels, their multipliers, their shifts as bytes.
  public init(_ channels: UnsafeRawPointer, count: Int) {
    let words = channels.assumingMemoryBound(to: Int32.self)
    self.init(
      bias: words, multipliers: words + count,
      shifts: (channels + 8 &* count).assumingMemoryBound(to: Int8.self), multiplierStride: 1)
  }

  @inline(__always)
  func scale(_ accumulator: Int32, channel: Int) -> Int32 { self[channel](accumulator) }

  /// The scale of one channel, to be looked up once and applied to several accumulators.
  @inline(__always)
  subscript(channel: Int) -> Scale {
    let index = channel &* multiplierStride
    return Scale(multiplier: multipliers[index], shift: Int32(shifts[index]))
  }
}

/// A scale taken apart into its two shifts.
struct Scale {
  private var multiplier: Int32
  private var left: Int32
  private var right: Int32

  @inline(__always)
  init(multiplier: Int32, shift: Int32) {
    self.multiplier = multiplier
    left = max(shift, 0)
    right = max(0 &- shift, 0)
  }

  @inline(__always)
  func callAsFunction(_ value: Int32) -> Int32 {
    roundingDivide(doublingHighMultiply(value &<< left, multiplier), powerOfTwo: right)
  }
}

/// TensorFlow Lite Micro's MultiplyByQuantizedMultiplier with double rounding: `value` times
/// `multiplier / 2^31` times `2^shift`, rounded once to the doubled upper word and once more by the
/// right shift.
@inline(__always)
public func requantize(_ value: Int32, multiplier: Int32, shift: Int32) -> Int32 {
  Scale(multiplier: multiplier, shift: shift)(value)
}

/// gemmlowp's SaturatingRoundingDoublingHighMul; a multiplier is never `Int32.min`, so nothing
/// saturates.
@inline(__always)
func doublingHighMultiply(_ a: Int32, _ b: Int32) -> Int32 {
  ck_rounding_doubling_high_multiply(a, b)
}

/// gemmlowp's RoundingDivideByPOT: halves are rounded away from zero.
@inline(__always)
func roundingDivide(_ value: Int32, powerOfTwo exponent: Int32) -> Int32 {
  let mask = (1 &<< exponent) &- 1
  let threshold = (mask &>> 1) &+ (value < 0 ? 1 : 0)
  return (value &>> exponent) &+ (value & mask > threshold ? 1 : 0)
}
