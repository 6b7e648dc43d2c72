// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A bootloader that is spoken to over a serial port (or the bulk endpoints of a CDC interface), as
/// a state machine without I/O: bytes in, bytes out.
public protocol SerialBootloader: Sendable {
  /// Bytes from the host; the answer is what goes back, at once.
  mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8]
  /// The host set the speed or the modem lines.
  mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool)
  /// Time passed in which nothing came, at most tens of milliseconds at once; the answer is what a
  /// bootloader that waits with a limit says then.
  mutating func elapse(_ time: Duration, in memory: inout some BootMemory) -> [UInt8]
  /// What the host's last bytes led to; cleared by reading.
  mutating func takeRequest() -> BootloaderRequest?
}

extension SerialBootloader {
  public mutating func elapse(_ time: Duration, in memory: inout some BootMemory) -> [UInt8] { [] }
}

/// What a bootloader wants done outside itself.
public enum BootloaderRequest: Equatable, Sendable {
  /// Reset the chip; the application starts if there is one.
  case reset
  /// Start the program whose vector table lies there.
  case start(vectorTable: UInt32)
}
