// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SOFTMAX on int16, by interpolation in two tables of 513 numbers that `ModelCompiler` makes: e^x
/// from -10 to 0 and 1 / (1 + x) from 0 to 1. The output's scale is 1/32768.
public struct ShortSoftmax: Equatable, Sendable {
  public var rows: Int
  public var count: Int
  /// Input differences to units of 10/65535.
  public var scale: FixedPointScale

  public init(rows: Int, count: Int, scale: FixedPointScale) {
    self.rows = rows
    self.count = count
    self.scale = scale
  }

  public func run(
    input: UnsafeRawPointer, exponentials: UnsafeRawPointer, reciprocals: UnsafeRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Int16.self)
    let output = output.assumingMemoryBound(to: Int16.self)
    var row = 0
    while row < rows {
      let values = input + row &* count
      let results = output + row &* count
      let sum = fill(results, values, exponentials.assumingMemoryBound(to: Int16.self))
      divide(results, by: sum, reciprocals.assumingMemoryBound(to: Int16.self))
      row &+= 1
    }
  }

  public var overlap: Overlap { .exact }

  /// Exponentials in Q0.15; their sum.
  private func fill(
    _ results: UnsafeMutablePointer<Int16>, _ values: UnsafePointer<Int16>,
    _ exponentials: UnsafePointer<Int16>
  ) -> Int32 {
    var largest: Int32 = -32768
    var index = 0
    while index < count {
      largest = max(largest, Int32(values[index]))
      index &+= 1
    }
    var sum: Int32 = 0
    index = 0
    while index < count {
      let scaled = scale(Int32(values[index]) &- largest) &+ 32767
      results[index] = interpolate(max(-32768, min(32767, scaled)), in: exponentials)
      sum = sum &+ Int32(results[index])
      index &+= 1
    }
    return sum
  }

  private func divide(
    _ results: UnsafeMutablePointer<Int16>, by sum: Int32, _ reciprocals: UnsafePointer<Int16>
  ) {
    let headroom = Int32(truncatingIfNeeded: sum.leadingZeroBitCount)
    // The sum as 1.x with 16 bits of fraction, of which x is looked up.
    let normal = UInt32(bitPattern: sum &<< (headroom &- 1))
    let shifted = Int32(bitPattern: (normal &+ (1 &<< 13)) &>> 14)
    let argument = max(-32768, min(32767, shifted &- (1 &<< 15) &- (1 &<< 16)))
    let reciprocal = Int32(interpolate(argument, in: reciprocals))
    let shift = 31 &- headroom
    var index = 0
    while index < count {
      let product = Int32(results[index]) &* reciprocal &+ (1 &<< (shift &- 1))
      results[index] = Int16(truncatingIfNeeded: max(0, min(32767, product &>> shift)))
      index &+= 1
    }
  }
}

/// TensorFlow Lite's LUTLookup: nine bits of `value` choose an entry, seven interpolate.
@inline(__always)
func interpolate(_ value: Int32, in table: UnsafePointer<Int16>) -> Int16 {
  let index = Int(256 &+ (value &>> 7))
  let slope = Int32(table[index &+ 1] &- table[index])
  let delta = (slope &* (value & 0x7f) &+ 64) &>> 7
  return Int16(truncatingIfNeeded: Int32(table[index]) &+ delta)
}

/// SOFTMAX and LOG_SOFTMAX on real numbers.
public struct FloatSoftmax: Equatable, Sendable {
  public var rows: Int
  public var count: Int
  public var beta: Float
  public var isLogarithm: Bool

  public init(rows: Int, count: Int, beta: Float, isLogarithm: Bool) {
    self.rows = rows
    self.count = count
    self.beta = beta
    self.isLogarithm = isLogarithm
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Float.self)
    let output = output.assumingMemoryBound(to: Float.self)
    var row = 0
    while row < rows {
      runRow(input + row &* count, output + row &* count)
      row &+= 1
    }
  }

  public var overlap: Overlap { .exact }

  private func runRow(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
    var largest = -Float.greatestFiniteMagnitude
    var index = 0
    while index < count {
      largest = largest < input[index] ? input[index] : largest
      index &+= 1
    }
    var sum: Float = 0
    index = 0
    while index < count {
      let power = exponential((input[index] - largest) * beta)
      if !isLogarithm { output[index] = power }
      sum += power
      index &+= 1
    }
    let logarithm = isLogarithm ? naturalLogarithm(sum) : 0
    index = 0
    while index < count {
      output[index] = isLogarithm ? input[index] - largest - logarithm : output[index] / sum
      index &+= 1
    }
  }
}

/// Any function of an int16 by interpolation in a table of 513 numbers that `ModelCompiler` makes.
public struct InterpolatedFunction: Equatable, Sendable {
  public var count: Int

  public init(count: Int) { self.count = count }

  public func run(
    input: UnsafeRawPointer, table: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Int16.self)
    let table = table.assumingMemoryBound(to: Int16.self)
    let output = output.assumingMemoryBound(to: Int16.self)
    var index = 0
    while index < count {
      output[index] = interpolate(Int32(input[index]), in: table)
      index &+= 1
    }
  }

  public var overlap: Overlap { .exact }
}
