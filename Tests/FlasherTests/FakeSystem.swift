// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Flasher
import Transports

/// A machine whose boards, rights, programs and clock are the test's. Time passes only while
/// somebody waits.
final class FakeSystem: FlashSystem {
  var ports: [SerialPortDescription] = []
  var devices: [USBDeviceDescription] = []
  var deviceError: TransportError?
  /// Why a path cannot be opened; what is not named opens.
  var refusals: [String: TransportError] = [:]
  var absent: Set<String> = []
  var links: [String: String] = [:]
  var groups: [String: String] = [:]
  var holders: [String: String] = [:]
  var disks: [BootDisk] = []
  var files: [String: [UInt8]] = [:]
  var isInterrupted = false
  /// Called with each opening of a port, and its speed.
  var onOpen: (String, Int) -> Void = { _, _ in }
  /// Called when time has passed, with how much there was in all.
  var onTime: (Duration) -> Void = { _ in }
  var opened: [(path: String, baud: Int)] = []
  /// What ports and devices answer.
  var port: () -> FakePort = { FakePort() }
  var device: () -> any USBTransport = { FakeDevice() }

  private let start = ContinuousClock.now
  private(set) var passed = Duration.zero

  var now: ContinuousClock.Instant { start + passed }

  func pause(_ time: Duration) {
    passed += time
    onTime(passed)
  }

  func serialPorts() -> [SerialPortDescription] { ports }

  func usbDevices() throws(TransportError) -> [USBDeviceDescription] {
    if let deviceError { throw deviceError }
    return devices
  }

  func openSerial(_ path: String, baud: Int) throws(TransportError) -> any SerialTransport {
    if let refusal = refusals[path] { throw refusal }
    opened.append((path, baud))
    onOpen(path, baud)
    let port = port()
    port.system = self
    return port
  }

  func openUSB(
    _ device: USBDeviceDescription, interface: UInt8, alternate: UInt8
  ) throws(TransportError) -> any USBTransport {
    if let refusal = refusals[device.path] { throw refusal }
    return self.device()
  }

  func bootDisks() -> [BootDisk] { disks }

  func write(_ bytes: [UInt8], to path: String) throws(TransportError) {
    if let refusal = refusals[path] { throw refusal }
    files[path] = bytes
  }

  func access(to path: String) -> PathAccess {
    if absent.contains(path) { return .absent }
    if case .accessDenied = refusals[path] { return .denied }
    return .granted
  }

  func resolved(_ path: String) -> String { links[path] ?? path }
  func group(of path: String) -> String? { groups[path] }
  func holder(of path: String) -> String? { holders[path] }
}

/// A port that is silent, or answers each write by rule.
final class FakePort: SerialTransport {
  weak var system: FakeSystem?
  var answer: ([UInt8]) -> [UInt8] = { _ in [] }
  var failure: TransportError?
  private var waiting: [UInt8] = []

  init(failure: TransportError? = nil, answer: @escaping ([UInt8]) -> [UInt8] = { _ in [] }) {
    (self.failure, self.answer) = (failure, answer)
  }

  func write(_ bytes: [UInt8]) throws(TransportError) {
    if let failure { throw failure }
    waiting += answer(bytes)
  }

  func read(atMost count: Int, within: Duration) throws(TransportError) -> [UInt8] {
    if let failure { throw failure }
    if waiting.isEmpty {
      system?.pause(within)
      return []
    }
    defer { waiting.removeFirst(min(count, waiting.count)) }
    return Array(waiting.prefix(count))
  }

  func discardInput() { waiting = [] }
  func setBaud(_ bitsPerSecond: Int) {}
  func setLines(dtr: Bool?, rts: Bool?) -> Bool { false }
  func close() {}
}

/// A device that takes everything and says nothing.
final class FakeDevice: USBTransport {
  var requests: [UInt8] = []
  var failure: TransportError?

  init(failure: TransportError? = nil) { self.failure = failure }

  func control(
    requestType: UInt8, request: UInt8, value: UInt16, index: UInt16, data: [UInt8], length: Int,
    within: Duration
  ) throws(TransportError) -> [UInt8] {
    requests.append(request)
    if let failure { throw failure }
    return []
  }

  func bulkOut(endpoint: UInt8, _ bytes: [UInt8], within: Duration) throws(TransportError) {
    if let failure { throw failure }
  }

  func bulkIn(
    endpoint: UInt8, length: Int, within: Duration
  ) throws(TransportError) -> [UInt8] {
    if let failure { throw failure }
    return []
  }

  func selectAlternate(_ setting: UInt8) {}
  func resetPort() {}
  func close() {}
}
