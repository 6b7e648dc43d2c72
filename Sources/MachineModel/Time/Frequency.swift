// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How often a clock ticks, exactly: `numerator / denominator` hertz.
public struct Frequency: Hashable, Codable, Sendable {
  public let numerator: UInt64
  public let denominator: UInt64

  public init(hertz numerator: UInt64, over denominator: UInt64 = 1) {
    precondition(numerator > 0 && denominator > 0, "a clock must tick")
    self.numerator = numerator
    self.denominator = denominator
  }

  public var hertz: Double { Double(numerator) / Double(denominator) }
  /// This clock behind a divider.
  public func divided(by n: UInt64) -> Frequency {
    Frequency(hertz: numerator, over: denominator * n)
  }
}

/// The ticks of one clock counted in cycles of another, by exact rational arithmetic: no drift,
/// however long the run (32,768 Hz against 64 MHz is 15,625 cycles in 8 ticks).
public struct TickClock: Hashable, Codable, Sendable {
  /// `cycles` reference cycles pass in `ticks` ticks; the two have no common factor.
  public let cycles: UInt64
  public let ticks: UInt64

  public init(_ clock: Frequency, reference: Frequency) {
    let cycles = reference.numerator * clock.denominator
    let ticks = reference.denominator * clock.numerator
    let common = Self.greatestCommonDivisor(cycles, ticks)
    (self.cycles, self.ticks) = (cycles / common, ticks / common)
  }

  /// Whole ticks that have passed in a span.
  public func ticks(in span: Cycles) -> UInt64 {
    let (high, low) = span.count.multipliedFullWidth(by: ticks)
    return high < cycles ? cycles.dividingFullWidth((high, low)).quotient : .max
  }

  /// The shortest span that holds `count` ticks.
  public func span(ofTicks count: UInt64) -> Cycles {
    let (high, low) = count.multipliedFullWidth(by: cycles)
    guard high < ticks else { return Cycles(.max) }
    let (quotient, remainder) = ticks.dividingFullWidth((high, low))
    return Cycles(remainder == 0 ? quotient : quotient + 1)
  }

  private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
