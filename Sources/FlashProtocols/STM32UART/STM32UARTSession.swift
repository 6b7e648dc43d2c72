// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes an application through the bootloader in an STM32's system memory over USART (ST AN3155):
/// erases the sectors that the image touches, writes 256 bytes at a time, reads everything back,
/// and starts it.
///
/// A step that fails is tried again; bytes that read back wrong lead to another erase. Both a
/// bounded number of times.
public struct STM32UARTSession: Dialogue {
  /// What is being done; each is a command and its parts.
  enum Job: Equatable {
    case get, identify
    case erase(sector: Int)
    case write(offset: Int)
    case read(offset: Int)
    case go
  }

  enum State: Equatable {
    case opening
    /// Attempts so far, and whether the second of the two bytes is out.
    case synchronising(attempt: Int, isSecond: Bool)
    case working(part: Int)
  }

  static let attempts = 4
  static let passes = 3
  /// What a bootloader that waits for the rest of a command is sent, in rising doses. Not the byte
  /// that asks for its attention: 0x80 twice is no command, and ends no block well.
  static let fillers = [0, 600, 0x2_1000]

  let image: FlashImage
  let parameters: FlashParameters
  var exchange = Exchange()
  var state = State.opening
  var job = Job.get
  private var failures = 0
  private var pass = 0
  private var lastProblem = ""
  private var isRereading = false
  private var isExtended = true
  private var chip = ""
  private var sectors: [Int] = []

  public init(image: FlashImage, parameters: FlashParameters) {
    self.image = image.padded(to: 4)
    self.parameters = parameters
  }

  public mutating func receive(_ event: FlashEvent) -> FlashStep { converse(event) }

  var step: FlashProgress.Step {
    guard state != .opening else { return .connecting }
    switch job {
    case .get, .identify: return .connecting
    case .erase: return .erasing
    case .write: return .writing
    case .read: return .verifying
    case .go: return .restarting
    }
  }

  /// The port is an adapter's: it does not leave with the board.
  var mayLeave: Bool { false }

  var lossRemedy: String { "connect the board's serial adapter again, and flash once more" }

  static let bootPin =
    "set BOOT0 (and BOOT1, where there is one) for system memory, reset the board, and try again"

  mutating func next(after outcome: Exchange.Outcome) -> Turn {
    switch state {
    case .opening:
      if let failure = unfitImage() { return .failed(failure) }
      return synchronise(attempt: 0)
    case .synchronising(let attempt, let isSecond):
      return synchronised(attempt, isSecond, outcome)
    case .working(let part): return worked(part, outcome)
    }
  }

  private func unfitImage() -> FlashFailure? {
    if let failure = image.misfit(parameters) { return failure }
    guard image.start % 4 == 0 else {
      return FlashFailure(
        .connecting, "the image starts at \(hexadecimal(image.start)), inside a word",
        remedy: "link the application for this board")
    }
    return nil
  }
}

// MARK: Finding each other

extension STM32UARTSession {
  /// After a reset one byte is answered; later two of them are one wrong command, which is refused.
  /// Either is an answer.
  private mutating func synchronise(attempt: Int) -> Turn {
    state = .synchronising(attempt: attempt, isSecond: false)
    var actions: [FlashAction] = []
    if attempt == 0, failures == 0 {
      actions = [
        .report(FlashProgress(.connecting)), .setBaud(parameters.baud ?? 115_200),
        .setParity(.even),
      ]
    }
    var filler = Self.fillers[attempt]
    if filler > 0 { actions.append(.send([STM32UARTCommand.synchronise])) }
    while filler > 0 {
      actions.append(.send(Array(repeating: 0x80, count: min(filler, 1024))))
      filler -= 1024
    }
    return .exchange(actions + [.pause(.milliseconds(50))] + knock, knockReply)
  }

  private var knock: [FlashAction] { [.discardInput, .send([STM32UARTCommand.synchronise])] }
  private var knockReply: Reply { Reply(shape: .count(1), within: .milliseconds(300)) }

