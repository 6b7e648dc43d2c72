// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A device's answer to a control request.
public enum ControlAnswer: Equatable, Sendable {
  /// What goes to the host, empty for a request that sends.
  case data([UInt8])
  case stalled
  /// Nothing, ever: the device's program hangs.
  case silent
}

/// A device's answer to data on an endpoint, or to a request for some.
public enum EndpointAnswer: Equatable, Sendable {
  /// Data to the host, or that the data from it are taken (empty).
  case data([UInt8])
  /// STALL, and again until the host clears the endpoint's halt.
  case stalled
  /// STALL by a device that keeps account itself of what is halted, and may end it itself.
  case halted
  /// Not yet: the host asks again.
  case notReady
}

/// What makes a device the one that it is; the requests that all devices answer alike, the queues
/// of transfers and the state of the plug are `ModelledDevice`'s.
public protocol USBDeviceClass {
  /// Nil while it is not on the bus. A change from one device to another passes through nil.
  var identity: USBIdentity? { get }
  /// A request of a class or a vendor. `data` has `setup.length` bytes if they come from the host.
  mutating func control(_ setup: SetupPacket, data: [UInt8]) -> ControlAnswer
  mutating func receive(_ data: [UInt8], endpoint: UInt8) -> EndpointAnswer
  /// At most `length` bytes; fewer end the transfer. `endpoint` has no direction bit.
  mutating func send(atMost length: Int, endpoint: UInt8) -> EndpointAnswer
  mutating func select(interface: UInt8, alternate: UInt8)
  /// The host made a halted endpoint usable again; `endpoint` is its address.
  mutating func haltCleared(endpoint: UInt8)
  /// The host reset the port.
  mutating func reset()
  mutating func advance(by time: Duration)
}

extension USBDeviceClass {
  public mutating func receive(_ data: [UInt8], endpoint: UInt8) -> EndpointAnswer { .stalled }
  public mutating func send(atMost length: Int, endpoint: UInt8) -> EndpointAnswer { .stalled }
  public mutating func select(interface: UInt8, alternate: UInt8) {}
  public mutating func haltCleared(endpoint: UInt8) {}
}

/// A device made of a class: what front ends show to hosts.
public struct ModelledDevice<Class: USBDeviceClass>: USBFunction {
  /// The device itself: what a test looks into.
  public var device: Class
  public private(set) var attachmentCount = 0
  private var isPlugged = true
  private var wasAttached = false
  private var requests = StandardRequests()
  /// Transfers that have not ended, in order.
  private var waiting: [USBTransfer] = []
  /// Of these, the control requests that the device will never answer.
  private var unanswered: Set<UInt64> = []
  private var ended: [USBCompletion] = []

  public init(_ device: Class) {
    self.device = device
    noteAttachment()
  }

  public var isAttached: Bool { isPlugged && device.identity != nil }
  public var deviceDescriptor: [UInt8] {
    isPlugged ? device.identity?.device.bytes ?? [] : []
  }
  public var configurationDescriptor: [UInt8] {
    isPlugged ? device.identity?.configuration.bytes ?? [] : []
  }

  public mutating func submit(_ transfer: USBTransfer) {
    guard isAttached else {
      ended.append(USBCompletion(id: transfer.id, .disconnected))
      return
    }
    waiting.append(transfer)
    serve()
  }

  public mutating func cancel(_ id: UInt64) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index)
    unanswered.remove(id)
    ended.append(USBCompletion(id: id, .cancelled))
  }

  public mutating func resetPort() {
    guard isAttached else { return }
    for transfer in waiting { ended.append(USBCompletion(id: transfer.id, .cancelled)) }
    (waiting, unanswered) = ([], [])
    requests = StandardRequests()
    device.reset()
    noteAttachment()
  }

  public mutating func advance(by time: Duration) {
    device.advance(by: time)
    noteAttachment()
    serve()
  }

  public mutating func completions() -> [USBCompletion] {
    defer { ended = [] }
    return ended
  }

  /// Somebody pulls the plug, or puts it in again. The device goes on as if it had another supply.
  public mutating func setPlugged(_ plugged: Bool) {
    isPlugged = plugged
    if plugged { device.reset() }
    noteAttachment()
  }

  private mutating func noteAttachment() {
    if isAttached, !wasAttached {
      attachmentCount += 1
      requests = StandardRequests()
    }
    wasAttached = isAttached
    guard !isAttached else { return }
    for transfer in waiting { ended.append(USBCompletion(id: transfer.id, .disconnected)) }
    (waiting, unanswered) = ([], [])
  }

  /// Ends what can be ended. An endpoint that is not ready keeps later transfers on it waiting.
  private mutating func serve() {
    var index = 0
    var blocked: Set<UInt8> = []
    while index < waiting.count {
      let transfer = waiting[index]
      let address = transfer.kind.address
      let canEnd = !blocked.contains(address) && !unanswered.contains(transfer.id)
      if canEnd, let outcome = outcome(of: transfer) {
        waiting.remove(at: index)
        ended.append(USBCompletion(id: transfer.id, outcome))
        noteAttachment()
        (index, blocked) = (0, [])
      } else {
        blocked.insert(address)
        index += 1
      }
    }
  }

  private mutating func outcome(of transfer: USBTransfer) -> USBOutcome? {
    switch transfer.kind {
    case .control(let setup, let data):
      let outcome = control(setup, data)
      if outcome == nil { unanswered.insert(transfer.id) }
      return outcome
    case .out(let endpoint, let data):
      guard !requests.halted.contains(endpoint) else { return .stalled }
      return outcome(device.receive(data, endpoint: endpoint), at: endpoint)
    case .in(let endpoint, let length):
      let address = endpoint | 0x80
      guard !requests.halted.contains(address) else { return .stalled }
      return outcome(device.send(atMost: length, endpoint: endpoint), at: address)
    }
  }

  private mutating func outcome(_ answer: EndpointAnswer, at address: UInt8) -> USBOutcome? {
    switch answer {
    case .data(let bytes): return .completed(bytes)
    case .notReady: return nil
    case .halted: return .stalled
    case .stalled:
      requests.halted.insert(address)
      return .stalled
    }
  }

  private mutating func control(_ setup: SetupPacket, _ data: [UInt8]) -> USBOutcome? {
    guard let identity = device.identity else { return .disconnected }
    var answer = ControlAnswer.stalled
    if let standard = requests.answer(setup, of: identity) {
      answer = standard.answer
      switch standard.effect {
      case .none: break
      case .selected(let interface, let alternate):
        device.select(interface: interface, alternate: alternate)
      case .haltCleared(let endpoint): device.haltCleared(endpoint: endpoint)
      }
    } else {
      answer = device.control(setup, data: data)
    }
    switch answer {
    case .data(let bytes): return .completed(Array(bytes.prefix(Int(setup.length))))
    case .stalled: return .stalled
    case .silent: return nil
    }
  }
}

extension USBTransfer.Kind {
  /// The endpoint with its direction bit.
  var address: UInt8 {
    switch self {
    case .control: 0
    case .out(let endpoint, _): endpoint
    case .in(let endpoint, _): endpoint | 0x80
    }
  }
}

extension ModelledDevice: Sendable where Class: Sendable {}
