// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel

/// Lets GDB run a machine, over TCP: `target remote :3333`.
///
/// The machine stands still until a debugger connects, and again when one hangs up without a word.
/// After `detach` it runs by itself; `kill` ends the run. One debugger at a time.
public final class DebugServer {
  private let listener: Listener
  /// Where it listens, with the port that it got.
  public var address: ListenAddress { listener.address }
  /// Called with one line when a debugger comes or goes.
  public var onMessage: (String) -> Void = { _ in }

  public init(_ address: ListenAddress) throws { listener = try Listener(address) }

  /// Takes the place of `Machine.run`.
  ///
  /// - Parameters:
  ///   - conditions: when the run is to end. The debugger is told, and may still look back.
  ///   - onSlice: as in `Machine.run`.
  ///   - whileWaiting: called now and then while nobody is connected or nothing runs; answers
  ///     false to end the session.
  public func run(
    _ machine: Machine, until conditions: StopConditions, onSlice: @escaping () -> Bool,
    whileWaiting: @escaping () -> Bool = { true }
  ) -> StopReason {
    let debuggee = Debuggee(machine, until: conditions, onSlice: onSlice)
    var goesOn = true
    var lastReason: StopReason?
    while goesOn {
      guard let connection = listener.accept(within: 50) else {
        goesOn = whileWaiting()
        continue
      }
      onMessage("a debugger has connected")
      let conversation = Conversation(connection, debuggee, whileWaiting)
      switch conversation.run() {
      case .detached:
        onMessage("the debugger has detached; the board goes on")
        return leave(debuggee, onSlice)
      case .killed:
        goesOn = false
      case .lost:
        onMessage("the debugger has gone; the board waits for the next one")
        goesOn = !debuggee.isCancelled
      }
      if case .ended(let reason) = debuggee.stop { lastReason = reason }
      if case .fault(let report) = debuggee.stop { lastReason = .fault(report) }
    }
    debuggee.release()
    return lastReason ?? .interrupted
  }

  private func leave(_ debuggee: Debuggee, _ onSlice: () -> Bool) -> StopReason {
    debuggee.release()
    if case .ended(let reason) = debuggee.stop { return reason }
    var conditions = debuggee.conditions
    let now = debuggee.machine.core.now
    conditions.duration = debuggee.end.map { now < $0 ? $0 - now : Cycles(0) }
    return debuggee.machine.run(until: conditions, onSlice: onSlice)
  }
}

/// One debugger's session, from connection to farewell.
private final class Conversation {
  enum End { case detached, killed, lost }

  private let connection: Connection
  private let debuggee: Debuggee
  private let whileWaiting: () -> Bool
  private var session = Session()
  private var isInterrupted = false
  private var end: End?

  init(_ connection: Connection, _ debuggee: Debuggee, _ whileWaiting: @escaping () -> Bool) {
    (self.connection, self.debuggee) = (connection, debuggee)
    self.whileWaiting = whileWaiting
    debuggee.stops = .init()
    debuggee.isInterrupted = { [unowned self] in
      listen()
      return isInterrupted
    }
  }

  func run() -> End {
    defer { debuggee.isInterrupted = { false } }
    while end == nil {
      guard connection.isOpen, !debuggee.isCancelled else { return .lost }
      let bytes = connection.receive(within: 50)
      if bytes.isEmpty, connection.isOpen, !whileWaiting() { return .killed }
      follow(session.receive(bytes, debuggee))
    }
    return end ?? .lost
  }

  /// Asked while the machine runs.
  private func listen() {
    for action in session.receive(connection.receive(within: 0), debuggee) {
      switch action {
      case .send(let bytes): connection.send(bytes)
      case .interrupt: isInterrupted = true
      default: connection.hangUp()
      }
    }
    if !connection.isOpen { isInterrupted = true }
  }

  private func follow(_ actions: [Session.Action]) {
    for action in actions where end == nil {
      switch action {
      case .send(let bytes): connection.send(bytes)
      case .resume(let resume):
        isInterrupted = false
        _ = debuggee.resume(resume)
        follow(session.stopped(debuggee))
      case .interrupt: break
      case .detach: end = .detached
      case .kill: end = .killed
      case .hangUp: connection.hangUp()
      }
    }
  }
}
