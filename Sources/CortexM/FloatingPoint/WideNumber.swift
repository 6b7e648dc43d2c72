// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// (-1)^sign × significand × 2^exponent with a significand of 128 bits: the exact product of two
/// doubles, and room to add another. Not zero, it has its leading bit at bit 125: a bit for the
/// carry above, and at least 20 below any product of 106 bits for what alignment shifts out.
struct WideNumber {
  var isNegative: Bool
  private var exponent: Int32
  private var high: UInt64
  private var low: UInt64

  var isZero: Bool { high | low == 0 }

  init(_ number: SoftFloat.Unrounded) {
    self.init(
      isNegative: number.isNegative, exponent: number.exponent, high: 0, low: number.significand)
  }

  init(product a: SoftDouble.Operand, _ b: SoftDouble.Operand) {
    let product = a.significand.multipliedFullWidth(by: b.significand)
    self.init(
      isNegative: a.isNegative != b.isNegative, exponent: a.exponent &+ b.exponent,
      high: product.high, low: product.low)
  }

  private init(isNegative: Bool, exponent: Int32, high: UInt64, low: UInt64) {
    (self.isNegative, self.exponent, self.high, self.low) = (isNegative, exponent, high, low)
    guard !isZero else { return }
    if high == 0 {
      (self.high, self.low) = (low, 0)
      self.exponent &-= 64
    }
    let shift = Int32(self.high.leadingZeroBitCount) &- 2
    self.exponent &-= shift
    shift < 0 ? shiftRight(0 &- shift) : shiftLeft(shift)
  }

  /// By less than 64.
  private mutating func shiftLeft(_ count: Int32) {
    let distance = UInt64(truncatingIfNeeded: count)
    high = high << distance | low >> (64 - distance)
    low = low << distance
  }

  /// What is lost stays visible in bit 0.
  private mutating func shiftRight(_ count: Int32) {
    var distance = UInt64(truncatingIfNeeded: min(count, 128))
    var lost: UInt64 = 0
    if distance >= 64 {
      (lost, low, high) = (low, high, 0)
      distance -= 64
    }
    lost |= low << (64 - distance)
    low = low >> distance | high << (64 - distance)
    high = high >> distance
    if lost != 0 { low |= 1 }
  }

  /// The sum of two numbers that are not zero; bit 0 may be sticky.
  func adding(_ other: WideNumber) -> WideNumber {
    var (large, small) = exponent >= other.exponent ? (self, other) : (other, self)
    small.shiftRight(large.exponent &- small.exponent)
    if large.isNegative == small.isNegative {
      let (sum, carry) = large.low.addingReportingOverflow(small.low)
      large.low = sum
      large.high = large.high &+ small.high &+ (carry ? 1 : 0)
    } else {
      if (large.high, large.low) < (small.high, small.low) {
        (large.high, large.low, small.high, small.low) =
          (small.high, small.low, large.high, large.low)
        large.isNegative = small.isNegative
      }
      let (difference, borrow) = large.low.subtractingReportingOverflow(small.low)
      large.low = difference
      large.high = large.high &- small.high &- (borrow ? 1 : 0)
    }
    return WideNumber(
      isNegative: large.isNegative, exponent: large.exponent, high: large.high, low: large.low)
  }

  /// The upper 64 bits with the rest in bit 0.
  var narrowed: SoftFloat.Unrounded {
    SoftFloat.Unrounded(
      isNegative: isNegative, exponent: exponent &+ 64, significand: high | (low == 0 ? 0 : 1))
  }
}
