// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SOFTMAX of int8 to int16, whose scale is 1/65536 and zero point -32768; otherwise as `Softmax`.
public struct WideningSoftmax: Equatable, Sendable {
  public var rows: Int
  public var count: Int
  /// Input differences to Q5.
  public var scale: FixedPointScale
  /// Differences from the largest input below this one count as probability zero.
  public var minimumDifference: Int32

  public init(rows: Int, count: Int, scale: FixedPointScale, minimumDifference: Int32) {
    self.rows = rows
    self.count = count
    self.scale = scale
    self.minimumDifference = minimumDifference
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int16.self)
    var row = 0
    while row < rows {
      runRow(input + row &* count, output + row &* count)
      row &+= 1
    }
  }

  private func runRow(_ input: UnsafePointer<Int8>, _ output: UnsafeMutablePointer<Int16>) {
    let largest = largestElement(input, count)
    let sum = sumOfExponentials(input, count, largest, scale, minimumDifference)
    let headroom = Int32(truncatingIfNeeded: sum.leadingZeroBitCount)
    let fraction = UInt32(bitPattern: sum) &<< UInt32(headroom) &- 0x8000_0000
    let reciprocal = reciprocalOfOnePlus(Int32(bitPattern: fraction))
    let exponent = 12 &- headroom &+ 31 &- 16
    var index = 0
    while index < count {
      let difference = Int32(input[index]) &- largest
      var probability: Int32 = 0
      if difference >= minimumDifference {
        let product = doublingHighMultiply(reciprocal, exponentialOfNegative(scale(difference)))
        probability = roundingDivide(product, powerOfTwo: exponent)
      }
      output[index] = Int16(truncatingIfNeeded: min(32767, probability &- 32768))
      index &+= 1
    }
  }
}

@inline(__always)
func largestElement(_ input: UnsafePointer<Int8>, _ count: Int) -> Int32 {
  var largest: Int32 = -128
  var index = 0
  while index < count {
    largest = max(largest, Int32(input[index]))
    index &+= 1
  }
  return largest
}

/// In Q12, of differences from the largest element.
@inline(__always)
func sumOfExponentials(
  _ input: UnsafePointer<Int8>, _ count: Int, _ largest: Int32, _ scale: FixedPointScale,
  _ minimumDifference: Int32
) -> Int32 {
  var sum: Int32 = 0
  var index = 0
  while index < count {
    let difference = Int32(input[index]) &- largest
    if difference >= minimumDifference {
      sum = sum &+ roundingDivide(exponentialOfNegative(scale(difference)), powerOfTwo: 12)
    }
    index &+= 1
  }
  return sum
}

/// LOG_SOFTMAX of int8; the output's scale is 1/16 and its zero point 127.
public struct LogSoftmax: Equatable, Sendable {
  public var rows: Int
  public var count: Int
  /// Input differences to Q5, and back.
  public var scale: FixedPointScale
  public var inverse: FixedPointScale
  public var minimumDifference: Int32

  public init(
    rows: Int, count: Int, scale: FixedPointScale, inverse: FixedPointScale,
    minimumDifference: Int32
  ) {
    self.rows = rows
    self.count = count
    self.scale = scale
    self.inverse = inverse
    self.minimumDifference = minimumDifference
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    var row = 0
    while row < rows {
      runRow(input + row &* count, output + row &* count)
      row &+= 1
    }
  }

  public var overlap: Overlap { .exact }

  private func runRow(_ input: UnsafePointer<Int8>, _ output: UnsafeMutablePointer<Int8>) {
    let largest = largestElement(input, count)
    let sum = sumOfExponentials(input, count, largest, scale, minimumDifference)
    let logarithm = logarithmOfAtLeastOne(sum)
    // Below this difference the output cannot be told from its least.
    let least = max(minimumDifference &- 1, inverse(logarithm &+ Int32.min))
    var index = 0
    while index < count {
      let difference = Int32(input[index]) &- largest
      var result: Int32 = -128
      if difference > least {
        result = roundingDivide(scale(difference) &- logarithm, powerOfTwo: 22) &+ 127
      }
      output[index] = Int8(truncatingIfNeeded: max(-128, min(127, result)))
      index &+= 1
    }
  }
}

/// The natural logarithm of a number in Q12, in Q5: TensorFlow Lite's
/// log_x_for_x_greater_than_or_equal_to_1.
func logarithmOfAtLeastOne(_ input: Int32) -> Int32 {
  let rootOfHalf: Int32 = 1_518_500_250
  let fourthRootOfHalf: Int32 = 1_805_811_301
  // In Q6 while it is put together.
  let quarter: Int32 = 1 &<< 23
  let headroom = Int32(truncatingIfNeeded: input.leadingZeroBitCount)
  let normal = saturatingShiftLeft(input, headroom &- 1)
  let first = saturatingShiftLeft(doublingHighMultiply(normal, rootOfHalf), 1)
  let firstPower = saturatingShiftLeft(12 &- headroom, 25) &+ quarter
  let scaled = doublingHighMultiply(input, rootOfHalf)
  let secondHeadroom = Int32(truncatingIfNeeded: scaled.leadingZeroBitCount) &- 1
  let second = saturatingShiftLeft(input, secondHeadroom)
  let secondPower = saturatingShiftLeft(12 &- secondHeadroom, 25) &- quarter
  let r = min(first, second)
  let power = max(firstPower, secondPower)

  let p = roundedHalfSum(r, fourthRootOfHalf)
  let q = (r &- fourthRootOfHalf) &* 2
  let square = doublingHighMultiply(q, q)
  let numerator =
    doublingHighMultiply(q, r)
    &+ doublingHighMultiply(doublingHighMultiply(q, square), 117_049_297)
  let inner = 1_057_819_769 &+ q &+ doublingHighMultiply(127_690_142, square)
  let denominator = doublingHighMultiply(p, inner) &+ doublingHighMultiply(638_450_708, q)
  let quotient = doublingHighMultiply(
    roundingDivide(numerator, powerOfTwo: 6), reciprocalOfOnePlus(denominator))
  return saturatingShiftLeft(doublingHighMultiply(power, 1_488_522_236) &+ quotient, 1)
}

/// Half of `a + b`, halves away from zero.
@inline(__always)
private func roundedHalfSum(_ a: Int32, _ b: Int32) -> Int32 {
  let sum = Int64(a) &+ Int64(b)
  return Int32(truncatingIfNeeded: (sum &+ (sum >= 0 ? 1 : -1)) / 2)
}
