// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// What can go wrong with one command, before it is decided whether to try again.
enum PicoBootTrouble: Equatable, Sendable {
  case silent(String, Duration)
  case refused(String)
  case reported(String, PicoBootStatus)
  case short(String, got: Int, of: Int)
  case damaged(DescriptorError)
  case gone(String)
  case transport(String)
  case differs(address: UInt32, expected: UInt8, found: UInt8)

  var mayPass: Bool {
    switch self {
    case .gone, .transport: false
    default: true
    }
  }

  /// The same with what the ROM says of it.
  func explained(by report: PicoBootReport?) -> PicoBootTrouble {
    guard case .refused(let command) = self, let report, report.status != .ok else { return self }
    return .reported(command, report.status)
  }

  var problem: String {
    switch self {
    case .silent(let command, let time):
      "the board did not answer \(command) within \(time.components.seconds) s"
    case .refused(let command): "the board refused \(command)"
    case .reported(let command, let status): "the board reports \(status.text), after \(command)"
    case .short(let command, let got, let count):
      "the board sent \(got) of \(count) bytes for \(command)"
    case .damaged(let error):
      "the \(error.descriptor) of the board is damaged: \(error.problem) (offset \(error.offset))"
    case .gone(let command): "the board left the bus during \(command)"
    case .transport(let text): "the operating system says: \(text)"
    case .differs(let address, let expected, let found):
      "the byte at \(DFUTrouble.hexadecimal(address)) is \(DFUTrouble.hexadecimal([found])), not "
        + DFUTrouble.hexadecimal([expected])
    }
  }

  var remedy: String {
    switch self {
    case .gone(let command): DFUTrouble.gone(command).remedy
    case .transport(let text): DFUTrouble.transport(text).remedy
    case .differs: DFUTrouble.differs(address: 0, expected: 0, found: 0).remedy
    case .reported(_, .invalidAddress):
      "check that the image is for this board and lies in its flash"
    case .reported(_, .interleavedWrite):
      "let nothing copy to the board's disk meanwhile, and run the command again"
    default: DFUTrouble.refused("").remedy
    }
  }

  func failure(_ step: FlashProgress.Step) -> FlashFailure {
    FlashFailure(step, problem, remedy: remedy)
  }
}

/// One command after another: the 32 bytes, the data, the empty packet the other way.
struct PicoBootLink: Sendable {
  enum Operation: Equatable, Sendable {
    case descriptor(length: Int)
    /// The interface's own reset: whatever was half done is forgotten.
    case reset
    case status
    case command(PicoBootCommand, words: [UInt32], data: [UInt8], length: Int)
    case resetPort, pause, awaitDisconnect
  }

  enum Outcome: Equatable, Sendable {
    case perform(FlashAction)
    case done([UInt8])
    case trouble(PicoBootTrouble)
  }

  /// A sector's erase takes at most 400 ms (W25Q16JV, 9.6), a chip that hangs for ever.
  static let patience = Duration.seconds(5)

  private enum Stage: Equatable {
    case report, request, data, acknowledgement
  }

  private var interface: UInt8
  private var bulkOut: UInt8
  private var bulkIn: UInt8
  private var operation = Operation.reset
  private var stage = Stage.request
  private var token: UInt32 = 0
  private var answer: [UInt8] = []

  init(interface: UInt8, bulkOut: UInt8, bulkIn: UInt8) {
    (self.interface, self.bulkOut, self.bulkIn) = (interface, bulkOut, bulkIn)
  }

  var hasEndpoints: Bool { bulkOut != 0 && bulkIn != 0 }

  mutating func take(_ description: InterfaceDescriptor) {
    interface = description.number
    for endpoint in description.endpoints where endpoint.kind == .bulk {
      if endpoint.isToHost { bulkIn = endpoint.address } else { bulkOut = endpoint.address }
    }
  }

  mutating func begin(
    _ operation: Operation, reporting progress: FlashProgress? = nil
  ) -> FlashAction {
    (self.operation, answer) = (operation, [])
    guard let progress else { return request() }
    stage = .report
    return .report(progress)
  }

