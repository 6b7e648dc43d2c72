// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a host's driver asks of a device: a whole transfer, which the host's controller cuts into
/// packets (Universal Serial Bus Specification 2.0, 5.3.2).
public struct USBTransfer: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// On endpoint 0; `data` is what goes to the device behind the setup packet.
    case control(SetupPacket, data: [UInt8])
    /// Bulk or interrupt, to the device. An empty one is a packet of length zero.
    case out(endpoint: UInt8, data: [UInt8])
    /// Bulk or interrupt, to the host: ends with a short packet or when `length` bytes have come.
    /// `endpoint` is the number without the direction bit.
    case `in`(endpoint: UInt8, length: Int)
  }

  public var id: UInt64
  public var kind: Kind

  public init(id: UInt64, _ kind: Kind) { (self.id, self.kind) = (id, kind) }
}

/// How a transfer ended.
public enum USBOutcome: Codable, Equatable, Sendable {
  /// With what came from the device, empty for a transfer to it.
  case completed([UInt8])
  case stalled
  case cancelled
  /// The device went away.
  case disconnected
}

public struct USBCompletion: Codable, Equatable, Sendable {
  public var id: UInt64
  public var outcome: USBOutcome

  public init(id: UInt64, _ outcome: USBOutcome) { (self.id, self.outcome) = (id, outcome) }
}

/// A device as a host's drivers see it, whole transfers at a time: a modelled bootloader, or an
/// emulated board behind its virtual host. USB/IP, umockdev and the in-process tests drive it.
///
/// Time is the driver's: `advance(by:)` lets it pass, and is the only thing that does.
public protocol USBFunction {
  /// Whether the device is on the bus; one that left and came back has a new `attachmentCount`.
  var isAttached: Bool { get }
  var attachmentCount: Int { get }
  /// Its device and configuration descriptors as `bDescriptorType` 1 and 2 would be answered, for
  /// front ends that must describe a device before they may ask it. Empty while detached.
  var deviceDescriptor: [UInt8] { get }
  var configurationDescriptor: [UInt8] { get }
  /// Takes a transfer; its end is told by `completions()`, perhaps at once.
  mutating func submit(_ transfer: USBTransfer)
  mutating func cancel(_ id: UInt64)
  /// The host resets the port.
  mutating func resetPort()
  mutating func advance(by time: Duration)
  /// What has ended since the last call, in order.
  mutating func completions() -> [USBCompletion]
}
