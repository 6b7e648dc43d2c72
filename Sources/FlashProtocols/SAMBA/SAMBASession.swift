// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes an application through SAM-BA with Arduino's extensions: the Nano 33 BLE's bootloader or
/// that of the SAMD21 boards.
///
/// A block goes into RAM (`S`), from there into flash (`Y`), and is held against its CRC (`Z`).
/// When all are written they are all checked once more, because a command that was damaged on its
/// way may have hit another block: by `R`, every byte, where the bootloader can, else by `Z`. A
/// block that is not as it was sent is written again, a bounded number of times.
public struct SAMBASession: Dialogue {
  public enum Variant: String, Sendable, CaseIterable {
    case nrf, samd
  }

  enum State: Equatable {
    case opening
    case synchronising(attempt: Int, then: Resume)
    case asking(Question)
    case erasing(from: Int)
    case filling(Int)
    case writing(Int)
    case checking(Int)
    /// The last look at everything.
    case confirming(Int)
    case readingBack(offset: Int)
    case restarting(attempt: Int)
    case lookingBack(attempt: Int)
  }

  /// What is asked before anything is changed, in this order.
  enum Question: Equatable {
    case version
    /// nRF: `I`.
    case chip
    /// SAMD: CPUID, the chip's identification, its flash, whether it is secured.
    case processor, device, flash, security
  }

  /// Where to go on once the bootloader listens again.
  enum Resume: Equatable {
    case ask(Question)
    case write(Int)
    case confirm(Int)
    case readBack(Int)
  }

  /// Bytes a block; one more than the SAMD's bootloader can send at once without spoiling them.
  static let blockSize = 4096
  static let readLimit = 63
  /// In a row; and in all.
  static let attempts = 4
  static let repairLimit = 24
  /// What a bootloader that waits for the rest of a transfer is sent, in rising doses.
  static let fillers = [0, 80, blockSize + 64, 0x1_0040]

  let variant: Variant
  let dialect: SAMBADialect
  let parameters: FlashParameters
  let image: FlashImage
  var exchange = Exchange()
  var state = State.opening
  /// Failures since something last went well, and since the beginning.
  var failures = 0
  var repairs = 0
  /// The last of them, for the report if it stays.
  var lastProblem = ""
  /// What the bootloader said of itself.
  var version = ""
  /// SAMD: whether flash may be read back.
  var isReadable: Bool
  /// Whether the last read-back differed: it is read once more before it is written again.
  var isRereading = false

  /// - Parameter parameters: `start` is the application's first address, as the board has it.
  public init(variant: Variant, image: FlashImage, parameters: FlashParameters) {
    self.variant = variant
    self.parameters = parameters
    dialect = variant == .nrf ? .nrf : .samd
    self.image = image.padded(to: dialect.granule)
    isReadable = variant == .samd
  }

  public mutating func receive(_ event: FlashEvent) -> FlashStep { converse(event) }

  var step: FlashProgress.Step {
    switch state {
    case .opening, .asking: .connecting
    case .synchronising(_, let resume):
      switch resume {
      case .ask: .connecting
      case .write: .writing
      case .confirm, .readBack: .verifying
      }
    case .erasing: .erasing
    case .filling, .writing, .checking: .writing
    case .confirming, .readingBack: .verifying
    case .restarting, .lookingBack: .restarting
    }
  }

  var lossRemedy: String {
    step == .connecting
      ? Self.doubleTap
      : "connect the board again, press its reset button twice quickly, and flash once more"
  }

  static let doubleTap =
    "press the board's reset button twice quickly so that its light pulses, and try again"

  var blocks: Int { (image.bytes.count + Self.blockSize - 1) / Self.blockSize }

  func bytes(ofBlock block: Int) -> [UInt8] {
    image.block(at: block * Self.blockSize, count: Self.blockSize)
  }

  /// As the bootloader counts: the nRF's from the application's start.
  func address(ofBlock block: Int) -> UInt32 {
    let address = image.start &+ UInt32(truncatingIfNeeded: block * Self.blockSize)
    return variant == .nrf ? address &- parameters.start : address
  }

  mutating func next(after outcome: Exchange.Outcome) -> Turn {
    switch state {
    case .opening: opened()
    case .synchronising(let attempt, let resume): synchronised(attempt, resume, outcome)
    case .asking(let question): answered(question, outcome)
    case .erasing(let block): erased(from: block, outcome)
    case .filling(let block): filled(block, outcome)
    case .writing(let block): written(block, outcome)
    case .checking(let block): checked(block, outcome)
    case .confirming(let block): confirmed(block, outcome)
    case .readingBack(let offset): readBack(offset, outcome)
    case .restarting(let attempt): restarted(attempt, outcome)
    case .lookingBack(let attempt): lookedBack(attempt, outcome)
    }
  }

  private mutating func opened() -> Turn {
    if let failure = unfitImage() { return .failed(failure) }
    return synchronise(then: .ask(.version))
  }

  private func unfitImage() -> FlashFailure? {
    if let failure = image.misfit(parameters) { return failure }
    guard Int(image.start - parameters.start) % dialect.eraseUnit == 0 else {
      return FlashFailure(
        .connecting,
        "the image starts at \(hexadecimal(image.start)), inside an erase unit of "
          + "\(dialect.eraseUnit) bytes",
        remedy: "fill the image up from \(hexadecimal(parameters.start))")
    }
    return nil
  }
}

// MARK: Finding each other