  mutating func receive(_ event: FlashEvent) -> Outcome {
    if case .transportFailed(let text) = event { return .trouble(.transport(text)) }
    if stage == .report { return .perform(request()) }
    switch (operation, event) {
    case (.awaitDisconnect, _), (.pause, _): return .done([])
    case (_, .disconnected): return .trouble(.gone(name))
    case (_, .timedOut): return .trouble(.silent(name, Self.patience))
    case (_, .stalled): return .trouble(.refused(name))
    case (.command(let command, _, let data, let length), _):
      return commandGoesOn(command, data, length, event)
    case (_, .bytes(let bytes)): return .done(bytes)
    default: return .done([])
    }
  }

  private mutating func request() -> FlashAction {
    stage = .request
    switch operation {
    case .descriptor(let length):
      return .control(
        SetupRequest(
          requestType: 0x80, request: 6, value: UInt16(DescriptorType.configuration) << 8,
          index: 0, length: UInt16(clamping: length)), data: [], within: Self.patience)
    case .reset:
      return .control(
        SetupRequest(
          requestType: 0x41, request: PicoBootReport.resetRequest, value: 0,
          index: UInt16(interface)), data: [], within: Self.patience)
    case .status:
      return .control(
        SetupRequest(
          requestType: 0xC1, request: PicoBootReport.statusRequest, value: 0,
          index: UInt16(interface), length: UInt16(PicoBootReport.size)), data: [],
        within: Self.patience)
    case .command(let command, let words, _, let length):
      token &+= 1
      let request = PicoBootRequest(command, token: token, words: words, transferLength: length)
      return .bulkOut(endpoint: bulkOut, request.bytes, within: Self.patience)
    case .resetPort: return .resetPort
    case .pause: return .pause(.milliseconds(200))
    case .awaitDisconnect: return .awaitDisconnect(within: .seconds(2))
    }
  }

  private mutating func commandGoesOn(
    _ command: PicoBootCommand, _ data: [UInt8], _ length: Int, _ event: FlashEvent
  ) -> Outcome {
    switch stage {
    case .report, .request:
      guard length > 0 else { return acknowledge(command) }
      stage = .data
      return .perform(
        command.isToHost
          ? .bulkIn(endpoint: bulkIn, length: length, within: Self.patience)
          : .bulkOut(endpoint: bulkOut, data, within: Self.patience))
    case .data:
      if case .bytes(let bytes) = event { answer = bytes }
      return acknowledge(command)
    case .acknowledgement:
      if case .bytes(let bytes) = event, !bytes.isEmpty {
        return .trouble(.short(name, got: bytes.count, of: 0))
      }
      return .done(answer)
    }
  }

  private mutating func acknowledge(_ command: PicoBootCommand) -> Outcome {
    stage = .acknowledgement
    return .perform(
      command.isToHost
        ? .bulkOut(endpoint: bulkOut, [], within: Self.patience)
        : .bulkIn(endpoint: bulkIn, length: 64, within: Self.patience))
  }

  private var name: String {
    switch operation {
    case .descriptor: "a request for its descriptors"
    case .reset: "a reset of its PICOBOOT interface"
    case .status: "a request for the status of its last command"
    case .command(.exclusiveAccess, _, _, _): "EXCLUSIVE_ACCESS"
    case .command(.reboot, _, _, _): "REBOOT"
    case .command(.flashErase, let words, _, _): "FLASH_ERASE at \(place(words))"
    case .command(.read, let words, _, _): "READ at \(place(words))"
    case .command(.write, let words, _, _): "WRITE at \(place(words))"
    case .command(.exitXIP, _, _, _): "EXIT_XIP"
    case .command(let command, _, _, _): "command \(command.rawValue)"
    case .resetPort: "a reset of the port"
    case .pause, .awaitDisconnect: "a pause"
    }
  }

  private func place(_ words: [UInt32]) -> String {
    DFUTrouble.hexadecimal(words.first ?? 0)
  }
}
