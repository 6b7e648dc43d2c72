// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A memory-mapped device. Offsets are in bytes from its base; accesses are whole 32-bit words
/// (the bus splits or widens narrower ones).
public protocol Peripheral {
  mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32
  mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext)
  /// Called at an instant that the peripheral asked for with `wake(after:)`.
  mutating func wake(in context: inout DeviceContext)
  /// Back to the state after power-on, keeping what the board wired.
  mutating func reset(in context: inout DeviceContext)
}

extension Peripheral {
  public mutating func wake(in context: inout DeviceContext) {}
}

/// A device that sees pins move: GPIOTE, a sensor's enable line.
public protocol PinObserver {
  mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext)
}

/// A device that bytes can be sent to from outside the chip.
public protocol SerialReceiver {
  mutating func receive(_ byte: UInt8, in context: inout DeviceContext)
}

/// A device that turns events into tasks without the CPU (Nordic PPI).
public protocol EventRouter {
  /// Addresses of the task registers that an event register's address triggers.
  func tasks(triggeredBy event: Address) -> [Address]
}
