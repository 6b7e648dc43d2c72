// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SOFTMAX on int8 rows by fixed-point arithmetic, bit-exact with TensorFlow Lite Micro. The
/// output's scale is 1/256 and its zero point -128.
public struct Softmax: Equatable, Sendable {
  public var rows: Int
  public var count: Int
  /// Input differences to Q5: beta times the input's scale.
  public var multiplier: Int32
  public var leftShift: Int32
  /// Differences from the largest input below this one count as probability zero.
  public var minimumDifference: Int32

  public init(
    rows: Int, count: Int, multiplier: Int32, leftShift: Int32, minimumDifference: Int32
  ) {
    self.rows = rows
    self.count = count
    self.multiplier = multiplier
    self.leftShift = leftShift
    self.minimumDifference = minimumDifference
  }

  /// Integer bits of the sum of exponentials.
  private static var sumIntegerBits: Int32 { 12 }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    var row = 0
    while row < rows {
      runRow(input + row &* count, output + row &* count)
      row &+= 1
    }
  }

  private func runRow(_ input: UnsafePointer<Int8>, _ output: UnsafeMutablePointer<Int8>) {
    var largest: Int32 = -128
    var index = 0
    while index < count {
      largest = max(largest, Int32(input[index]))
      index &+= 1
    }

    var sum: Int32 = 0
    index = 0
    while index < count {
      let difference = Int32(input[index]) &- largest
      if difference >= minimumDifference {
        sum = sum &+ roundingDivide(exponential(difference), powerOfTwo: Self.sumIntegerBits)
      }
      index &+= 1
    }

    let headroom = Int32(truncatingIfNeeded: sum.leadingZeroBitCount)
    let fraction = UInt32(bitPattern: sum) &<< UInt32(headroom) &- 0x8000_0000
    let reciprocal = reciprocalOfOnePlus(Int32(bitPattern: fraction))
    let exponent = Self.sumIntegerBits &- headroom &+ 31 &- 8
    index = 0
    while index < count {
      let difference = Int32(input[index]) &- largest
      var probability: Int32 = 0
      if difference >= minimumDifference {
        let product = doublingHighMultiply(reciprocal, exponential(difference))
        probability = roundingDivide(product, powerOfTwo: exponent)
      }
      output[index] = Int8(truncatingIfNeeded: max(-128, min(127, probability &- 128)))
      index &+= 1
    }
  }

  @inline(__always)
  private func exponential(_ difference: Int32) -> Int32 {
    exponentialOfNegative(doublingHighMultiply(difference &<< leftShift, multiplier))
  }
}
