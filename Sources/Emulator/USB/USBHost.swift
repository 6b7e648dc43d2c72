// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

/// A USB host with one full-speed port, at the other end of the board's cable: a value that does no
/// I/O. The machine asks it when it wants to act (`nextAt`), puts its signals and packets on the
/// bus (`takeStep`) and tells it the device's answer (`receive`). Everything it does follows from
/// virtual time and from what it was given to do.
///
/// Universal Serial Bus Specification 2.0, chapters 5, 8 and 9.
public struct USBHost: Codable, Sendable {
  /// Who talks to the device.
  public enum Role: String, Codable, Sendable {
    /// There is no cable: VBUS is off.
    case unplugged
    /// The host's own drivers: the device is configured, and its serial port opened if it has one.
    case drivers
    /// Somebody else's, by `submit`: the device gets an address and is asked what it is, no more.
    case passThrough
  }

  enum Port: Codable, Equatable {
    case empty
    case debouncing(until: Instant)
    case resetting(until: Instant)
    case enabled
    case suspended
    case resuming(until: Instant)
    /// A device is there that could not be addressed.
    case failed
  }

  /// What the machine is to do on the bus.
  enum Step: Equatable {
    case power(Bool)
    case bus(USBBusEvent)
  }

  private enum Plan: Codable {
    case power(Bool)
    case timer
    case frame
    /// For the transfer at this place in the queue.
    case packet(Int)
  }

  let time: USBBusTime
  public internal(set) var role: Role
  var port = Port.empty
  /// VBUS that the board has to be told of.
  private var pendingPower: Bool?
  /// When the host wants to act next.
  private(set) var nextAt = Instant.never
  private var plan: Plan?
  /// The transfer whose packet is on the bus, waiting for the device's answer.
  private var underWay: Int?

  // The bus
  private var frame: UInt16 = 0
  var nextFrameAt = Instant.never
  var busFreeAt = Instant.reset
  var address: UInt8 = 0
  /// Which pipe had the bus last, so that all have their turn.
  private var lastServed: UInt8 = 0

  // Transfers
  var queue: [Pending] = []
  var nextInternalID: UInt64 = 1 << 63
  var completed: [USBCompletion] = []

  // The device
  /// The machine's index of the controller that the cable ends in.
  private(set) var device: Int?
  var identity = Identity()
  var enumerationAttempts = 0
  /// How often a device came and was made ready to use.
  public internal(set) var attachmentCount = 0
  /// Whether the device that is attached has been ready, be it that the port is being reset.
  public internal(set) var isInUse = false
  /// Why the device could not be used, in words.
  public internal(set) var failure: String?
  var serial: SerialPortDriver?
  /// The line that the serial port is to have whenever there is one.
  var line = SerialLine.terminal

  /// What a device said of itself.
  struct Identity: Codable, Equatable {
    var isReady = false
    var maxPacketSize0 = 8
    var device: [UInt8] = []
    var configuration: [UInt8] = []
    var parsed = USBConfiguration([])
    var strings: [UInt8: String] = [:]
  }

  public init(role: Role, clock: Frequency) {
    time = USBBusTime(clock)
    self.role = role
    if role != .unplugged { pendingPower = true }
    replan(at: .reset)
  }

  // MARK: The cable

  /// Plugs the cable into another kind of host, or out.
  mutating func connect(as role: Role, at now: Instant) {
    guard role != self.role else { return }
    let had = self.role != .unplugged
    self.role = role
    if !had || role == .unplugged { pendingPower = role != .unplugged }
    if role == .unplugged {
      lose(at: now)
    } else if had, device != nil {
      forget()
      attach(at: now)
    }
    replan(at: now)
  }

  /// The pull-up on D+ came or went.
  mutating func attachmentChanged(_ isAttached: Bool, device index: Int, at now: Instant) {
    if isAttached {
      guard role != .unplugged, device == nil else { return }
      device = index
      attach(at: now)
    } else {
      guard device == index else { return }
      lose(at: now)
    }
    replan(at: now)
  }

  /// The chip was reset: what was attached has let go of the bus, and VBUS is still there.
  mutating func chipWasReset(at now: Instant) {
    lose(at: now)
    if role != .unplugged { pendingPower = true }
    replan(at: now)
  }

  private mutating func attach(at now: Instant) {
    enumerationAttempts = 0
    isInUse = false
    failure = nil
    // 100 ms for the contacts (7.1.7.3).
    port = .debouncing(until: now + time.milliseconds(100))
  }

  private mutating func lose(at now: Instant) {
    device = nil
    isInUse = false
    port = .empty
    forget()
  }

  /// Everything about the device; transfers end.
  private mutating func forget() {
    endTransfers(.disconnected)
    identity = Identity()
    serial = nil
    address = 0
    nextFrameAt = .never
  }

