// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import USBModel

/// One connection of a USB/IP client, as a value that does no I/O: bytes in, bytes out. The
/// transfers that the client asks for go to a `USBFunction`; time is its owner's business.
public struct USBIPSession {
  /// How a connection begins.
  public enum Opening: Sendable {
    /// The client lists devices, or imports one, as the `usbip` command does.
    case operations
    /// The client has the device already: the other end of a socket given to `vhci_hcd`.
    case attached
  }

  private enum State: Equatable {
    case operations
    /// Remembers which attachment was imported: when the device leaves, the connection ends.
    case attached(attachment: Int)
  }

  private let busID: String
  private var state: State
  private var input: [UInt8] = []
  /// Transfers under way: what to say when they end. The sequence number is the transfer's.
  private var waiting: [UInt64: Waiting] = [:]
  /// Nothing more is to be read or written but what was answered last.
  public private(set) var isOver = false
  /// Why the connection ended, where it was the client's fault.
  public private(set) var problem: String?

  /// Another client has the device.
  public var isTaken = false

  private struct Waiting {
    var isToHost: Bool
    /// Bytes that may come, or that go.
    var length: Int
    /// The UNLINK to answer once the transfer is cancelled.
    var unlink: UInt32?
  }

  /// More in one transfer no driver for a full-speed device asks for.
  static let largestTransfer = 1 << 20
  static let mostTransfers = 1024

  public init(
    _ opening: Opening = .operations, busID: String = "1-1", for function: some USBFunction
  ) {
    self.busID = busID
    state =
      opening == .operations ? .operations : .attached(attachment: function.attachmentCount)
  }

  public var isImported: Bool { if case .attached = state { true } else { false } }

  // MARK: Bytes in, bytes out

  /// Takes what came from the client.
  /// - Returns: what goes back at once.
  public mutating func receive(
    _ bytes: some Collection<UInt8>, for function: inout some USBFunction
  ) -> [UInt8] {
    guard !isOver else { return [] }
    input += bytes
    var output: [UInt8] = []
    while !isOver {
      let taken =
        isImported
        ? takeCommand(&output, for: &function) : takeOperation(&output, for: function)
      if !taken { break }
    }
    return output + serve(&function)
  }

  /// What has ended meanwhile.
  public mutating func serve(_ function: inout some USBFunction) -> [UInt8] {
    guard case .attached(let attachment) = state else { return [] }
    var output: [UInt8] = []
    for completion in function.completions() { output += reply(to: completion) }
    if !function.isAttached || function.attachmentCount != attachment { isOver = true }
    return output
  }

  /// The client is gone: nothing of it may go on.
  public mutating func close(_ function: inout some USBFunction) {
    for id in waiting.keys.sorted() { function.cancel(id) }
    _ = function.completions()
    waiting = [:]
    isOver = true
  }

  private mutating func fail(_ problem: String) {
    self.problem = problem
    isOver = true
  }

  // MARK: Operations

  private mutating func takeOperation(
    _ output: inout [UInt8], for function: some USBFunction
  ) -> Bool {
    guard input.count >= USBIPMessage.operationHeader else { return false }
    let version = input.short(at: 0)
    guard version == USBIPMessage.version else {
      fail(
        "the client speaks version 0x\(String(version, radix: 16)) of USB/IP; 0x111 is spoken here")
      return false
    }
    let code = input.short(at: 2)
    switch code {
    case USBIPMessage.listRequest:
      input.removeFirst(USBIPMessage.operationHeader)
      output += list(function)
      // The client closes the connection.
      return true
    case USBIPMessage.importRequest:
      let size = USBIPMessage.operationHeader + USBIPMessage.busIDSize
      guard input.count >= size else { return false }
      let name = input[USBIPMessage.operationHeader..<size].prefix { $0 != 0 }
      input.removeFirst(size)
      output += importDevice(String(decoding: name, as: UTF8.self), function)
      return true
    default:
      fail("the client asked for operation 0x\(String(code, radix: 16)), which there is not")
      return false
    }
  }

  private func described(_ function: some USBFunction) -> USBIPDevice {
    USBIPDevice(
      busID: busID, deviceDescriptor: function.deviceDescriptor,
      configurationDescriptor: function.configurationDescriptor)
  }

  private func header(_ code: UInt16, status: UInt32 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(short: USBIPMessage.version)
    bytes.append(short: code)
    bytes.append(long: status)
    return bytes
  }

  private func list(_ function: some USBFunction) -> [UInt8] {
    var bytes = header(USBIPMessage.listReply)
    bytes.append(long: function.isAttached ? 1 : 0)
    guard function.isAttached else { return bytes }
    let device = described(function)
    return bytes + device.summary + device.interfaces
  }

