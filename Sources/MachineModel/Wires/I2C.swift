// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which two-wire bus a controller speaks on: its pads, or, where the chip's multiplexer is not
/// followed pad by pad, the controller's own name.
public enum I2CBus: Hashable, Codable, Sendable {
  case pins(data: Pin, clock: Pin)
  case controller(String)
}

/// One step on the bus, at the instant when its last bit has been clocked
/// (UM10204, I2C-bus specification, 3.1).
public enum I2CSignal: Equatable, Sendable {
  /// A START, or a repeated one, and the address byte.
  case start(address: UInt16, isRead: Bool)
  case write(UInt8)
  case read
  case stop
}

public enum I2CAnswer: Equatable, Sendable {
  case acknowledged
  case notAcknowledged
  case byte(UInt8)
}

/// A part on an I2C bus. Like a peripheral, its stored properties are its whole state.
public protocol I2CPart: Codable, Sendable {
  /// Whether the part answers to an address.
  func answers(to address: UInt16) -> Bool
  /// Only for signals of a transfer that was started with one of the part's addresses.
  mutating func signal(_ signal: I2CSignal, at now: Instant) -> I2CAnswer
  /// Back to a saved state, keeping what the board wired: sound, motion.
  mutating func restore(_ saved: Self)
}

extension I2CPart {
  public mutating func restore(_ saved: Self) { self = saved }
}
