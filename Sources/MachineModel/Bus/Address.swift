// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A place in the guest's 32-bit address space.
public struct Address: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public var bits: UInt32

  @inlinable public init(_ bits: UInt32) { self.bits = bits }

  @inlinable public static func < (a: Address, b: Address) -> Bool { a.bits < b.bits }
  @inlinable public static func + (a: Address, offset: ByteCount) -> Address {
    Address(a.bits &+ UInt32(truncatingIfNeeded: offset.count))
  }
  /// Zero-padded hexadecimal, as debuggers print it.
  public var description: String {
    let digits = String(bits, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// An amount of memory.
public struct ByteCount: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public var count: Int

  @inlinable public init(_ count: Int) { self.count = count }
  public static func kibibytes(_ n: Int) -> ByteCount { ByteCount(n * 1024) }

  @inlinable public static func < (a: ByteCount, b: ByteCount) -> Bool { a.count < b.count }
  @inlinable public static func + (a: ByteCount, b: ByteCount) -> ByteCount {
    ByteCount(a.count + b.count)
  }
  @inlinable public static func - (a: ByteCount, b: ByteCount) -> ByteCount {
    ByteCount(a.count - b.count)
  }
  /// "256 KiB" where that is exact, else plain bytes with thousands separated.
  public var description: String {
    if count >= 1024, count % 1024 == 0 { return "\(count / 1024) KiB" }
    return "\(Self.grouped(count)) B"
  }

  public static func grouped(_ n: Int) -> String {
    var digits = Array(String(n.magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (n < 0 ? "-" : "") + String(digits)
  }
}
