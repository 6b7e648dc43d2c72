// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import Transports

/// The machine that boards are plugged into, and its clock: what tests put a made-up one in the
/// place of.
public protocol FlashSystem: AnyObject {
  func serialPorts() -> [SerialPortDescription]
  func usbDevices() throws(TransportError) -> [USBDeviceDescription]
  func openSerial(_ path: String, baud: Int) throws(TransportError) -> any SerialTransport
  func openUSB(
    _ device: USBDeviceDescription, interface: UInt8, alternate: UInt8
  ) throws(TransportError) -> any USBTransport
  /// Disks that a bootloader shows to be copied to.
  func bootDisks() -> [BootDisk]
  /// Writes a file and waits until it is out.
  func write(_ bytes: [UInt8], to path: String) throws(TransportError)

  func access(to path: String) -> PathAccess
  /// The path behind links.
  func resolved(_ path: String) -> String
  /// The group that may open a file, `dialout`.
  func group(of path: String) -> String?
  /// The program that has a file open, `minicom (4242)`.
  func holder(of path: String) -> String?

  var now: ContinuousClock.Instant { get }
  func pause(_ time: Duration)
  /// Whether the user has asked for an end.
  var isInterrupted: Bool { get }
}

public enum PathAccess: Equatable, Sendable {
  case granted
  case denied
  case absent
}

/// A disk with an INFO_UF2.TXT.
public struct BootDisk: Equatable, Sendable {
  /// Where it is mounted.
  public var path: String
  /// Its `Board-ID`, `RPI-RP2`.
  public var boardID: String?

  public init(path: String, boardID: String?) { (self.path, self.boardID) = (path, boardID) }
}

extension FlashSystem {
  /// Asks every 50 ms, and a last time when the time is over.
  func wait<Value>(
    _ time: Duration, until look: () throws -> Value?
  ) throws -> Value? {
    let deadline = now + time
    while true {
      if isInterrupted { throw FlashError.interrupted }
      if let value = try look() { return value }
      guard now < deadline else { return nil }
      pause(.milliseconds(50))
    }
  }
}

extension FlashError {
  static let interrupted = FlashError(
    .interrupted, "interrupted", remedy: "run the same command again to flash the board")
}
