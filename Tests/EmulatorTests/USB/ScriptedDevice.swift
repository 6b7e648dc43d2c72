// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

@testable import Emulator

/// A serial port at the end of a USB cable, which a test can have misbehave: endpoint 1 in tells of
/// its state, 2 in and out carry bytes.
struct ScriptedDevice: Peripheral {
  var isAttachedToUSB = false
  /// Said to every packet of a kind, instead of what would be right.
  var answersNothing = false
  var stallsRequests: Set<UInt8> = []
  var descriptorIsGarbage = false
  /// "Not ready" so many times before each packet of the data stage.
  var refusals = 0
  private var refused = 0

  var address: UInt8 = 0
  var isConfigured = false
  private var newAddress: UInt8?
  private var setup: SetupPacket?
  private var reply: [UInt8] = []
  private var taken: [UInt8] = []
  private var isStalled = false

  /// Requests with what came behind them, in order.
  var requests: [Request] = []
  var baud: UInt32 = 0
  var lineState: UInt16 = 0
  /// Packets to be fetched from endpoint 2.
  var outbox: [[UInt8]] = []
  var inbox: [[UInt8]] = []
  var takesBulk = true
  var notifications: [[UInt8]] = []
  /// Every event but frames and what was refused, and when.
  var events: [Event] = []
  var frames: [UInt64] = []
  var polls: [UInt64] = []

  struct Request: Codable, Equatable {
    var setup: SetupPacket
    var data: [UInt8]
  }
  struct Event: Codable, Equatable {
    var name: String
    var at: UInt64
  }

  static let device: [UInt8] = [
    18, 1, 0, 2, 2, 0, 0, 8, 0x41, 0x23, 0x5A, 0x80, 0, 1, 1, 2, 3, 1,
  ]
  static let configuration: [UInt8] =
    [9, 2, 48, 0, 2, 1, 0, 0x80, 50]
    + [9, 4, 0, 0, 1, 2, 2, 0, 0] + [7, 5, 0x81, 3, 16, 0, 10]
    + [9, 4, 1, 0, 2, 10, 0, 0, 0] + [7, 5, 0x82, 2, 64, 0, 0] + [7, 5, 0x02, 2, 64, 0, 0]

  static func string(_ text: String) -> [UInt8] {
    let units = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    return [UInt8(units.count + 2), 3] + units
  }

  mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 { 0 }
  mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {}
  mutating func reset(in context: inout DeviceContext) {
    if isAttachedToUSB { context.request(.usbAttachment(false)) }
    isAttachedToUSB = false
  }

  mutating func attach(in context: inout DeviceContext) {
    isAttachedToUSB = true
    context.request(.usbAttachment(true))
  }

  mutating func usb(_ event: USBBusEvent, in context: inout DeviceContext) -> USBHandshake {
    let now = context.now.sinceReset.count
    let answer = respond(event, at: now)
    switch event {
    case .startOfFrame: frames.append(now)
    default:
      if answer != .notReady { events.append(Event(name: "\(event)", at: now)) }
    }
    return answer
  }

  private mutating func respond(_ event: USBBusEvent, at now: UInt64) -> USBHandshake {
    if answersNothing { return .none }
    switch event {
    case .reset:
      (address, isConfigured) = (0, false)
      return .none
    case .setup(address, 0, let bytes): return begin(SetupPacket(bytes))
    case .out(address, 0, let bytes): return takeControl(bytes)
    case .in(address, 0): return giveControl()
    case .out(address, 2, let bytes):
      guard takesBulk else { return .notReady }
      inbox.append(bytes)
      return .acknowledged
    case .in(address, 2):
      polls.append(now)
      return outbox.isEmpty ? .notReady : .data(outbox.removeFirst())
    case .in(address, 1):
      return notifications.isEmpty ? .notReady : .data(notifications.removeFirst())
    default: return .none
    }
  }

  // MARK: Endpoint 0

  private mutating func begin(_ new: SetupPacket?) -> USBHandshake {
    guard let new else { return .none }
    setup = new
    (reply, taken, refused) = ([], [], 0)
    isStalled = stallsRequests.contains(new.request)
    if new.isToHost { reply = Array(answer(new).prefix(Int(new.length))) }
    if new.length == 0 || new.isToHost { requests.append(Request(setup: new, data: [])) }
    return .acknowledged
  }

  private mutating func answer(_ setup: SetupPacket) -> [UInt8] {
    switch setup.value {
    case 0x0100: return descriptorIsGarbage ? [1, 2, 3] : Self.device
    case 0x0200: return Self.configuration
    case 0x0300: return [4, 3, 9, 4]
    case 0x0301: return Self.string("Breadboard")
    case 0x0302: return Self.string("Scripted device")
    case 0x0303: return Self.string("0123456789ABCDEF")
    default: return []
    }
  }

  private mutating func isRefusing() -> Bool {
    refused += 1
    if refused <= refusals { return true }
    refused = 0
    return false
  }

  private mutating func takeControl(_ bytes: [UInt8]) -> USBHandshake {
    if isStalled { return .stalled }
    guard let setup, !setup.isToHost else { return .acknowledged }
    if isRefusing() { return .notReady }
    taken += bytes
    if taken.count == Int(setup.length) {
      requests.append(Request(setup: setup, data: taken))
      if setup.request == 0x20 { baud = taken[..<4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }
    return .acknowledged
  }

  private mutating func giveControl() -> USBHandshake {
    if isStalled { return .stalled }
    guard let setup else { return .stalled }
    if isRefusing() { return .notReady }
    if setup.isToHost {
      let packet = Array(reply.prefix(8))
      reply.removeFirst(packet.count)
      return .data(packet)
    }
    switch (setup.requestType, setup.request) {
    case (0, 5): address = UInt8(setup.value)
    case (0, 9): isConfigured = true
    case (0x21, 0x22): lineState = setup.value
    default: break
    }
    return .data([])
  }
}

/// Nothing around the device.
final class BareEnvironment: DeviceEnvironment {
  func readRAM(_ address: Address, _ count: Int) -> [UInt8]? { nil }
  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool { false }
  func level(of pin: Pin) -> Level? { nil }
  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]? { nil }
  func random() -> UInt64 { 0 }
}

/// A host and a device on one cable, without a machine. The clock has 64 MHz.
struct Cable {
  var host: USBHost
  var device = ScriptedDevice()
  var now = Instant.reset
  private let environment = BareEnvironment()
  static let clock = Frequency(hertz: 64_000_000)
  static let millisecond: UInt64 = 64_000

  init(role: USBHost.Role = .drivers) { host = USBHost(role: role, clock: Self.clock) }

  mutating func attach() {
    device.isAttachedToUSB = true
    host.attachmentChanged(true, device: 0, at: now)
  }

  mutating func detach() {
    device.isAttachedToUSB = false
    host.attachmentChanged(false, device: 0, at: now)
  }

  mutating func run(milliseconds: UInt64) { run(Cycles(milliseconds * Self.millisecond)) }

  mutating func run(_ span: Cycles) {
    let end = now + span
    while host.nextAt <= end {
      now = host.nextAt
      guard case .bus(let event)? = host.takeStep() else { continue }
      var context = DeviceContext(now: now, environment: environment)
      host.receive(device.usb(event, in: &context), at: now)
    }
    now = end
  }

  /// Attached, configured, its port open.
  static func ready(role: USBHost.Role = .drivers) -> Cable {
    var cable = Cable(role: role)
    cable.attach()
    cable.run(milliseconds: 400)
    return cable
  }
}
