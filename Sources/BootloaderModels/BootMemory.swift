// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The address space of the chip that a bootloader model lives in: an array in a test, or an
/// emulated board whose genuine bootloader may not be shipped.
public protocol BootMemory {
  /// Bytes of flash, RAM or registers; nil where nothing is.
  mutating func read(_ address: UInt32, count: Int) -> [UInt8]?
  /// RAM and registers; false where nothing takes it.
  mutating func write(_ bytes: [UInt8], at address: UInt32) -> Bool
  /// Sets whole erase units of flash to 0xFF; false where they are not flash.
  mutating func erase(_ address: UInt32, count: Int) -> Bool
  /// Clears bits of flash.
  mutating func program(_ bytes: [UInt8], at address: UInt32) -> Bool
}
