// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// LOGISTIC and TANH of 16-bit numbers, read from one table of sigmoid(i / 24) for i in 0...255 and
/// interpolated. Results are in Q0.15.
///
/// Numbers are brought to the table's steps by `multiplier` and a rounded right shift; TensorFlow
/// Lite's factor 3/4 is part of the multiplier.
public struct InterpolatedSigmoid: Equatable, Sendable {
  public var multiplier: Int32
  public var shift: Int32

  public init(multiplier: Int32, shift: Int32) {
    self.multiplier = multiplier
    self.shift = shift
  }

  /// - Parameter table: 256 `UInt16`.
  @inline(__always)
  public func logistic(_ value: Int16, table: UnsafePointer<UInt16>) -> Int16 {
    let input = scaled(value)
    let sum = interpolated(input.magnitude, fractionBits: 9, saturation: 0x7FFF << 10, table)
    let signed = input >= 0 ? sum &+ 512 : (1 &<< 25) &- sum &+ 511
    return Int16(truncatingIfNeeded: signed &>> 10)
  }

  @inline(__always)
  public func tanh(_ value: Int16, table: UnsafePointer<UInt16>) -> Int16 {
    let input = scaled(value)
    let sum = Int32(
      bitPattern: interpolated(input.magnitude, fractionBits: 8, saturation: 0xFFFF << 8, table))
    let signed = input >= 0 ? sum &- (1 &<< 23) &+ 128 : (1 &<< 23) &- sum &+ 127
    return Int16(truncatingIfNeeded: signed &>> 8)
  }

  @inline(__always)
  private func scaled(_ value: Int16) -> Int32 {
    let round = shift > 0 ? (1 as Int32) &<< (shift &- 1) : 0
    return (Int32(value) &* multiplier &+ round) &>> shift
  }

  @inline(__always)
  private func interpolated(
    _ magnitude: UInt32, fractionBits: UInt32, saturation: UInt32, _ table: UnsafePointer<UInt16>
  ) -> UInt32 {
    let index = magnitude &>> fractionBits
    guard index < 255 else { return saturation }
    let first = UInt32(table[Int(index)])
    let second = UInt32(table[Int(index) &+ 1])
    let fraction = magnitude & ((1 &<< fractionBits) &- 1)
    return (first &<< fractionBits) &+ fraction &* (second &- first)
  }
}
