// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// A pin that the application drives (Product Specification v1.7, 6.9 GPIO).
public struct OutputPin: Sendable {
  private let port: RegisterBlock
  private let mask: UInt32

  /// Makes the pin an output, low first.
  public init(_ pin: Pin) {
    // P1's registers lie 0x300 above P0's.
    port = RegisterBlock(at: NRF52840.Base.gpio &+ pin.port &* 0x300)
    mask = 1 << pin.number
    set(false)
    port[GPIO.Offset.directionSet] = mask
  }

  public func set(_ high: Bool) {
    port[high ? GPIO.Offset.outSet : GPIO.Offset.outClear] = mask
  }
}
