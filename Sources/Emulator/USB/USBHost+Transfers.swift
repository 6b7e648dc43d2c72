// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import USBModel

/// A transfer that waits or is under way.
extension USBHost {
  enum Purpose: Codable, Equatable {
    case client
    case enumeration(EnumerationStep)
    case lineCoding
    case lineState
    case receive
    case send
    case notification
  }

  struct Pending: Codable {
    enum Kind: Codable, Equatable {
      case control(SetupPacket)
      case out
      case `in`
    }
    enum Stage: Codable { case setup, data, status }

    var id: UInt64
    var purpose: Purpose
    var kind: Kind
    var endpoint: UInt8
    /// What goes to the device, or what has come from it.
    var data: [UInt8]
    /// Bytes that may come.
    var length: Int
    var maxPacketSize: Int
    /// Frames between two polls; nil for bulk and control.
    var interval: UInt64?
    var stage: Stage
    var sent = 0
    var readyAt: Instant
    /// When the host's own drivers lose patience.
    var giveUpAt = Instant.never
    /// Answers "not ready", and no answers at all, in a row.
    var refusals = 0
    var silences = 0

    /// What transfers share that come one after the other.
    var pipe: UInt8 {
      switch kind {
      case .control: 0
      case .out: endpoint
      case .in: endpoint | 0x80
      }
    }

    /// Which way the next packet's data go.
    var isToHostNow: Bool {
      switch kind {
      case .out: false
      case .in: true
      case .control(let setup):
        switch stage {
        case .setup: false
        case .data: setup.isToHost
        // The other way than the data; to the host where there are none (8.5.3).
        case .status: !setup.isToHost || setup.length == 0
        }
      }
    }

    /// The most that the next packet may carry; all that it carries, to the device.
    var packetSize: Int {
      switch kind {
      case .control where stage == .setup: 8
      case .control where stage == .status: 0
      default: isToHostNow ? maxPacketSize : min(data.count - sent, maxPacketSize)
      }
    }

    /// What the next packet to the device carries.
    var outgoing: [UInt8] {
      switch kind {
      case .control(let setup) where stage == .setup: setup.bytes
      case .control where stage == .status: []
      default: Array(data[sent...].prefix(maxPacketSize))
      }
    }
  }

  // MARK: Asking for transfers

  /// Takes a transfer of somebody else's driver; its end comes by `takeCompletions`.
  mutating func submit(_ transfer: USBTransfer, at now: Instant) {
    guard device != nil, role == .passThrough else {
      return completed.append(USBCompletion(id: transfer.id, .disconnected))
    }
    // Addresses are the host controller's business (9.4.6).
    if case .control(let setup, _) = transfer.kind, setup.requestType == 0, setup.request == 5 {
      return completed.append(USBCompletion(id: transfer.id, .completed([])))
    }
    append(transfer.kind, id: transfer.id, for: .client, readyAt: now)
    replan(at: now)
  }

  mutating func cancel(_ id: UInt64, at now: Instant) {
    guard let index = queue.firstIndex(where: { $0.id == id && $0.purpose == .client }) else {
      return
    }
    queue.remove(at: index)
    completed.append(USBCompletion(id: id, .cancelled))
    replan(at: now)
  }

  /// Client transfers that have ended since the last call, in order.
  mutating func takeCompletions() -> [USBCompletion] {
    defer { completed = [] }
    return completed
  }

  /// One of the host's own.
  mutating func append(
    _ kind: USBTransfer.Kind, for purpose: Purpose, readyAt: Instant, patience: UInt64? = nil
  ) {
    append(kind, id: nextInternalID, for: purpose, readyAt: readyAt)
    nextInternalID += 1
    if let patience {
      queue[queue.count - 1].giveUpAt = readyAt + time.milliseconds(patience)
    }
  }

  private mutating func append(
    _ kind: USBTransfer.Kind, id: UInt64, for purpose: Purpose, readyAt: Instant
  ) {
    var transfer = Pending(
      id: id, purpose: purpose, kind: .out, endpoint: 0, data: [], length: 0,
      maxPacketSize: identity.maxPacketSize0, stage: .data, readyAt: readyAt)
    switch kind {
    case .control(let setup, let data):
      (transfer.kind, transfer.stage) = (.control(setup), .setup)
      transfer.data = setup.isToHost ? [] : Array(data.prefix(Int(setup.length)))
      transfer.length = Int(setup.length)
    case .out(let endpoint, let data):
      (transfer.kind, transfer.endpoint, transfer.data) = (.out, endpoint & 0x0F, data)
    case .in(let endpoint, let length):
      (transfer.kind, transfer.endpoint, transfer.length) = (.in, endpoint & 0x0F, max(0, length))
    }
    if transfer.endpoint != 0 {
      let known = identity.parsed.endpoint(transfer.endpoint, isToHost: transfer.kind == .in)
      transfer.maxPacketSize = known?.maxPacketSize ?? 64
      transfer.interval = known?.isInterrupt == true ? known?.interval : nil
    }
    queue.append(transfer)
  }

