// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// L2_NORMALIZATION of int8 rows; the output's scale is 1/128.
public struct UnitLength: Equatable, Sendable {
  public var rows: Int
  public var count: Int
  public var inputZeroPoint: Int32

  public init(rows: Int, count: Int, inputZeroPoint: Int32) {
    self.rows = rows
    self.count = count
    self.inputZeroPoint = inputZeroPoint
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    var row = 0
    while row < rows {
      var sum: Int32 = 0
      var index = row &* count
      while index < (row &+ 1) &* count {
        let value = Int32(input[index]) &- inputZeroPoint
        sum = sum &+ value &* value
        index &+= 1
      }
      var scale = inverseSquareRoot(sum)
      scale.shift = scale.shift &+ 7
      index = row &* count
      while index < (row &+ 1) &* count {
        let result = scale(Int32(input[index]) &- inputZeroPoint)
        output[index] = Int8(truncatingIfNeeded: max(-128, min(127, result)))
        index &+= 1
      }
      row &+= 1
    }
  }

  public var overlap: Overlap { .exact }
}

/// L2_NORMALIZATION of rows of real numbers.
public struct FloatUnitLength: Equatable, Sendable {
  public var rows: Int
  public var count: Int

  public init(rows: Int, count: Int) {
    self.rows = rows
    self.count = count
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Float.self)
    let output = output.assumingMemoryBound(to: Float.self)
    var row = 0
    while row < rows {
      var sum: Float = 0
      var index = row &* count
      while index < (row &+ 1) &* count {
        sum += input[index] * input[index]
        index &+= 1
      }
      let length = max(sum.squareRoot(), 1e-6)
      index = row &* count
      while index < (row &+ 1) &* count {
        output[index] = input[index] / length
        index &+= 1
      }
      row &+= 1
    }
  }

  public var overlap: Overlap { .exact }
}

/// 1 / sqrt(input) for integers, TensorFlow Lite's GetInvSqrtQuantizedMultiplierExp.
public func inverseSquareRoot(_ input: Int32) -> FixedPointScale {
  guard input > 1 else { return FixedPointScale(multiplier: Int32.max, shift: 0) }
  var input = input
  var rightShift: Int32 = 11
  while input >= 1 &<< 29 {
    input /= 4
    rightShift = rightShift &+ 1
  }
  let pairs = (Int32(truncatingIfNeeded: input.leadingZeroBitCount) &- 1) / 2 &- 1
  rightShift = rightShift &- pairs
  input = input &<< (2 &* pairs)
  // Newton-Raphson in Q3, from 1.
  let half = roundingDivide(input &>> 1, powerOfTwo: 1)
  var x: Int32 = 1 &<< 28
  var step = 0
  while step < 5 {
    let square = doublingHighMultiply(x, x)
    let cube = saturatingShiftLeft(doublingHighMultiply(square, x), 6)
    let next = doublingHighMultiply(3 &<< 27, x) &- doublingHighMultiply(half, cube)
    x = saturatingShiftLeft(next, 3)
    step &+= 1
  }
  x = doublingHighMultiply(x, 1_518_500_250)
  if rightShift < 0 {
    x = x &<< (0 &- rightShift)
    rightShift = 0
  }
  return FixedPointScale(multiplier: x, shift: 0 &- rightShift)
}