extension SAMBASession {
  /// Makes the bootloader listen, whatever an earlier run left it in the middle of.
  mutating func synchronise(then resume: Resume, attempt: Int = 0) -> Turn {
    state = .synchronising(attempt: attempt, then: resume)
    var actions: [FlashAction] = []
    if attempt == 0, failures == 0 { actions.append(.report(FlashProgress(step))) }
    var filler = Self.fillers[attempt]
    while filler > 0 {
      actions.append(.send(Array(repeating: dialect.filler, count: min(filler, 1024))))
      filler -= 1024
    }
    if attempt > 0 { actions.append(.pause(dialect.packetPause)) }
    actions += [.discardInput, .send(SAMBACommand.normalMode)]
    return .exchange(actions, Reply(shape: .count(2), within: .milliseconds(300)))
  }

  mutating func synchronised(
    _ attempt: Int, _ resume: Resume, _ outcome: Exchange.Outcome
  ) -> Turn {
    guard outcome == .reply([0x0A, 0x0D]) else {
      if attempt + 1 < Self.fillers.count { return synchronise(then: resume, attempt: attempt + 1) }
      return .failed(
        FlashFailure(
          step,
          lastProblem.isEmpty
            ? "the board does not answer as SAM-BA does (N)"
            : "\(lastProblem), and then the board stopped answering",
          remedy: Self.doubleTap))
    }
    switch resume {
    case .ask(let question): return ask(question)
    case .write(let block): return variant == .samd ? erase(from: block) : fill(block)
    case .confirm(let block): return confirm(block)
    case .readBack(let offset): return read(offset)
    }
  }

  /// Something did not come as it should: starts again from `resume`, unless that has been tried
  /// often enough.
  mutating func repair(_ problem: String, remedy: String? = nil, resume: Resume) -> Turn {
    failures += 1
    repairs += 1
    lastProblem = problem
    guard failures < Self.attempts, repairs < Self.repairLimit else {
      return .failed(
        FlashFailure(
          step,
          failures < Self.attempts
            ? "\(problem), again and again"
            : "\(problem), "
              + "\(failures) times in a row",
          remedy: remedy ?? "try another cable or port, then flash once more"))
    }
    return synchronise(then: resume)
  }

  mutating func ask(_ question: Question) -> Turn {
    state = .asking(question)
    func word(_ address: UInt32) -> Turn {
      .exchange(
        [.discardInput, .send(SAMBACommand.readWord(address))],
        Reply(shape: .count(4), within: .seconds(1)))
    }
    switch question {
    case .version, .chip:
      return .exchange(
        [
          .discardInput,
          .send(question == .version ? SAMBACommand.version : SAMBACommand.chip),
        ],
        Reply(shape: .line(atMost: 128), within: .seconds(1), stray: dialect.stray))
    case .processor: return word(0xE000_ED00)
    case .device: return word(0x4100_2018)
    case .flash: return word(0x4100_4008)
    case .security: return word(0x4100_4018)
    }
  }

  mutating func answered(_ question: Question, _ outcome: Exchange.Outcome) -> Turn {
    guard case .reply(let reply) = outcome else {
      return repair(
        "the board did not answer the question for its \(question)", remedy: Self.doubleTap,
        resume: .ask(question))
    }
    let word = reply.prefix(4).reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    switch question {
    case .version: return judge(version: text(reply))
    case .chip: return judge(chip: text(reply))
    case .processor:
      // ARMv6-M's CPUID: part number 0xC60, Cortex-M0+.
      guard word & 0xFFF0 == 0xC600 else { return wrong("a processor with CPUID", word) }
      return ask(.device)
    case .device:
      // DSU's DID: processor 1, family 0, series 1.
      guard word >> 16 == 0x1001 else { return wrong("a chip with identification", word) }
      return ask(.flash)
    case .flash:
      // NVMCTRL's PARAM: pages, and the logarithm of their size.
      let size = Int(word & 0xFFFF) * (8 << Int(word >> 16 & 7))
      let end = Int(image.start) + image.bytes.count
      guard end <= size else {
        return .failed(
          FlashFailure(
            .connecting,
            "the chip says that it has \(size) bytes of flash, and the image ends at "
              + hexadecimal(end),
            remedy: "choose the board that is connected, or a smaller application"))
      }
      return ask(.security)
    case .security:
      isReadable = word & 0x100 == 0
      return start()
    }
  }

  private mutating func judge(version: String) -> Turn {
    self.version = version
    let letters =
      version.split(separator: "[Arduino:").dropFirst().first?.prefix { $0 != "]" } ?? ""
    guard dialect.capabilities.allSatisfy({ letters.contains($0) }) else {
      return mismatch("says '\(version)' and cannot do all of \(dialect.capabilities)")
    }
    guard variant == .nrf || !letters.contains("I") else {
      return mismatch("says '\(version)', which is not a SAMD21's")
    }
    return ask(variant == .nrf ? .chip : .processor)
  }

  private mutating func judge(chip: String) -> Turn {
    guard chip.hasPrefix(dialect.chip) else { return mismatch("is that of '\(chip)'") }
    version += ", " + chip
    return start()
  }

  private mutating func start() -> Turn {
    failures = 0
    let said = FlashAction.report(FlashProgress(.connecting, detail: version))
    let turn = variant == .samd ? erase(from: 0) : fill(0)
    guard case .exchange(let actions, let reply) = turn else { return turn }
    return .exchange([said] + actions, reply)
  }

  private func wrong(_ what: String, _ word: UInt32) -> Turn {
    mismatch("is that of \(what) \(hexadecimal(word))")
  }

  private func mismatch(_ saying: String) -> Turn {
    .failed(
      FlashFailure(
        .connecting, "the bootloader \(saying); \(dialect.chip) was expected",
        remedy: "choose the board that is connected (nothing was changed)"))
  }

  private func text(_ reply: [UInt8]) -> String {
    String(decoding: reply.prefix { (0x20...0x7E).contains($0) }, as: UTF8.self)
  }
}
