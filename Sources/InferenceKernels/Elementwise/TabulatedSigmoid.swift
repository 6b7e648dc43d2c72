// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// LOGISTIC and TANH on int16 by interpolation in a table of the sigmoid function, which
/// `ModelCompiler` makes: 256 steps of an unsigned 16-bit number from 0 to 10.7.
public struct TabulatedSigmoid: Equatable, Sendable {
  public var count: Int
  /// Of the input, to units of 1 / (3 * 4096).
  public var multiplier: Int32
  public var rightShift: Int32
  public var isTanh: Bool

  public init(count: Int, multiplier: Int32, rightShift: Int32, isTanh: Bool) {
    self.count = count
    self.multiplier = multiplier
    self.rightShift = rightShift
    self.isTanh = isTanh
  }

  public func run(
    input: UnsafeRawPointer, table: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Int16.self)
    let table = table.assumingMemoryBound(to: UInt16.self)
    let output = output.assumingMemoryBound(to: Int16.self)
    let rounding: Int32 = rightShift > 0 ? 1 &<< (rightShift &- 1) : 0
    var index = 0
    while index < count {
      let scaled = (Int32(input[index]) &* multiplier &+ rounding) &>> rightShift
      output[index] = isTanh ? tanh(scaled, table) : logistic(scaled, table)
      index &+= 1
    }
  }

  public var overlap: Overlap { .exact }

  /// The table at a distance from zero of `bits` fractional bits, with as many more bits.
  @inline(__always)
  private func interpolated(
    _ distance: UInt32, bits: UInt32, _ table: UnsafePointer<UInt16>
  ) -> UInt32? {
    let step = distance &>> bits
    if step >= 255 { return nil }
    let low = UInt32(table[Int(step)])
    let high = UInt32(table[Int(step) &+ 1])
    return (low &<< bits) &+ (distance & ((1 &<< bits) &- 1)) &* (high &- low)
  }

  @inline(__always)
  private func logistic(_ x: Int32, _ table: UnsafePointer<UInt16>) -> Int16 {
    let value: UInt32 = interpolated(x.magnitude, bits: 9, table) ?? (0x7fff &<< 10)
    let rounded = x >= 0 ? value &+ 512 : (1 &<< 25) &- value &+ 511
    return Int16(truncatingIfNeeded: rounded &>> 10)
  }

  @inline(__always)
  private func tanh(_ x: Int32, _ table: UnsafePointer<UInt16>) -> Int16 {
    let value = Int32(bitPattern: interpolated(x.magnitude, bits: 8, table) ?? (0xffff &<< 8))
    let centred = value &- (1 &<< 23)
    let rounded = x >= 0 ? centred &+ 128 : 0 &- centred &+ 127
    return Int16(truncatingIfNeeded: rounded &>> 8)
  }
}
