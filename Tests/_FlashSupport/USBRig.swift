// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import USBModel

/// A modelled board at the end of a USB cable, in virtual time: what a session asks for is done at
/// once, and waiting costs nothing. It does what a `USBTransport` and the loop behind it do.
package struct USBRig<Class: USBDeviceClass> {
  package enum Outcome: Equatable {
    case finished(FlashVerification)
    case failed(FlashFailure)
    /// The session did not end within any reasonable time.
    case endless
  }

  /// More than any session takes, all waits of all attempts included.
  private static var timeLimit: Duration { .seconds(1800) }
  private static var stepLimit: Int { 400_000 }

  package var board: ModelledDevice<Class>
  package var interface: UInt8
  /// By the number of the transfer.
  package var faults: [Int: USBFault] = [:]
  package private(set) var transfers = 0
  package private(set) var clock = Duration.zero
  package private(set) var reports: [FlashProgress] = []
  /// Control requests in order, standard ones included.
  package private(set) var requests: [SetupPacket] = []
  /// Which of the device's visits to the bus the host has opened.
  private var opened = 0

  package init(_ device: Class, interface: UInt8 = 0) {
    board = ModelledDevice(device)
    self.interface = interface
    connect()
  }

  /// Looks for the board as a new run of the command does: the plug is in, and it is waited for
  /// what restarts.
  package mutating func connect() {
    faults = [:]
    board.setPlugged(true)
    for _ in 0..<5000 where !board.isAttached { pass(.milliseconds(1)) }
    opened = board.attachmentCount
    configure()
  }

  /// The same, for a board whose application may not show itself on the bus.
  package mutating func connectIfThere() {
    for _ in 0..<1000 where !board.isAttached { pass(.milliseconds(1)) }
    if board.isAttached { connect() }
  }

  package mutating func run(_ session: some FlashSession) -> Outcome {
    var session = session
    var event = FlashEvent.started
    let start = clock
    var steps = 0
    while steps < Self.stepLimit, clock - start < Self.timeLimit {
      steps += 1
      switch session.receive(event) {
      case .perform(let action): event = perform(action)
      case .finished(let verification): return .finished(verification)
      case .failed(let failure): return .failed(failure)
      }
    }
    return .endless
  }

  private mutating func pass(_ time: Duration) {
    clock += time
    board.advance(by: time)
  }

  private mutating func configure() {
    let setup = SetupPacket(requestType: 0, request: 9, value: 1, index: 0, length: 0)
    board.submit(USBTransfer(id: 0, .control(setup, data: [])))
    _ = board.completions()
  }

  private var isThere: Bool { board.isAttached && board.attachmentCount == opened }

  /// Longer steps the longer it lasts: silence is common in tests of faults.
  private func tick(since start: Duration) -> Duration {
    max(.milliseconds(5), (clock - start) / 10)
  }

  // MARK: Actions

  package mutating func perform(_ action: FlashAction) -> FlashEvent {
    switch action {
    case .control(let request, let data, let patience):
      let isToHost = request.requestType & 0x80 != 0
      let setup = SetupPacket(
        requestType: request.requestType, request: request.request, value: request.value,
        index: request.index, length: isToHost ? request.length : UInt16(clamping: data.count))
      return transfer(.control(setup, data: data), within: patience, isToHost: true)
    case .bulkOut(let endpoint, let data, let patience):
      return transfer(
        .out(endpoint: endpoint & 0x0F, data: data), within: patience, isToHost: false)
    case .bulkIn(let endpoint, let length, let patience):
      return transfer(
        .in(endpoint: endpoint & 0x0F, length: length), within: patience, isToHost: true)
    case .selectAlternate(let alternate):
      let setup = SetupPacket(
        requestType: 1, request: 11, value: UInt16(alternate), index: UInt16(interface), length: 0)
      let event = transfer(.control(setup, data: []), within: .seconds(1), isToHost: true)
      if case .bytes = event { return .done }
      return event
    case .resetPort:
      guard isThere else { return .disconnected }
      board.resetPort()
      _ = board.completions()
      guard isThere else { return .disconnected }
      configure()
      return .done
    case .pause(let time):
      pass(time)
      return .done
    case .report(let progress):
      reports.append(progress)
      return .done
    case .awaitDisconnect(let time): return awaitDisconnect(time)
    case .send, .receive, .discardInput, .setBaud, .setParity, .setLines:
      return .transportFailed("no serial port")
    }
  }

  private mutating func awaitDisconnect(_ time: Duration) -> FlashEvent {
    let start = clock
    while isThere, clock < start + time { pass(tick(since: start)) }
    return isThere ? .timedOut : .disconnected
  }

  private mutating func transfer(
    _ kind: USBTransfer.Kind, within patience: Duration, isToHost: Bool
  ) -> FlashEvent {
    guard isThere else { return .disconnected }
    if case .control(let setup, _) = kind { requests.append(setup) }
    let fault = faults[transfers]
    transfers += 1
    switch fault {
    case .drop:
      pass(patience)
      return .timedOut
    case .deafen:
      _ = submit(kind, within: patience)
      pass(patience)
      return .timedOut
    case .double:
      _ = submit(kind, within: patience)
      return event(submit(kind, within: patience), isToHost)
    case .stall: return .stalled
    case .stallAfter:
      _ = submit(kind, within: patience)
      return .stalled
    case .delay(let time):
      pass(min(time, patience))
      let outcome = submit(kind, within: patience)
      return time < patience ? event(outcome, isToHost) : .timedOut
    case .refuse: return .transportFailed("Input/output error")
    case .unplug:
      board.setPlugged(false)
      return .disconnected
    case .corrupt, .truncate:
      let outcome = submit(kind.changed(by: fault), within: patience)
      guard case .completed(let bytes)? = outcome else { return event(outcome, isToHost) }
      return event(.completed(fault?.apply(to: bytes) ?? bytes), isToHost)
    case nil: return event(submit(kind, within: patience), isToHost)
    }
  }

  private func event(_ outcome: USBOutcome?, _ isToHost: Bool) -> FlashEvent {
    switch outcome {
    case .completed(let bytes): isToHost ? .bytes(bytes) : .done
    case .stalled: .stalled
    case .disconnected: .disconnected
    case .cancelled, nil: .timedOut
    }
  }

  /// Nil if it did not end in time.
  private mutating func submit(_ kind: USBTransfer.Kind, within patience: Duration) -> USBOutcome? {
    let id = UInt64(transfers) << 8
    board.submit(USBTransfer(id: id, kind))
    let start = clock
    while true {
      if let completion = board.completions().first(where: { $0.id == id }) {
        return completion.outcome
      }
      guard clock < start + patience else { break }
      pass(tick(since: start))
    }
    board.cancel(id)
    _ = board.completions()
    return nil
  }
}

extension USBTransfer.Kind {
  fileprivate func changed(by fault: USBFault?) -> USBTransfer.Kind {
    switch self {
    case .control(var setup, let data):
      guard setup.requestType & 0x80 == 0, let fault else { return self }
      let changed = fault.apply(to: data)
      setup.length = UInt16(clamping: changed.count)
      return .control(setup, data: changed)
    case .out(let endpoint, let data):
      return .out(endpoint: endpoint, data: fault?.apply(to: data) ?? data)
    case .in: return self
    }
  }
}
