// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A pin that the application drives (Product Specification v1.7, 6.9 GPIO).
public struct OutputPin: Sendable {
  private let port: RegisterBlock
  private let mask: UInt32

  /// Makes the pin an output, low first.
  public init(port: UInt32, pin: UInt32) {
    self.port = RegisterBlock(at: port == 0 ? 0x5000_0000 : 0x5000_0300)
    mask = 1 << pin
    set(false)
    self.port[GPIO.Offset.directionSet] = mask
  }

  public func set(_ high: Bool) {
    port[high ? GPIO.Offset.outputSet : GPIO.Offset.outputClear] = mask
  }
}

enum GPIO {
  enum Offset {
    static let outputSet: UInt32 = 0x508
    static let outputClear: UInt32 = 0x50C
    static let directionSet: UInt32 = 0x518
  }
}