  private mutating func importDevice(_ name: String, _ function: some USBFunction) -> [UInt8] {
    guard name == busID, function.isAttached, !isTaken else {
      isOver = true
      return header(USBIPMessage.importReply, status: 1)
    }
    state = .attached(attachment: function.attachmentCount)
    return header(USBIPMessage.importReply) + described(function).summary
  }

  // MARK: Transfers

  private mutating func takeCommand(
    _ output: inout [UInt8], for function: inout some USBFunction
  ) -> Bool {
    guard input.count >= USBIPMessage.commandHeader else { return false }
    switch input.long(at: 0) {
    case 1: return takeSubmit(&output, for: &function)
    case 2:
      let (sequence, target) = (input.long(at: 4), input.long(at: 20))
      input.removeFirst(USBIPMessage.commandHeader)
      if waiting[UInt64(target)] != nil {
        // The answer comes with the transfer's end.
        waiting[UInt64(target)]?.unlink = sequence
        function.cancel(UInt64(target))
      } else {
        output += unlinkReply(sequence, .success)
      }
      return true
    case let command:
      fail("the client sent command \(command), which there is not")
      return false
    }
  }

  private mutating func takeSubmit(
    _ output: inout [UInt8], for function: inout some USBFunction
  ) -> Bool {
    let isToHost = input.long(at: 12) == 1
    let length = Int(input.long(at: 24))
    let packets = input.long(at: 32)
    guard length <= Self.largestTransfer, waiting.count < Self.mostTransfers else {
      fail("the client asked for more at once than any full-speed device can do")
      return false
    }
    let isIsochronous = packets != 0 && packets != .max
    guard !isIsochronous || packets <= 1024 else {
      fail("the client asked for \(packets) isochronous packets at once")
      return false
    }
    let behind =
      (isToHost ? 0 : length) + (isIsochronous ? Int(packets) * USBIPMessage.packetDescriptor : 0)
    let size = USBIPMessage.commandHeader + behind
    guard input.count >= size else { return false }
    let command = Array(input[..<size])
    input.removeFirst(size)
    let sequence = command.long(at: 4)
    let endpoint = UInt8(truncatingIfNeeded: command.long(at: 16))
    let data = isToHost ? [] : Array(command[USBIPMessage.commandHeader...].prefix(length))
    guard !isIsochronous, endpoint < 16, waiting[UInt64(sequence)] == nil else {
      output += submitReply(sequence, .invalid)
      return true
    }
    waiting[UInt64(sequence)] = Waiting(isToHost: isToHost, length: length)
    let kind: USBTransfer.Kind
    if endpoint == 0, let setup = SetupPacket(command[40..<48]) {
      kind = .control(setup, data: data)
    } else {
      kind =
        isToHost ? .in(endpoint: endpoint, length: length) : .out(endpoint: endpoint, data: data)
    }
    function.submit(USBTransfer(id: UInt64(sequence), kind))
    return true
  }

  private mutating func reply(to completion: USBCompletion) -> [UInt8] {
    guard let transfer = waiting.removeValue(forKey: completion.id) else { return [] }
    let sequence = UInt32(truncatingIfNeeded: completion.id)
    if let unlink = transfer.unlink {
      // It may have ended before it could be cancelled: then its own answer comes first.
      guard completion.outcome != .cancelled else { return unlinkReply(unlink, .unlinked) }
      return submitReply(sequence, transfer, completion.outcome) + unlinkReply(unlink, .success)
    }
    return submitReply(sequence, transfer, completion.outcome)
  }

  private func submitReply(
    _ sequence: UInt32, _ transfer: Waiting, _ outcome: USBOutcome
  ) -> [UInt8] {
    switch outcome {
    case .completed(let bytes):
      let data = Array(bytes.prefix(transfer.length))
      return transfer.isToHost
        ? submitReply(sequence, .success, count: data.count) + data
        : submitReply(sequence, .success, count: transfer.length)
    case .stalled: return submitReply(sequence, .stalled)
    case .cancelled: return submitReply(sequence, .unlinked)
    case .disconnected: return submitReply(sequence, .shutDown)
    }
  }

  private func submitReply(
    _ sequence: UInt32, _ status: USBIPMessage.Status, count: Int = 0
  ) -> [UInt8] {
    reply(3, sequence, status, [UInt32(count), 0, 0, 0])
  }

  private func unlinkReply(_ sequence: UInt32, _ status: USBIPMessage.Status) -> [UInt8] {
    reply(4, sequence, status, [])
  }

  /// A header of 48 bytes: command, number, three words that only commands use, status. As Linux's
  /// own server does, it says 0 packets for what is not isochronous.
  private func reply(
    _ command: UInt32, _ sequence: UInt32, _ status: USBIPMessage.Status, _ words: [UInt32]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let status = UInt32(bitPattern: status.rawValue)
    for word in [command, sequence, 0, 0, 0, status] + words { bytes.append(long: word) }
    return bytes + Array(repeating: 0, count: USBIPMessage.commandHeader - bytes.count)
  }
}
