// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols

/// A modelled board at the end of a modelled serial line, in virtual time: what a session asks for
/// is done at once, and waiting costs nothing.
package struct SerialRig<Bootloader: SerialBootloader> {
  package enum Outcome: Equatable {
    case finished(FlashVerification)
    case failed(FlashFailure)
    /// The session did not end within any reasonable time.
    case endless
  }

  private struct Frame {
    var due: Duration
    var bytes: [UInt8]
  }

  /// More than any session takes, all waits of all attempts included.
  private static var timeLimit: Duration { .seconds(900) }
  private static var stepLimit: Int { 400_000 }
  private static var tick: Duration { .milliseconds(20) }

  package var bootloader: Bootloader
  package var memory: MemoryArray
  /// By the number of the frame; both directions count.
  package var faults: [Int: LinkFault] = [:]
  /// Whether the port vanishes with a reset, as USB of the chip itself does and an adapter's not.
  package var vanishes: Bool
  package private(set) var frames = 0
  package private(set) var clock = Duration.zero
  package private(set) var requests: [BootloaderRequest] = []
  /// What the session reported and sent, in order.
  package private(set) var reports: [FlashProgress] = []
  package private(set) var sent: [[UInt8]] = []
  /// The cable is out, or the board has left the bus.
  package private(set) var isGone = false
  private var toBoard: [Frame] = []
  private var toHost: [Frame] = []
  private var lines = (baud: 115_200, dtr: false, rts: false)

  package init(_ bootloader: Bootloader, _ memory: MemoryArray, vanishes: Bool = true) {
    (self.bootloader, self.memory, self.vanishes) = (bootloader, memory, vanishes)
  }

  /// Puts the cable in again; what was on its way is lost.
  package mutating func connect(_ bootloader: Bootloader? = nil) {
    if let bootloader { self.bootloader = bootloader }
    (isGone, faults, toBoard, toHost, requests) = (false, [:], [], [], [])
  }

  package mutating func run(_ session: some FlashSession) -> Outcome {
    var session = session
    var event = FlashEvent.started
    let start = clock
    var steps = 0
    while steps < Self.stepLimit, clock - start < Self.timeLimit {
      steps += 1
      switch session.receive(event) {
      case .finished(let verification): return .finished(verification)
      case .failed(let failure): return .failed(failure)
      case .perform(let action): event = perform(action)
      }
    }
    return .endless
  }

  package mutating func perform(_ action: FlashAction) -> FlashEvent {
    if case .report(let progress) = action {
      reports.append(progress)
      return .done
    }
    if isGone { return .disconnected }
    switch action {
    case .send(let bytes):
      sent.append(bytes)
      put(bytes, isAnswer: false)
      deliver()
    case .receive(let count, let time): return receive(count, within: time)
    case .discardInput: toHost.removeAll { $0.due <= clock }
    case .setBaud(let baud): setLines(baud: baud)
    case .setParity: break
    case .setLines(let dtr, let rts): setLines(dtr: dtr, rts: rts)
    case .pause(let time): wait(time) { _ in false }
    case .awaitDisconnect(let time):
      wait(time) { $0.isGone }
      return isGone ? .disconnected : .timedOut
    default: return .transportFailed("a serial line cannot do this")
    }
    return .done
  }

  private mutating func setLines(baud: Int? = nil, dtr: Bool? = nil, rts: Bool? = nil) {
    lines = (baud ?? lines.baud, dtr ?? lines.dtr, rts ?? lines.rts)
    bootloader.lineChanged(baud: lines.baud, dtr: lines.dtr, rts: lines.rts)
  }

  private var hasInput: Bool { toHost.first.map { $0.due <= clock } ?? false }

  private mutating func receive(_ count: Int, within time: Duration) -> FlashEvent {
    wait(time) { $0.isGone || $0.hasInput }
    var bytes: [UInt8] = []
    while hasInput, bytes.count < count {
      let taken = toHost[0].bytes.prefix(count - bytes.count)
      bytes += taken
      toHost[0].bytes.removeFirst(taken.count)
      if toHost[0].bytes.isEmpty { toHost.removeFirst() }
    }
    guard bytes.isEmpty else { return .bytes(bytes) }
    return isGone ? .disconnected : .timedOut
  }

  /// Lets time pass until the condition holds, at most so much.
  private mutating func wait(_ time: Duration, until isOver: (Self) -> Bool) {
    let end = clock + time
    deliver()
    while !isOver(self), clock < end {
      let tick = min(Self.tick, end - clock)
      clock += tick
      put(bootloader.elapse(tick, in: &memory), isAnswer: true)
      deliver()
    }
  }

  /// A frame sets out, in one of the two directions.
  private mutating func put(_ bytes: [UInt8], isAnswer: Bool) {
    guard !bytes.isEmpty else { return }
    let fault = faults[frames]
    frames += 1
    var pieces: [(late: Duration, bytes: [UInt8])] = [(.zero, bytes)]
    if let fault {
      guard let changed = fault.apply(to: bytes) else {
        isGone = true
        return
      }
      pieces = changed
    }
    for piece in pieces where !piece.bytes.isEmpty {
      // Nothing overtakes on a serial line.
      let ahead = (isAnswer ? toHost : toBoard).last?.due ?? .zero
      let frame = Frame(due: max(ahead, clock + piece.late), bytes: piece.bytes)
      if isAnswer { toHost.append(frame) } else { toBoard.append(frame) }
    }
  }

  private mutating func deliver() {
    while !isGone, let frame = toBoard.first, frame.due <= clock {
      toBoard.removeFirst()
      put(bootloader.receive(frame.bytes, in: &memory), isAnswer: true)
      guard let request = bootloader.takeRequest() else { continue }
      requests.append(request)
      if vanishes { isGone = true }
    }
  }
}
