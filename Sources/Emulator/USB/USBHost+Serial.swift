// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

/// How a program on the host holds a serial port.
public struct SerialLine: Codable, Equatable, Sendable {
  /// Whether it has the port open: bytes are only taken then.
  public var isOpen: Bool
  /// Bits a second.
  public var baud: Int
  public var dtr: Bool
  public var rts: Bool

  public init(isOpen: Bool, baud: Int, dtr: Bool, rts: Bool) {
    (self.isOpen, self.baud, self.dtr, self.rts) = (isOpen, baud, dtr, rts)
  }

  /// A terminal program at 115,200 baud, as Arduino's monitor.
  public static let terminal = SerialLine(isOpen: true, baud: 115_200, dtr: true, rts: true)
  public static let closed = SerialLine(isOpen: false, baud: 115_200, dtr: false, rts: false)
}

/// The driver of a communications device's serial port (USB CDC PSTN 1.2, 6.2 and 6.3).
struct SerialPortDriver: Codable {
  let port: USBConfiguration.SerialPort
  /// What the device was told; nil before the first time.
  var toldBaud: Int?
  var toldState: UInt16?
  /// Lines to bring the device to, one after the other: none may be left out, as an open and a
  /// close in between mean something.
  var lines: [SerialLine] = []
  var isChanging = false
  var outgoing: [UInt8] = []
  /// Bytes at the front of `outgoing` that are under way.
  var sending = 0
  var isReceiving = false
  var received: [UInt8] = []
  /// Bits of the last SERIAL_STATE: 0 receive carrier, 1 transmit carrier, 2 break …
  var state: UInt16 = 0
  /// The host has no room: the device is not asked for more.
  var isThrottled = false

  static let sendChunk = 512
}

extension USBHost {
  /// A serial port is there and open, so that bytes will be taken.
  public var isSerialOpen: Bool { line.isOpen && serial?.toldState.map { $0 & 1 } == 1 }
  /// Whether the device has a serial port and was told of it.
  public var hasSerialPort: Bool { serial != nil }

  /// Whether bytes that are sent would go soon, or are lost because there is no port.
  public var hasRoom: Bool { (serial?.outgoing.count ?? 0) < 4096 }

  /// Whether all bytes that were sent have gone, so that the next ones begin a transfer.
  public var hasSentAll: Bool { serial?.outgoing.isEmpty ?? true }

  mutating func startSerialPort(at now: Instant) {
    guard let port = identity.parsed.serialPort else { return }
    serial = SerialPortDriver(port: port)
    if line != .closed { serial?.lines = [line] }
    if port.notification != nil { askForNotification(at: now) }
    workSerialPort(at: now)
  }

  /// Opens, closes or sets the port; what was asked for before comes first.
  mutating func setLine(_ new: SerialLine, at now: Instant) {
    guard new != line else { return }
    line = new
    guard serial != nil else { return }
    serial?.lines.append(new)
    if !new.isOpen {
      // Nobody reads any more.
      queue.removeAll { $0.purpose == .receive }
      serial?.isReceiving = false
    }
    workSerialPort(at: now)
    replan(at: now)
  }

  /// Bytes for the device. They wait for the port to be open.
  mutating func send(_ bytes: some Collection<UInt8>, at now: Instant) {
    guard serial != nil, !bytes.isEmpty else { return }
    serial?.outgoing += bytes
    workSerialPort(at: now)
    replan(at: now)
  }

  /// Whether more bytes to send would go soon.
  var takesInput: Bool { isSerialOpen && (serial?.outgoing.count ?? 0) < 1024 }

  /// What the device has sent since the last call.
  mutating func takeReceived() -> [UInt8] {
    guard serial?.received.isEmpty == false, let bytes = serial?.received else { return [] }
    serial?.received = []
    return bytes
  }

  mutating func setThrottled(_ isThrottled: Bool, at now: Instant) {
    guard serial != nil, serial?.isThrottled != isThrottled else { return }
    serial?.isThrottled = isThrottled
    workSerialPort(at: now)
    replan(at: now)
  }

  // MARK: Work

  /// Starts whatever is to be done and is not under way.
  private mutating func workSerialPort(at now: Instant) {
    guard var driver = serial else { return }
    if !driver.isChanging { changeLine(&driver, at: now) }
    if driver.sending == 0, !driver.outgoing.isEmpty, driver.toldState != nil {
      driver.sending = min(driver.outgoing.count, SerialPortDriver.sendChunk)
      let chunk = Array(driver.outgoing.prefix(driver.sending))
      append(.out(endpoint: driver.port.output.number, data: chunk), for: .send, readyAt: now)
    }
    if !driver.isReceiving, !driver.isThrottled, line.isOpen, driver.toldState != nil {
      driver.isReceiving = true
      append(
        .in(endpoint: driver.port.input.number, length: driver.port.input.maxPacketSize),
        for: .receive, readyAt: now)
    }
    serial = driver
  }

  /// The next request that brings the device to the next line.
  private mutating func changeLine(_ driver: inout SerialPortDriver, at now: Instant) {
    while let next = driver.lines.first {
      let state: UInt16 = (next.dtr ? 1 : 0) | (next.rts ? 2 : 0)
      if driver.toldBaud != next.baud {
        driver.toldBaud = next.baud
        let rate = UInt32(clamping: next.baud)
        let coding = (0..<4).map { UInt8(truncatingIfNeeded: rate >> (8 * $0)) } + [0, 0, 8]
        return request(0x20, value: 0, coding, for: .lineCoding, &driver, at: now)
      }
      if driver.toldState != state {
        driver.toldState = state
        return request(0x22, value: state, [], for: .lineState, &driver, at: now)
      }
      driver.lines.removeFirst()
    }
  }

  private mutating func request(
    _ code: UInt8, value: UInt16, _ data: [UInt8], for purpose: Purpose,
    _ driver: inout SerialPortDriver, at now: Instant
  ) {
    driver.isChanging = true
    let setup = SetupPacket(
      requestType: 0x21, request: code, value: value,
      index: UInt16(driver.port.controlInterface), length: UInt16(data.count))
    append(.control(setup, data: data), for: purpose, readyAt: now, patience: 5000)
  }

  private mutating func askForNotification(at now: Instant) {
    guard let endpoint = serial?.port.notification else { return }
    append(
      .in(endpoint: endpoint.number, length: endpoint.maxPacketSize), for: .notification,
      readyAt: now)
  }

  mutating func serialTransferEnded(_ purpose: Purpose, _ outcome: USBOutcome, at now: Instant) {
    guard serial != nil else { return }
    switch (purpose, outcome) {
    case (.lineCoding, _), (.lineState, _): serial?.isChanging = false
    case (.send, .completed):
      let sent = serial?.sending ?? 0
      serial?.outgoing.removeFirst(sent)
      serial?.sending = 0
    case (.receive, .completed(let bytes)):
      serial?.isReceiving = false
      serial?.received += bytes
    case (.notification, .completed(let bytes)):
      takeNotification(bytes)
      askForNotification(at: now)
    // A stalled pipe is cleared by no one here; it stays quiet.
    default: break
    }
    workSerialPort(at: now)
  }

  /// SERIAL_STATE: a header like a setup packet's, then 16 bits.
  private mutating func takeNotification(_ bytes: [UInt8]) {
    guard bytes.count >= 10, bytes[0] == 0xA1, bytes[1] == 0x20 else { return }
    serial?.state = UInt16(bytes[8]) | UInt16(bytes[9]) << 8
  }
}
