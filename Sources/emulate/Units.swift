// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DebugServer
import MachineModel

/// A span of virtual time as a user writes it: `150ms`, `10s`, `2min`, `500us`.
struct TimeSpan: ExpressibleByArgument {
  let microseconds: UInt64

  init?(argument: String) {
    let units: [(String, Double)] = [("us", 1), ("ms", 1e3), ("min", 60e6), ("s", 1e6)]
    guard let value = Self.value(of: argument, in: units), value >= 1, value < 1e15 else {
      return nil
    }
    microseconds = UInt64(value)
  }

  func cycles(of clock: Frequency) -> Cycles {
    let perSecond = clock.numerator / clock.denominator
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return Cycles(seconds * perSecond + rest * perSecond / 1_000_000)
  }

  /// A positive number followed by one of the units.
  static func value(of text: String, in units: [(String, Double)]) -> Double? {
    for (unit, scale) in units where text.hasSuffix(unit) {
      let number = text.dropLast(unit.count)
      guard number.allSatisfy({ "0123456789.".contains($0) }) else { return nil }
      guard let value = Double(number), value.isFinite, value > 0 else { return nil }
      return value * scale
    }
    return nil
  }
}

/// An amount of memory as a user writes it: `64KiB`, `1MiB`, `4096B`.
struct MemoryAmount: ExpressibleByArgument {
  let bytes: ByteCount

  init?(argument: String) {
    let units: [(String, Double)] = [
      ("KiB", 1024), ("MiB", 1_048_576), ("kB", 1000), ("MB", 1e6), ("B", 1),
    ]
    guard let value = TimeSpan.value(of: argument, in: units), value >= 1, value <= 4e9 else {
      return nil
    }
    bytes = ByteCount(Int(value))
  }
}

extension ListenAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
