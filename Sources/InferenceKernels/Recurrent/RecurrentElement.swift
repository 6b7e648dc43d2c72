// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a recurrent network's activations or state are made of: int8, which sums in 32 bits, or
/// int16, which sums in 64.
public protocol RecurrentElement: FixedWidthInteger & SignedInteger & Sendable {
  associatedtype Sum: FixedWidthInteger & SignedInteger & Sendable

  /// TensorFlow Lite Micro's MultiplyByQuantizedMultiplier for this sum.
  static func requantize(_ sum: Sum, _ scale: FixedPointScale) -> Int32

  /// The sum of products of `count` weights with a vector, added to `bias`.
  static func dotProduct(
    _ weights: UnsafePointer<Int8>, _ vector: UnsafePointer<Self>, count: Int, from bias: Sum
  ) -> Sum
}

extension Int8: RecurrentElement {
  @inline(__always)
  public static func requantize(_ sum: Int32, _ scale: FixedPointScale) -> Int32 { scale(sum) }

  @inline(__always)
  public static func dotProduct(
    _ weights: UnsafePointer<Int8>, _ vector: UnsafePointer<Int8>, count: Int, from bias: Int32
  ) -> Int32 {
    sumOfProducts(weights, vector, count: count, from: bias)
  }
}

extension Int16: RecurrentElement {
  /// The multiplier is rounded to 16 bits, so that the product fits 64; shift is at most 14.
  @inline(__always)
  public static func requantize(_ sum: Int64, _ scale: FixedPointScale) -> Int32 {
    let reduced =
      scale.multiplier < 0x7FFF_0000 ? (scale.multiplier &+ (1 &<< 15)) &>> 16 : 0x7FFF
    let shift = Int64(15 &- scale.shift)
    return Int32(
      truncatingIfNeeded: (sum &* Int64(reduced) &+ (1 &<< (shift &- 1))) &>> shift)
  }

  @inline(__always)
  public static func dotProduct(
    _ weights: UnsafePointer<Int8>, _ vector: UnsafePointer<Int16>, count: Int, from bias: Int64
  ) -> Int64 {
    var sum = bias
    var index = 0
    while index < count {
      sum = sum &+ Int64(Int32(weights[index]) &* Int32(vector[index]))
      index &+= 1
    }
    return sum
  }
}

/// `value` in the range of `Element`.
@inline(__always)
func saturated<Element: FixedWidthInteger>(_ value: Int32, to _: Element.Type) -> Element {
  Element(truncatingIfNeeded: max(Int32(Element.min), min(Int32(Element.max), value)))
}
