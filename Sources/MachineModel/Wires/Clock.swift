// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A clock signal inside a chip whose rate firmware chooses. Numbers are the manual's.
public enum ClockLine: Hashable, Codable, Sendable {
  /// What an oscillator or a multiplier gives.
  case source(UInt8)
  /// What a block is clocked with (GCLK_SERCOM5_CORE is 25 on a SAM D21).
  case generic(UInt8)
  /// The root of the processor's and the buses' clocks.
  case main
}

/// A device that runs on a clock which another one makes.
public protocol ClockObserver {
  /// - Parameter frequency: nil while the clock stands still.
  mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext)
}
