// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

// How a device is made known (Universal Serial Bus Specification 2.0, 9.1.2).
extension USBHost {
  /// Vendor, product and the product's name: "2341:805a Nano 33 BLE"; nil without a device.
  public var deviceName: String? {
    guard identity.device.count == 18 else { return nil }
    let numbers = [8, 10].map { place in
      let number = UInt16(identity.device[place]) | UInt16(identity.device[place + 1]) << 8
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    return numbers.joined(separator: ":") + (identity.strings[1].map { " \($0)" } ?? "")
  }

  /// In this order.
  enum EnumerationStep: Int, Codable {
    /// Eight bytes of the device descriptor, for the packet size of endpoint 0.
    case start, address, device, configurationStart, configuration, languages
    case manufacturer, product, serialNumber, configure
  }

  /// How often the port is reset for a device that does not answer as it should.
  private static let mostAttempts = 3
  /// Milliseconds for one request (9.2.6.4 allows a device 5 s for one with data).
  private static let patience: UInt64 = 5000

  mutating func enumerate(at instant: Instant) {
    enumerationAttempts += 1
    identity = Identity()
    ask(.start, at: instant)
  }

  private mutating func ask(_ step: EnumerationStep, at instant: Instant) {
    guard let request = request(step) else { return proceed(from: step, at: instant) }
    append(
      .control(request, data: []), for: .enumeration(step), readyAt: instant,
      patience: Self.patience)
  }

  /// Nil for what the device does not have.
  private func request(_ step: EnumerationStep) -> SetupPacket? {
    switch step {
    case .start: Self.descriptor(0x0100, length: 8)
    case .address: SetupPacket(requestType: 0, request: 5, value: 1, index: 0, length: 0)
    case .device: Self.descriptor(0x0100, length: 18)
    case .configurationStart: Self.descriptor(0x0200, length: 9)
    case .configuration: Self.descriptor(0x0200, length: configurationLength)
    case .languages: Self.descriptor(0x0300, length: 255)
    case .manufacturer: string(identity.device[14])
    case .product: string(identity.device[15])
    case .serialNumber: string(identity.device[16])
    case .configure:
      SetupPacket(
        requestType: 0, request: 9, value: UInt16(identity.parsed.value), index: 0, length: 0)
    }
  }

  private static func descriptor(
    _ value: UInt16, length: UInt16, language: UInt16 = 0
  ) -> SetupPacket {
    SetupPacket(requestType: 0x80, request: 6, value: value, index: language, length: length)
  }

  /// US English, which every device speaks.
  private func string(_ index: UInt8) -> SetupPacket? {
    index == 0
      ? nil : Self.descriptor(0x0300 | UInt16(index), length: 255, language: 0x0409)
  }

  private var configurationLength: UInt16 {
    let bytes = identity.configuration
    return bytes.count >= 4 ? UInt16(bytes[2]) | UInt16(bytes[3]) << 8 : 9
  }

  // MARK: Answers

  mutating func enumerated(_ step: EnumerationStep, _ outcome: USBOutcome, at now: Instant) {
    guard case .completed(let bytes) = outcome else {
      // Strings are for people; a device may do without.
      let isNeeded = step.rawValue <= EnumerationStep.configuration.rawValue || step == .configure
      return isNeeded ? startOver(step, outcome, at: now) : proceed(from: step, at: now)
    }
    guard take(bytes, of: step) else { return startOver(step, outcome, at: now) }
    // The device has 2 ms to change its address (9.2.6.3).
    let pause = step == .address ? time.milliseconds(2) : Cycles(0)
    proceed(from: step, at: now + pause)
  }

  /// False for an answer that cannot be right.
  private mutating func take(_ bytes: [UInt8], of step: EnumerationStep) -> Bool {
    switch step {
    case .start:
      guard bytes.count == 8, bytes[1] == 1, [8, 16, 32, 64].contains(bytes[7]) else {
        return false
      }
      identity.maxPacketSize0 = Int(bytes[7])
    case .address: address = 1
    case .device:
      guard bytes.count == 18, bytes[1] == 1 else { return false }
      identity.device = bytes
    case .configurationStart, .configuration:
      guard bytes.count >= 9, bytes[1] == 2 else { return false }
      identity.configuration = bytes
      guard step == .configuration else { break }
      guard bytes.count == Int(configurationLength) else { return false }
      identity.parsed = USBConfiguration(bytes)
    case .manufacturer: identity.strings[0] = Self.text(bytes)
    case .product: identity.strings[1] = Self.text(bytes)
    case .serialNumber: identity.strings[2] = Self.text(bytes)
    case .languages, .configure: break
    }
    return true
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
      UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
    }
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func proceed(from step: EnumerationStep, at instant: Instant) {
    let isLast = step == (role == .passThrough ? .configuration : .configure)
    guard !isLast, let next = EnumerationStep(rawValue: step.rawValue + 1) else {
      identity.isReady = true
      if !isInUse { attachmentCount += 1 }
      isInUse = true
      enumerationAttempts = 0
      if role == .drivers { startSerialPort(at: instant) }
      return
    }
    ask(next, at: instant)
  }

  private mutating func startOver(
    _ step: EnumerationStep, _ outcome: USBOutcome, at now: Instant
  ) {
    guard enumerationAttempts < Self.mostAttempts else {
      (port, isInUse) = (.failed, false)
      endTransfers(.disconnected)
      nextFrameAt = .never
      failure = Self.failure(step, outcome)
      return
    }
    let attempts = enumerationAttempts
    resetPort(at: now)
    enumerationAttempts = attempts
  }

  private static func failure(_ step: EnumerationStep, _ outcome: USBOutcome) -> String {
    let what =
      switch step {
      case .start, .device: "when asked for its device descriptor"
      case .address: "when given an address"
      case .configurationStart, .configuration: "when asked for its configuration"
      case .languages, .manufacturer, .product, .serialNumber: "when asked for its strings"
      case .configure: "when it was to be configured"
      }
    let answer =
      switch outcome {
      case .stalled: "refused (STALL)"
      case .completed: "gave an answer that cannot be right"
      case .cancelled, .disconnected: "did not answer"
      }
    return "the device \(answer) \(what), \(mostAttempts) times"
  }
}
