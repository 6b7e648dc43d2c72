// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import Emulator

/// One conversation in GDB's remote serial protocol (GDB manual, appendix E): bytes in, actions
/// out. It holds no socket and no machine; what it reads and changes is the debuggee's.
struct Session {
  enum Action: Equatable {
    case send([UInt8])
    /// Let the machine go on, then call `stopped`.
    case resume(Resume)
    /// Ctrl-C while the machine runs.
    case interrupt
    case detach
    case kill
    /// The client does not speak the protocol.
    case hangUp
  }

  private var reader = PacketReader()
  private var acknowledges = true
  private var isRunning = false
  /// Packets that came while the machine ran.
  private var waiting: [[UInt8]] = []
  private var lastSent: [UInt8] = []
  /// What Hg chose; nil for the thread that runs.
  var thread: StackThread?
  /// What `vFlash` packets have brought since the last `vFlashDone`.
  var flash: [(address: UInt32, bytes: [UInt8])] = []
  /// The run is over; one more `continue` says so in the protocol's own words.
  var hasEnded = false

  /// Packets that may wait; a client that sends more than this during a run is broken.
  private static let longestQueue = 64

  init() {}

  /// Takes what the client has sent.
  mutating func receive(_ bytes: some Sequence<UInt8>, _ debuggee: Debuggee) -> [Action] {
    var actions: [Action] = []
    for event in reader.receive(bytes) {
      switch event {
      case .packet(let body): actions += receive(packet: body, debuggee)
      case .damaged: if acknowledges { actions.append(.send([UInt8(ascii: "-")])) }
      case .interrupt: if isRunning { actions.append(.interrupt) }
      case .refused: if acknowledges, !lastSent.isEmpty { actions.append(.send(lastSent)) }
      case .acknowledged: break
      }
    }
    return actions
  }

  private mutating func receive(packet: [UInt8], _ debuggee: Debuggee) -> [Action] {
    let plus: [Action] = acknowledges ? [.send([UInt8(ascii: "+")])] : []
    guard !isRunning else {
      waiting.append(packet)
      return waiting.count > Self.longestQueue ? [.hangUp] : plus
    }
    return plus + act(on: packet, debuggee)
  }

  private mutating func act(on packet: [UInt8], _ debuggee: Debuggee) -> [Action] {
    let answer = answer(to: packet, debuggee)
    switch answer {
    case .text(let body): return [send(body)]
    case .texts(let bodies): return bodies.map { send($0) }
    case .resume(let resume):
      guard !hasEnded || resume == .stepBack || resume == .goBack else {
        return [send(Array("W00".utf8)), .kill]
      }
      isRunning = true
      return [.resume(resume)]
    case .detach: return [send(Array("OK".utf8)), .detach]
    case .kill: return [.kill]
    case .killByName: return [send(Array("OK".utf8)), .kill]
    case .stopAcknowledging:
      defer { acknowledges = false }
      return [send(Array("OK".utf8))]
    }
  }

  private mutating func send(_ body: [UInt8]) -> Action {
    lastSent = Packet.framed(body)
    return .send(lastSent)
  }

  /// Tells the client that the machine stands still, and takes up what has waited.
  mutating func stopped(_ debuggee: Debuggee) -> [Action] {
    isRunning = false
    thread = nil
    if case .ended = debuggee.stop { hasEnded = true } else { hasEnded = false }
    var actions: [Action] = []
    if let note = debuggee.stop.note { actions.append(send(Self.output("\(note)\n"))) }
    actions.append(send(stopReply(debuggee)))
    let packets = waiting
    waiting = []
    for packet in packets {
      if isRunning { waiting.append(packet) } else { actions += act(on: packet, debuggee) }
    }
    return actions
  }

  /// Text for GDB's console.
  static func output(_ text: String) -> [UInt8] {
    [UInt8(ascii: "O")] + Hexadecimal.text(text.utf8)
  }

  func stopReply(_ debuggee: Debuggee) -> [UInt8] {
    var reply = Array("T".utf8) + Hexadecimal.text([debuggee.stop.signal.rawValue])
    reply += Array("thread:\(debuggee.currentThread.rawValue);".utf8)
    switch debuggee.stop {
    case .breakpoint: reply += Array("hwbreak:;".utf8)
    case .watchpoint(let watch):
      let name =
        switch watch.kind {
        case .write: "watch"
        case .read: "rwatch"
        case .access: "awatch"
        }
      let address = Hexadecimal.string(watch.addresses.lowerBound)
      reply += Array("\(name):\(address);".utf8)
    case .beginning: reply += Array("replaylog:begin;".utf8)
    default: break
    }
    return reply
  }
}

/// What a packet is answered with.
enum Answer {
  case text([UInt8])
  case texts([[UInt8]])
  case resume(Resume)
  /// `k`, which has no answer, and `vKill`, which has.
  case detach, kill, killByName, stopAcknowledging

  static func string(_ text: String) -> Answer { .text(Array(text.utf8)) }
  static let ok = string("OK")
  /// The protocol's word for "no such packet".
  static let unknown = text([])
  /// Arguments that make no sense.
  static let invalid = string("E16")
  /// Memory that is not there.
  static let unreachable = string("E0e")
}
