// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A span of virtual time, in cycles of the machine's reference clock (the CPU's).
public struct Cycles: Hashable, Comparable, Codable, Sendable {
  public var count: UInt64

  @inlinable public init(_ count: UInt64) { self.count = count }

  @inlinable public static func < (a: Cycles, b: Cycles) -> Bool { a.count < b.count }
  @inlinable public static func + (a: Cycles, b: Cycles) -> Cycles { Cycles(a.count &+ b.count) }
  @inlinable public static func += (a: inout Cycles, b: Cycles) { a = a + b }
  @inlinable public static func * (a: Cycles, n: UInt64) -> Cycles { Cycles(a.count &* n) }
  /// The difference of two spans, `a` being the longer.
  @inlinable public static func - (a: Cycles, b: Cycles) -> Cycles {
    precondition(b <= a, "a span cannot be negative")
    return Cycles(a.count &- b.count)
  }
}

/// A point in virtual time, counted from reset. Instants differ by `Cycles`; they cannot be added.
public struct Instant: Hashable, Comparable, Codable, Sendable {
  public let sinceReset: Cycles

  @inlinable public init(sinceReset: Cycles) { self.sinceReset = sinceReset }
  public static let reset = Instant(sinceReset: Cycles(0))
  /// Later than anything that will happen.
  public static let never = Instant(sinceReset: Cycles(.max))

  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.sinceReset < b.sinceReset }
  @inlinable public static func + (a: Instant, b: Cycles) -> Instant {
    Instant(sinceReset: a.sinceReset + b)
  }
  /// The span from an earlier instant `b` to `a`.
  @inlinable public static func - (a: Instant, b: Instant) -> Cycles {
    precondition(b <= a, "a span runs from the earlier instant to the later")
    return Cycles(a.sinceReset.count &- b.sinceReset.count)
  }
}
