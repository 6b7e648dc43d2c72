// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a USB device controller owes the stack above it, and what a driver for another chip has to
/// do. Static functions, since a board has one such controller: `USBPort`, which the builder writes
/// from the board's file, names it.
///
/// Everything is polled: no handler runs. A driver enables its interrupts in the peripheral only,
/// not in the interrupt controller, so that they wake the core (`Wakeup`); `poll` must find an
/// event whether or not the interrupt is pending.
///
/// The endpoints are fixed. 0 is control, 64 bytes; 1 is interrupt towards the host, which never
/// sends; 2 is bulk in both directions, 64 bytes. Pointers are word-aligned RAM. A driver shows the
/// device to the host (pull-up) once it has bus power and its clock, takes it away when power goes,
/// and says `.reset` for both a bus reset and lost power.
///
/// A control transfer, as the stack drives it:
/// - no data: `.setup`, then `acceptStatus` (or `setAddress`, or `stall`);
/// - towards the host: `.setup`, `send` on endpoint 0 and `.sent(0)` for each packet, then
///   `acceptStatus`, after which the host's empty packet is taken;
/// - towards the device: `.setup`, `acceptData`, `.received(0)`, `take`, then `acceptStatus`, which
///   sends the empty packet.
///
/// A new `.setup` ends whatever went before it on endpoint 0; the driver tells nothing of that any
/// more. The status stage's end is not told.
protocol USBController {
  /// False on boards without USB: all of the stack is then left out of the image.
  static var isPresent: Bool { get }
  static func open()
  /// What has happened and was not told yet, oldest first; nil when that is nothing.
  static func poll() -> USBEvent?
  /// Hands a packet of at most 64 bytes to an endpoint; it must stay until `.sent`.
  static func send(_ bytes: UnsafePointer<UInt8>, count: Int, on endpoint: Int)
  /// Copies the packet that `.received` told of, at most 64 bytes, and lets the next one in (but on
  /// endpoint 0, where `acceptData` does). Until then the host is held off.
  /// - Returns: the number of bytes.
  static func take(from endpoint: Int, into memory: UnsafeMutablePointer<UInt8>) -> Int
  static func acceptData()
  static func acceptStatus()
  /// Stalls endpoint 0 until the next `.setup`.
  static func stall()
  /// Accepts the status stage of SET_ADDRESS and takes the address behind it. A controller that
  /// does all this by itself tells no `.setup` for it.
  static func setAddress(_ address: UInt8)
  /// SET_CONFIGURATION 1: endpoints 1 and 2 are open, not halted, their toggles DATA0.
  static func openEndpoints()
  static func closeEndpoints()
  /// By the endpoint's address: bit 7 is "towards the host". Ending a halt sets DATA0.
  static func setHalt(_ isHalted: Bool, address: UInt8)
  static func isHalted(address: UInt8) -> Bool
  /// The number of the last start of frame: milliseconds, 11 bits.
  static var frame: UInt32 { get }
  /// While true the core is woken at every start of frame.
  static func wakeEveryFrame(_ isOn: Bool)
  /// `Wakeup.forget` for every interrupt that the driver uses. `poll` has been called until it
  /// answered nil, and will be again before the core sleeps.
  static func forgetWakeups()
  /// What no other board of the kind has: words of the serial number.
  static var serialWords: Int { get }
  static func serialWord(_ index: Int) -> UInt32
  /// Takes the device off the bus and resets into the board's bootloader.
  static func enterBootloader() -> Never
}

enum USBEvent {
  case reset
  case suspended
  case resumed
  case setup(USBRequest)
  case sent(Int)
  case received(Int)
}

/// The eight bytes of a SETUP packet (Universal Serial Bus Specification 2.0, 9.3).
struct USBRequest {
  var type: UInt8
  var code: UInt8
  var value: UInt16
  var index: UInt16
  var length: UInt16

  static let setAddress: UInt8 = 5

  /// The data stage runs towards the host.
  var isRead: Bool { type & 0x80 != 0 && length != 0 }
}