  private mutating func synchronised(
    _ attempt: Int, _ isSecond: Bool, _ outcome: Exchange.Outcome
  ) -> Turn {
    let answers = [STM32UARTCommand.acknowledge, STM32UARTCommand.refuse]
    if case .reply(let reply) = outcome, let byte = reply.first, answers.contains(byte) {
      return begin(job)
    }
    if !isSecond, outcome == .silence([]) {
      state = .synchronising(attempt: attempt, isSecond: true)
      return .exchange(knock, knockReply)
    }
    if attempt + 1 < Self.fillers.count { return synchronise(attempt: attempt + 1) }
    // Who was told to start the application and is silent has done so.
    if job == .go { return .finished(.readBack) }
    return .failed(
      FlashFailure(
        step,
        lastProblem.isEmpty
          ? "the board does not answer as an STM32's bootloader does (0x7F)"
          : "\(lastProblem), and then the board stopped answering",
        remedy: Self.bootPin))
  }

  mutating func begin(_ job: Job) -> Turn {
    self.job = job
    state = .working(part: 0)
    let command: STM32UARTCommand
    var shape = Reply.Shape.count(1)
    switch job {
    case .get: (command, shape) = (.get, .acknowledgedList(by: STM32UARTCommand.acknowledge))
    case .identify:
      (command, shape) = (.identify, .acknowledgedList(by: STM32UARTCommand.acknowledge))
    case .erase: command = isExtended ? .extendedErase : .erase
    case .write: command = .write
    case .read: command = .read
    case .go: command = .go
    }
    var actions: [FlashAction] = [.discardInput, .send(command.bytes)]
    if let progress { actions.insert(.report(progress), at: 0) }
    return .exchange(actions, Reply(shape: shape, within: .seconds(1)))
  }

  private var progress: FlashProgress? {
    switch job {
    case .get, .identify: nil
    case .erase(let sector):
      FlashProgress(
        .erasing, done: sectors.firstIndex(of: sector) ?? 0, total: sectors.count)
    case .write(let offset): FlashProgress(.writing, done: offset, total: image.bytes.count)
    case .read(let offset): FlashProgress(.verifying, done: offset, total: image.bytes.count)
    case .go: FlashProgress(.restarting)
    }
  }
}

// MARK: Working

extension STM32UARTSession {
  private mutating func worked(_ part: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard case .reply(let reply) = outcome else { return again("did not answer") }
    guard reply.first == STM32UARTCommand.acknowledge else {
      return again(part == 0 ? "refused" : "refused a part of")
    }
    switch job {
    case .get:
      guard reply.count >= 4, reply.last == STM32UARTCommand.acknowledge else {
        return again("did not understand")
      }
      isExtended = reply[3...].contains(STM32UARTCommand.extendedErase.rawValue)
      chip = "bootloader \(reply[2] >> 4).\(reply[2] & 15)"
      failures = 0
      return begin(.identify)
    case .identify: return identified(reply)
    case .erase(let sector): return erased(sector, part)
    case .write(let offset): return written(offset, part)
    case .read(let offset): return read(offset, part, reply)
    case .go:
      return part == 0
        ? say(STM32UARTCommand.address(image.start), then: 1) : .finished(.readBack)
    }
  }

  /// The next part of a command, and its acknowledgement.
  private mutating func say(
    _ bytes: [UInt8], then part: Int, within time: Duration = .seconds(1),
    _ shape: Reply.Shape = .count(1)
  ) -> Turn {
    state = .working(part: part)
    return .exchange([.send(bytes)], Reply(shape: shape, within: time))
  }

  private mutating func identified(_ reply: [UInt8]) -> Turn {
    guard reply.count == 5, reply[4] == STM32UARTCommand.acknowledge else {
      return again("did not understand")
    }
    let product = UInt16(reply[2]) << 8 | UInt16(reply[3])
    let remedy = "choose the board that is connected (nothing was changed)"
    guard let flash = STM32Flash.known.first(where: { $0.product == product }) else {
      return .failed(
        FlashFailure(
          .connecting,
          "the chip says that it is product \(hexadecimal(product)), which is not known",
          remedy: remedy))
    }
    guard let sectors = flash.sectors(touching: image), let first = sectors.first else {
      return .failed(
        FlashFailure(
          .connecting,
          "the chip is a \(flash.name) with \(flash.sectors.reduce(0, +)) KiB of flash, and the "
            + "image ends at " + hexadecimal(UInt64(image.start) + UInt64(image.bytes.count)),
          remedy: remedy))
    }
    self.sectors = sectors
    failures = 0
    let turn = begin(.erase(sector: first))
    guard case .exchange(let actions, let awaited) = turn else { return turn }
    let detail = "\(flash.name), \(chip)"
    return .exchange(
      [.report(FlashProgress(.connecting, detail: detail))] + actions, awaited)
  }

