// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a USB host puts on the bus, as the controller of a full-speed device sees it
/// (Universal Serial Bus Specification 2.0, chapter 8). Packets are whole and undamaged; the bus
/// never loses one.
public enum USBBusEvent: Equatable, Sendable {
  /// VBUS comes or goes.
  case power(Bool)
  case reset
  case suspend
  case resume
  case startOfFrame(UInt16)
  /// The eight bytes of a request, always acknowledged by a device that is addressed.
  case setup(address: UInt8, endpoint: UInt8, [UInt8])
  case out(address: UInt8, endpoint: UInt8, [UInt8])
  case `in`(address: UInt8, endpoint: UInt8)
}

/// A device's answer to a transaction.
public enum USBHandshake: Equatable, Sendable {
  /// Nothing: nobody is attached, or nobody has that address.
  case none
  case acknowledged
  case notReady
  case stalled
  /// IN only; the host acknowledges it.
  case data([UInt8])
}

/// The part of a chip that a USB cable ends in.
public protocol USBDeviceController {
  /// The pull-up on D+ tells the host that a device is there. A change is told by
  /// `DeviceContext.Effect.usbAttachment`.
  var isAttachedToUSB: Bool { get }
  mutating func usb(_ event: USBBusEvent, in context: inout DeviceContext) -> USBHandshake
  /// The chip's USB controller asks for its transceiver's supply (Nordic POWER has the regulator).
  mutating func usbSupply(isWanted: Bool, in context: inout DeviceContext)
}
