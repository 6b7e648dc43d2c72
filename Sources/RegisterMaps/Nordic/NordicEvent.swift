// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What every nRF52 block has in common (nRF52840 Product Specification v1.7, 4.2.3): tasks from
/// 0x000, event registers from 0x100, and bit n of the interrupt registers for the n-th event.
public enum NordicEvent {
  public static let firstOffset: UInt32 = 0x100

  /// The bit of INTEN, INTENSET and INTENCLR that belongs to an event register.
  @inlinable public static func interruptMask(of eventOffset: UInt32) -> UInt32 {
    1 &<< ((eventOffset &- firstOffset) &>> 2)
  }
}