  // MARK: Packets

  func event(of transfer: Pending) -> USBBusEvent {
    if case .control = transfer.kind, transfer.stage == .setup {
      return .setup(address: address, endpoint: 0, transfer.outgoing)
    }
    return transfer.isToHostNow
      ? .in(address: address, endpoint: transfer.endpoint)
      : .out(address: address, endpoint: transfer.endpoint, transfer.outgoing)
  }

  /// Takes a transfer on by the device's answer to its packet.
  mutating func advance(_ index: Int, by handshake: USBHandshake, at now: Instant) {
    let wasToHost = queue[index].isToHostNow
    busFreeAt = now + time.handshake
    switch handshake {
    case .none: return stayedSilent(index, at: now)
    case .stalled: return finish(index, .stalled, at: now)
    case .notReady: return refused(index, at: now)
    case .data(let bytes) where wasToHost:
      busFreeAt = now + time.data(bytes.count) + time.handshake
      tookPacket(index, bytes, at: now)
    case .acknowledged, .data: tookPacket(index, [], at: now)
    }
  }

  private mutating func tookPacket(_ index: Int, _ bytes: [UInt8], at now: Instant) {
    queue[index].refusals = 0
    queue[index].silences = 0
    queue[index].readyAt = busFreeAt
    let size = queue[index].packetSize
    switch (queue[index].kind, queue[index].stage) {
    case (.control, .status): finish(index, at: now)
    case (.control(let setup), .setup): queue[index].stage = setup.length == 0 ? .status : .data
    case (.control(let setup), .data):
      let isOver = setup.isToHost ? took(index, bytes) : sent(index, size)
      if isOver { queue[index].stage = .status }
    case (.out, _): if sent(index, size) { finish(index, at: now) }
    case (.in, _): if took(index, bytes) { finish(index, at: now) }
    }
  }

  /// Whether all has been sent.
  private mutating func sent(_ index: Int, _ count: Int) -> Bool {
    queue[index].sent += count
    return queue[index].sent >= queue[index].data.count
  }

  /// Whether a short packet, or all that was asked for, has come.
  private mutating func took(_ index: Int, _ bytes: [UInt8]) -> Bool {
    let room = queue[index].length - queue[index].data.count
    queue[index].data += bytes.prefix(room)
    return bytes.count < queue[index].maxPacketSize
      || queue[index].data.count >= queue[index].length
  }

  private mutating func refused(_ index: Int, at now: Instant) {
    guard now < queue[index].giveUpAt else { return finish(index, .disconnected, at: now) }
    queue[index].refusals += 1
    queue[index].silences = 0
    if let interval = queue[index].interval {
      queue[index].readyAt = nextFrameAt + time.milliseconds(interval - 1)
    } else {
      let pause = time.pause(afterRefusals: queue[index].refusals)
      queue[index].readyAt = pause.map { busFreeAt + $0 } ?? nextFrameAt
    }
  }

  /// Three times, then the transfer has failed, as with every host controller.
  private mutating func stayedSilent(_ index: Int, at now: Instant) {
    queue[index].silences += 1
    queue[index].readyAt = nextFrameAt
    if queue[index].silences == 3 { finish(index, .disconnected, at: now) }
  }

  // MARK: Ends

  private mutating func finish(_ index: Int, at now: Instant) {
    let transfer = queue[index]
    var isToHost = false
    if case .control(let setup) = transfer.kind { isToHost = setup.isToHost }
    if transfer.kind == .in { isToHost = true }
    finish(index, .completed(isToHost ? transfer.data : []), at: now)
  }

  private mutating func finish(_ index: Int, _ outcome: USBOutcome, at now: Instant) {
    let transfer = queue.remove(at: index)
    switch transfer.purpose {
    case .client: completed.append(USBCompletion(id: transfer.id, outcome))
    case .enumeration(let step): enumerated(step, outcome, at: now)
    default: serialTransferEnded(transfer.purpose, outcome, at: now)
    }
  }

  /// All of them, without the device's doing.
  mutating func endTransfers(_ outcome: USBOutcome) {
    for transfer in queue where transfer.purpose == .client {
      completed.append(USBCompletion(id: transfer.id, outcome))
    }
    queue = []
    forgetPacket()
  }
}