  private mutating func erased(_ sector: Int, _ part: Int) -> Turn {
    if part == 0 {
      // Sectors of 256 KiB take at most 4 s (STM32F745 data sheet, 6.3.12).
      let bytes = STM32UARTCommand.sector(sector, extended: isExtended)
      return say(bytes, then: 1, within: .seconds(10))
    }
    failures = 0
    let following = sectors.first { $0 > sector }
    return begin(following.map { .erase(sector: $0) } ?? .write(offset: 0))
  }

  private mutating func written(_ offset: Int, _ part: Int) -> Turn {
    let data = image.block(at: offset, count: STM32UARTCommand.blockSize)
    switch part {
    case 0: return say(STM32UARTCommand.address(address(offset)), then: 1)
    case 1: return say(STM32UARTCommand.data(data), then: 2, within: .seconds(2))
    default:
      failures = 0
      let next = offset + data.count
      return begin(next < image.bytes.count ? .write(offset: next) : .read(offset: 0))
    }
  }

  private mutating func read(_ offset: Int, _ part: Int, _ reply: [UInt8]) -> Turn {
    let expected = image.block(at: offset, count: STM32UARTCommand.blockSize)
    switch part {
    case 0: return say(STM32UARTCommand.address(address(offset)), then: 1)
    case 1:
      let shape = Reply.Shape.acknowledged(
        by: STM32UARTCommand.acknowledge, 1 + expected.count)
      return say(STM32UARTCommand.length(expected.count), then: 2, within: .seconds(1), shape)
    default:
      let found = Array(reply.dropFirst())
      guard found == expected else { return differed(offset, found, expected) }
      isRereading = false
      failures = 0
      let next = offset + expected.count
      return begin(next < image.bytes.count ? .read(offset: next) : .go)
    }
  }

  private mutating func differed(_ offset: Int, _ found: [UInt8], _ expected: [UInt8]) -> Turn {
    guard isRereading else {
      isRereading = true
      return again("did not tell truly")
    }
    isRereading = false
    pass += 1
    let at = zip(found, expected).prefix { $0 == $1 }.count
    let problem =
      "\(hexadecimal(found[at])) instead of \(hexadecimal(expected[at])) was read back from "
      + hexadecimal(address(offset + at))
    guard pass < Self.passes, let first = sectors.first else {
      return .failed(
        FlashFailure(
          .verifying, "\(problem), after \(pass) attempts",
          remedy: "try a lower baud rate or another cable, then flash once more"))
    }
    return begin(.erase(sector: first))
  }

  private func address(_ offset: Int) -> UInt32 {
    image.start &+ UInt32(truncatingIfNeeded: offset)
  }

  /// Does the same job once more, unless that has been tried often enough.
  private mutating func again(_ what: String) -> Turn {
    failures += 1
    lastProblem = "the board \(what) \(name)"
    guard failures < Self.attempts else {
      let isRefusal = what == "refused"
      return .failed(
        FlashFailure(
          step, "\(lastProblem), \(failures) times in a row",
          remedy: isRefusal
            ? "its flash may be protected against reading or writing: remove that with ST's own "
              + "tool"
            : "try a lower baud rate or another cable, then flash once more"))
    }
    return synchronise(attempt: 0)
  }

  private var name: String {
    switch job {
    case .get: "the question for its commands"
    case .identify: "the question for its product number"
    case .erase(let sector): "the order to erase sector \(sector)"
    case .write(let offset): "the block for \(hexadecimal(address(offset)))"
    case .read(let offset): "the question for what is at \(hexadecimal(address(offset)))"
    case .go: "the order to start the application"
    }
  }
}
