// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CKernelIntrinsics

/// ADD of two int8 tensors of one shape by one affine function of both inputs: two SMMLA and an
/// SSAT, where `Addition` rounds four times. Equal to it for all 65,536 pairs of inputs, or it
/// cannot be made.
public struct ProvedAddition: Equatable, Sendable {
  public var count: Int
  /// Scales of the inputs by that of the output, times 2^(shift + 8).
  public var firstMultiplier: Int32
  public var secondMultiplier: Int32
  /// Zero points and the half that rounds, times 2^shift.
  public var offset: Int32
  public var shift: Int32
  public var minimum: Int32
  public var maximum: Int32

  public init(
    count: Int, firstMultiplier: Int32, secondMultiplier: Int32, offset: Int32, shift: Int32,
    minimum: Int32, maximum: Int32
  ) {
    self.count = count
    self.firstMultiplier = firstMultiplier
    self.secondMultiplier = secondMultiplier
    self.offset = offset
    self.shift = shift
    self.minimum = minimum
    self.maximum = maximum
  }

  /// The output may begin where either input does.
  @inline(__always)
  public func run(
    first: UnsafeRawPointer, second: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    var index = 0
    while index &+ 4 <= count {
      let a = first.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      let b = second.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      let upperByte: UInt32 = 0xFF00_0000
      store(sum(a &<< 24, b &<< 24), output + index)
      store(sum((a &<< 16) & upperByte, (b &<< 16) & upperByte), output + (index &+ 1))
      store(sum((a &<< 8) & upperByte, (b &<< 8) & upperByte), output + (index &+ 2))
      store(sum(a & upperByte, b & upperByte), output + (index &+ 3))
      index &+= 4
    }
    while index < count {
      let a = UInt32(first.load(fromByteOffset: index, as: UInt8.self))
      let b = UInt32(second.load(fromByteOffset: index, as: UInt8.self))
      store(sum(a &<< 24, b &<< 24), output + index)
      index &+= 1
    }
  }

  /// Of two inputs in the upper bytes.
  @inline(__always)
  private func sum(_ a: UInt32, _ b: UInt32) -> Int32 {
    let first = ck_smmla(Int32(bitPattern: a), firstMultiplier, offset)
    return ck_smmla(Int32(bitPattern: b), secondMultiplier, first)
  }

  @inline(__always)
  private func store(_ sum: Int32, _ target: UnsafeMutableRawPointer) {
    var value = ck_ssat8(sum &>> shift)
    if minimum > -128 { value = max(minimum, value) }
    if maximum < 127 { value = min(maximum, value) }
    target.storeBytes(of: Int8(truncatingIfNeeded: value), as: Int8.self)
  }
}
