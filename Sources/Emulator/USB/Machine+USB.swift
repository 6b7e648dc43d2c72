// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

extension Machine {
  // MARK: For whoever sits at the host

  /// Plugs the board's USB cable into something else, or out.
  public func connectUSB(as role: USBHost.Role) { usb.connect(as: role, at: core.now) }

  /// How a program on the host holds the board's USB serial port from now on.
  public func setSerialLine(_ line: SerialLine) { usb.setLine(line, at: core.now) }

  /// Bytes from a program on the host, which wait until the port is open.
  public func sendSerial(_ bytes: some Collection<UInt8>) { usb.send(bytes, at: core.now) }

  /// While the host has no room the device is not asked for more.
  public func setSerialThrottled(_ isThrottled: Bool) {
    usb.setThrottled(isThrottled, at: core.now)
  }

  /// The host stops the frames, so that the device saves power.
  public func suspendUSB() {
    if let step = usb.suspend() { perform(step, at: core.now) }
  }

  public func resumeUSB() {
    if let step = usb.resume(at: core.now) { perform(step, at: core.now) }
  }

  // MARK: The bus

  /// Everything that is due on the bus.
  func serveUSB() {
    while usb.nextAt <= core.now {
      let instant = usb.nextAt
      if let step = usb.takeStep() { perform(step, at: instant) }
    }
  }

  private func perform(_ step: USBHost.Step, at instant: Instant) {
    switch step {
    case .power(let isOn):
      observers?.note(.usb(.power(isOn), .none), at: instant, in: self)
      for index in devices.indices {
        call(index, at: instant) { _ = $0.usb(.power(isOn), in: &$1) }
      }
    case .bus(let event):
      var handshake = USBHandshake.none
      if usb.device == StandInBootloader.deviceIndex {
        handshake = standInAnswer(to: event)
      } else if let device = usb.device {
        call(device, at: instant) { handshake = $0.usb(event, in: &$1) }
      }
      trace(event, handshake, at: instant)
      usb.receive(handshake, at: instant)
      let bytes = usb.takeReceived()
      if !bytes.isEmpty { cameByUSB(bytes, at: instant) }
      if isInBootloader { carryOutRequest() }
    }
  }

  func attachUSB(_ isAttached: Bool, of index: Int, at now: Instant) {
    observers?.note(.usbAttached(isAttached), at: now, in: self)
    usb.attachmentChanged(isAttached, device: index, at: now)
    if usb.nextAt < deadline { core.yield() }
  }

  private func cameByUSB(_ bytes: [UInt8], at instant: Instant) {
    onUSBSerial?(bytes)
    // A bootloader's answers are for tools.
    guard !isInBootloader else { return }
    for byte in bytes {
      if let line = console.receive(byte, from: .usb, at: instant) { onConsoleLine?(line) }
    }
  }

  /// Packets that moved something count as observable.
  private func trace(_ event: USBBusEvent, _ handshake: USBHandshake, at instant: Instant) {
    var moved: (kind: UInt64, bytes: [UInt8])?
    switch (event, handshake) {
    case (.setup(_, _, let bytes), .acknowledged): moved = (1, bytes)
    case (.out(_, let endpoint, let bytes), .acknowledged):
      moved = (2 | UInt64(endpoint) << 8, bytes)
    case (.in(_, let endpoint), .data(let bytes)): moved = (3 | UInt64(endpoint) << 8, bytes)
    case (.startOfFrame, _), (_, .notReady): return
    default: break
    }
    observers?.note(.usb(event, handshake), at: instant, in: self)
    guard let moved else { return }
    trace.record(.usbPacket, moved.kind << 32 | UInt64(moved.bytes.count), at: instant)
    for byte in moved.bytes { trace.mix(byte: byte) }
  }
}

extension USBBusEvent {
  /// For the log: "out 2 from the host, 3 B: 61 62 63, acknowledged".
  func text(answered handshake: USBHandshake) -> String {
    switch self {
    case .power(let isOn): return isOn ? "VBUS on" : "VBUS off"
    case .reset: return "reset by the host"
    case .suspend: return "suspended by the host"
    case .resume: return "resumed by the host"
    case .startOfFrame(let number): return "frame \(number)"
    case .setup(let address, _, let bytes):
      return "setup, address \(address):\(Self.text(bytes)), \(handshake.text)"
    case .out(_, let endpoint, let bytes):
      return "out \(endpoint), \(bytes.count) B:\(Self.text(bytes)), \(handshake.text)"
    case .in(_, let endpoint):
      guard case .data(let bytes) = handshake else { return "in \(endpoint), \(handshake.text)" }
      return "in \(endpoint), \(bytes.count) B:\(Self.text(bytes))"
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(16).map { byte in
      (byte < 16 ? " 0" : " ") + String(byte, radix: 16)
    }
    return shown.joined() + (bytes.count > 16 ? " ..." : "")
  }
}

extension USBHandshake {
  fileprivate var text: String {
    switch self {
    case .none: "no answer"
    case .acknowledged: "acknowledged"
    case .notReady: "not ready"
    case .stalled: "stalled"
    case .data(let bytes): "\(bytes.count) B"
    }
  }
}
