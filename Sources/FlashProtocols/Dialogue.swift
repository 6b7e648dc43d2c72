// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A session that is a conversation over a serial line: it says something, and hears an answer of a
/// known shape, or silence. What it says next is a function of its state and of what it heard.
protocol Dialogue: FlashSession {
  var exchange: Exchange { get set }
  /// Where the session is, for failures that come from below.
  var step: FlashProgress.Step { get }
  /// What a failure from below is to be remedied by.
  var lossRemedy: String { get }
  mutating func next(after outcome: Exchange.Outcome) -> Turn
}

/// What a dialogue does next.
enum Turn: Equatable {
  /// Performs the actions, then hears the reply if one is expected.
  case exchange([FlashAction], Reply? = nil)
  case finished(FlashVerification)
  case failed(FlashFailure)
}

/// The shape of an expected answer.
struct Reply: Equatable, Sendable {
  enum Shape: Equatable, Sendable {
    case count(Int)
    /// Text that ends in LF CR.
    case line(atMost: Int)
    /// 16 bits, most significant byte first, then as many bytes.
    case prefixed(atMost: Int)
    /// As `count` if the first byte is this one, else one byte.
    case acknowledged(by: UInt8, Int)
    /// The acknowledging byte, n, n + 1 bytes, and again the acknowledging byte.
    case acknowledgedList(by: UInt8)
  }

  var shape: Shape
  /// How long each part of it may be awaited.
  var within: Duration
  /// Bytes behind the answer that mean nothing, and may be missing.
  var stray = 0

  /// How many bytes the answer has at least, given its beginning; nil once it cannot be one.
  func length(given received: [UInt8]) -> Int? {
    switch shape {
    case .count(let count): return count
    case .line(let most):
      for index in received.indices.dropLast() {
        if received[index] == 0x0A, received[index + 1] == 0x0D { return index + 2 }
      }
      return received.count < most ? most : nil
    case .prefixed(let most):
      guard received.count >= 2 else { return 2 }
      let length = Int(received[0]) << 8 | Int(received[1])
      return length <= most ? 2 + length : nil
    case .acknowledged(let acknowledge, let count):
      guard let first = received.first else { return 1 }
      return first == acknowledge ? count : 1
    case .acknowledgedList(let acknowledge):
      guard let first = received.first else { return 1 }
      guard first == acknowledge else { return 1 }
      return received.count < 2 ? 2 : Int(received[1]) + 4
    }
  }
}

/// One turn of a dialogue, under way.
struct Exchange: Equatable, Sendable {
  enum Outcome: Equatable {
    case begun
    /// Everything was said; no answer was expected.
    case done
    case reply([UInt8])
    /// The answer did not come, or not all of it, or not in its shape.
    case silence([UInt8])
    /// The device was expected to leave: whether it did.
    case left(Bool)
  }

  enum Progress: Equatable {
    case perform(FlashAction)
    case ended(Outcome)
  }

  /// What a stray byte may be late by, behind its answer.
  private static let strayDelay = Duration.milliseconds(50)

  private var actions: ArraySlice<FlashAction> = []
  private var current: FlashAction?
  private var reply: Reply?
  private var received: [UInt8] = []
  /// Whether the device may go away without that being a failure.
  private(set) var expectsDeparture = false

  init() {}

  init(_ actions: [FlashAction], _ reply: Reply?, expectsDeparture: Bool) {
    self.actions = actions[...]
    self.reply = reply
    self.expectsDeparture =
      expectsDeparture
      || actions.contains { if case .awaitDisconnect = $0 { true } else { false } }
  }

  mutating func begin() -> Progress { advance() }

  /// - Parameter event: any but those that end a connection.
  mutating func take(_ event: FlashEvent) -> Progress {
    switch (current, event) {
    case (.awaitDisconnect, _): return .ended(.left(false))
    case (.receive, .bytes(let bytes)):
      received += bytes
      return advance()
    case (.receive, _):
      return finishReply(or: .ended(.silence(received)))
    default: return advance()
    }
  }

  private mutating func advance() -> Progress {
    if let action = actions.popFirst() {
      current = action
      return .perform(action)
    }
    guard let reply else { return .ended(.done) }
    guard let length = reply.length(given: received) else { return .ended(.silence(received)) }
    let missing = length - received.count
    if missing > 0 { return receive(missing, within: reply.within) }
    if missing + reply.stray > 0 {
      return receive(missing + reply.stray, within: Self.strayDelay)
    }
    return finishReply(or: .ended(.silence(received)))
  }

  private mutating func receive(_ count: Int, within: Duration) -> Progress {
    let action = FlashAction.receive(atMost: count, within: within)
    current = action
    return .perform(action)
  }

  private func finishReply(or silence: Progress) -> Progress {
    guard let length = reply?.length(given: received), received.count >= length else {
      return silence
    }
    return .ended(.reply(Array(received.prefix(length))))
  }
}

extension Dialogue {
  /// What `receive` of every dialogue is.
  mutating func converse(_ event: FlashEvent) -> FlashStep {
    var progress: Exchange.Progress
    switch event {
    case .started: progress = .ended(.begun)
    case .disconnected, .transportFailed:
      guard exchange.expectsDeparture else { return .failed(loss(event)) }
      progress = .ended(.left(true))
    default: progress = exchange.take(event)
    }
    while true {
      switch progress {
      case .perform(let action): return .perform(action)
      case .ended(let outcome):
        switch next(after: outcome) {
        case .finished(let verification): return .finished(verification)
        case .failed(let failure): return .failed(failure)
        case .exchange(let actions, let reply):
          exchange = Exchange(actions, reply, expectsDeparture: mayLeave)
          progress = exchange.begin()
        }
      }
    }
  }

  /// Whether, in this state, the device may leave at any time.
  var mayLeave: Bool { step == .restarting }

  private func loss(_ event: FlashEvent) -> FlashFailure {
    if case .transportFailed(let words) = event {
      return FlashFailure(step, "the connection failed (\(words))", remedy: lossRemedy)
    }
    return FlashFailure(step, "the board went away", remedy: lossRemedy)
  }
}
