// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a session has to know of the board: mostly what its file says under `flashing`, and the
/// places that were found in its USB descriptors. All numbers are bytes unless they say otherwise.
public struct FlashParameters: Equatable, Sendable {
  /// The first address that the bootloader lets a host write: where applications start.
  public var start: UInt32
  public var length: Int
  /// The protocol's unit of writing; nil where the protocol has none or fixes it.
  public var block: Int?
  /// What one erase covers; nil where the bootloader erases by itself.
  public var page: Int?
  /// UF2 family of the chip.
  public var uf2Family: UInt32?

  // Serial
  /// Bits a second; nil where speed does not matter (USB).
  public var baud: Int?

  // USB
  /// Alternate setting of the interface that stands for the application's flash.
  public var alternate: UInt8 = 0
  /// `bInterfaceNumber` of the flashing interface.
  public var interface: UInt8 = 0
  /// `bEndpointAddress` of its bulk endpoints, 0 where it has none.
  public var bulkOut: UInt8 = 0
  public var bulkIn: UInt8 = 0
  /// Bytes in one transfer, where the file says so; else the functional descriptor's.
  public var transfer: Int?

  public init(
    start: UInt32, length: Int, block: Int? = nil, page: Int? = nil, uf2Family: UInt32? = nil,
    baud: Int? = nil, alternate: UInt8 = 0, interface: UInt8 = 0, bulkOut: UInt8 = 0,
    bulkIn: UInt8 = 0, transfer: Int? = nil
  ) {
    (self.start, self.length, self.block, self.page) = (start, length, block, page)
    (self.uf2Family, self.baud, self.alternate) = (uf2Family, baud, alternate)
    (self.interface, self.bulkOut, self.bulkIn) = (interface, bulkOut, bulkIn)
    self.transfer = transfer
  }

  /// Whether a host may write all of the image.
  public func allows(_ image: FlashImage) -> Bool {
    image.start >= start
      && UInt64(image.start) + UInt64(image.bytes.count) <= UInt64(start) + UInt64(length)
  }
}