  // MARK: Acting

  /// What is to happen at `nextAt`; nil where that is between the host and its clock. Time goes on
  /// in any case.
  mutating func takeStep() -> Step? {
    let now = nextAt
    underWay = nil
    switch plan {
    case nil: return nil
    case .power(let isOn):
      pendingPower = nil
      replan(at: now)
      return .power(isOn)
    case .timer:
      let event = timerEnded(at: now)
      replan(at: now)
      return event.map { .bus($0) }
    case .frame:
      frame = (frame + 1) & 0x7FF
      nextFrameAt = now + time.milliseconds(1)
      busFreeAt = now + time.startOfFrame
      replan(at: now)
      return .bus(.startOfFrame(frame))
    case .packet(let index):
      underWay = index
      lastServed = queue[index].pipe
      return .bus(event(of: queue[index]))
    }
  }

  /// The device's answer to the packet of the last step, if it was one.
  mutating func receive(_ handshake: USBHandshake, at now: Instant) {
    guard let index = underWay, index < queue.count else { return }
    underWay = nil
    advance(index, by: handshake, at: now)
    replan(at: now)
  }

  /// The packet's transfer is there no more.
  mutating func forgetPacket() { underWay = nil }

  private mutating func timerEnded(at now: Instant) -> USBBusEvent? {
    switch port {
    case .debouncing: return startReset(at: now)
    case .resetting:
      port = .enabled
      startFrames(at: now)
      // 10 ms for the device to recover (7.1.7.5).
      enumerate(at: now + time.milliseconds(10))
    case .resuming:
      port = .enabled
      startFrames(at: now)
    case .empty, .enabled, .suspended, .failed: break
    }
    return nil
  }

  private mutating func startReset(at now: Instant) -> USBBusEvent {
    port = .resetting(until: now + time.milliseconds(10))
    address = 0
    nextFrameAt = .never
    identity.isReady = false
    return .reset
  }

  private mutating func startFrames(at now: Instant) {
    nextFrameAt = now
    busFreeAt = now
  }

  /// Resets the port at once, as after a failure or because a driver asks for it.
  mutating func resetPort(at now: Instant) {
    guard device != nil else { return }
    endTransfers(.cancelled)
    serial = nil
    identity.isReady = false
    port = .debouncing(until: now)
    nextFrameAt = .never
    replan(at: now)
  }

  /// Stops the frames: the device is to save power.
  mutating func suspend() -> Step? {
    guard case .enabled = port else { return nil }
    port = .suspended
    nextFrameAt = .never
    replan(at: nextAt)
    return .bus(.suspend)
  }

  /// Drives a resume for 20 ms, then frames go on.
  mutating func resume(at now: Instant) -> Step? {
    guard case .suspended = port else { return nil }
    port = .resuming(until: now + time.milliseconds(20))
    replan(at: now)
    return .bus(.resume)
  }

  // MARK: What comes next

  mutating func replan(at now: Instant) {
    (nextAt, plan) = (.never, nil)
    if let pendingPower {
      (nextAt, plan) = (now, .power(pendingPower))
      return
    }
    switch port {
    case .empty, .suspended, .failed: break
    case .debouncing(let until), .resetting(let until), .resuming(let until):
      (nextAt, plan) = (max(until, now), .timer)
    case .enabled:
      (nextAt, plan) = (nextFrameAt, .frame)
      planPacket(at: now)
    }
  }

  /// The first transaction that still fits into the frame; those that could begin together take
  /// turns.
  private mutating func planPacket(at now: Instant) {
    var first: (start: Instant, turn: UInt8)?
    for index in queue.indices where isNextOfItsPipe(index) {
      let start = max(max(busFreeAt, queue[index].readyAt), now)
      let size = queue[index].packetSize
      guard start < nextFrameAt, start + time.transaction(size) <= nextFrameAt else { continue }
      let turn = queue[index].pipe &- lastServed &- 1
      if let first, (first.start, first.turn) <= (start, turn) { continue }
      first = (start, turn)
      // A device answers a token, and takes a packet that has come whole.
      let lead = time.token + (queue[index].isToHostNow ? Cycles(0) : time.data(size))
      (nextAt, plan) = (start + lead, .packet(index))
    }
  }

  /// Transfers of one endpoint come one after the other; those of clients, once there is an
  /// address.
  private func isNextOfItsPipe(_ index: Int) -> Bool {
    guard mayStart(index) else { return false }
    for earlier in 0..<index where queue[earlier].pipe == queue[index].pipe {
      if mayStart(earlier) { return false }
    }
    return true
  }

  private func mayStart(_ index: Int) -> Bool {
    identity.isReady || queue[index].purpose != .client
  }
}
