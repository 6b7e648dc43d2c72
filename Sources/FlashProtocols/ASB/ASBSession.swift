// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes an application through the Ambiq Secure Bootloader of an Apollo3.
///
/// The bootloader keeps the image aside, checks its CRC, and installs it after the reset at the
/// end; until then the old application is untouched. What is not as it should be on the way
/// therefore starts again from the board's reset, a bounded number of times.
public struct ASBSession: Dialogue {
  enum State: Equatable {
    case opening
    case greeting
    case describing
    case announcing
    case sending(offset: Int)
    case restarting
  }

  static let attempts = 5
  static let chunk = ASBMessage.limit - 12

  let image: FlashImage
  let download: [UInt8]
  let parameters: FlashParameters
  let baud: Int
  var exchange = Exchange()
  var state = State.opening
  private var tries = 0

  public init(image: FlashImage, parameters: FlashParameters) {
    self.image = image
    self.parameters = parameters
    download = ASBImage.wrap(image)
    baud = parameters.baud ?? 921_600
  }

  public mutating func receive(_ event: FlashEvent) -> FlashStep { converse(event) }

  var step: FlashProgress.Step {
    switch state {
    case .opening, .greeting, .describing: .connecting
    case .announcing, .sending: .writing
    case .restarting: .restarting
    }
  }

  /// The port is an adapter's: it does not leave with the board.
  var mayLeave: Bool { false }

  var lossRemedy: String { "connect the board's serial adapter again, and flash once more" }

  mutating func next(after outcome: Exchange.Outcome) -> Turn {
    switch state {
    case .opening:
      if let failure = unfitImage() { return .failed(failure) }
      return greet()
    case .greeting: return greeted(outcome)
    case .describing:
      return acknowledged(outcome, .descriptor, "did not take the descriptor's place") {
        $0.announce()
      }
    case .announcing:
      return acknowledged(outcome, .update, "did not take the announcement of the image") {
        $0.send(0)
      }
    case .sending(let offset):
      return acknowledged(outcome, .data, "did not take the part at byte \(offset)") {
        let next = offset + Self.chunk
        return next < $0.download.count ? $0.send(next) : $0.restart()
      }
    case .restarting:
      return acknowledged(outcome, .reset, "did not take the order to restart") { _ in
        .finished(.acknowledged)
      }
    }
  }

  private func unfitImage() -> FlashFailure? {
    if let failure = image.misfit(parameters) { return failure }
    guard image.start % 4 == 0 else {
      return FlashFailure(
        .connecting, "the image starts at \(hexadecimal(image.start)), inside a word",
        remedy: "link the application for this board")
    }
    let size = download.count - ASBImage.outerHeader
    guard size <= ASBImage.limit else {
      return FlashFailure(
        .connecting,
        "the image has \(size) bytes with its header, and the bootloader takes \(ASBImage.limit)",
        remedy: "flash a smaller application, or this one by SparkFun's loader (SVL)")
    }
    return nil
  }

  /// Resets the board; releasing the lines lifts the pin that asks for this bootloader while the
  /// chip starts.
  private mutating func greet() -> Turn {
    state = .greeting
    return .exchange(
      [
        .report(FlashProgress(.connecting)), .setBaud(baud), .setLines(dtr: false, rts: false),
        .pause(.milliseconds(250)), .setLines(dtr: true, rts: true), .pause(.milliseconds(5)),
        .setLines(dtr: false, rts: false), .pause(.milliseconds(100)), .discardInput,
        .send(ASBMessage(.hello).bytes),
      ], Reply(shape: .count(ASBMessage.statusLength), within: .milliseconds(500)))
  }

  private mutating func greeted(_ outcome: Exchange.Outcome) -> Turn {
    guard let message = message(outcome), message.kind == .status else {
      let said =
        outcome == .silence([])
        ? "the board did not answer after its reset"
        : "what answers after the board's reset is not Ambiq's bootloader (ASB)"
      return again(
        said,
        remedy: "hold the button marked 14 while the board is reset, see that the adapter's DTR "
          + "reaches the board's reset, or try 115200 baud")
    }
    state = .describing
    let detail = "ASB version \(hexadecimal(message.word(0))) at \(baud) baud"
    return .exchange(
      [
        .report(FlashProgress(.connecting, detail: detail)),
        .discardInput, .send(ASBMessage(.descriptor, words: [ASBImage.descriptor]).bytes),
      ], reply(within: .seconds(2)))
  }

  private mutating func announce() -> Turn {
    state = .announcing
    let words = [UInt32(truncatingIfNeeded: download.count), Checksum.crc32(download), 0]
    return .exchange(
      [.discardInput, .send(ASBMessage(.update, words: words).bytes)], reply(within: .seconds(2)))
  }

  private mutating func send(_ offset: Int) -> Turn {
    state = .sending(offset: offset)
    let data = Array(download[offset..<min(download.count, offset + Self.chunk)])
    let message = ASBMessage(.data, words: [UInt32(truncatingIfNeeded: offset)], data: data)
    return .exchange(
      [
        .report(FlashProgress(.writing, done: offset, total: download.count)),
        .discardInput, .send(message.bytes),
      ],
      // The whole image may be written behind the last part: 36 pages of at worst 100 ms.
      reply(within: .seconds(6) + .milliseconds(10_000 * data.count / max(1, baud))))
  }

  private mutating func restart() -> Turn {
    state = .restarting
    return .exchange(
      [
        .report(FlashProgress(.restarting)), .discardInput,
        .send(ASBMessage(.reset, words: [1]).bytes),
      ],
      reply(within: .seconds(2)))
  }

  private func reply(within time: Duration) -> Reply {
    Reply(shape: .count(ASBMessage.acknowledgeLength), within: time)
  }

  private mutating func acknowledged(
    _ outcome: Exchange.Outcome, _ kind: ASBMessage.Kind, _ problem: String,
    then next: (inout Self) -> Turn
  ) -> Turn {
    // An answer names the message that it is for, or none: one that came twice is not taken for the
    // next message's.
    guard let message = message(outcome), message.kind == .acknowledge,
      [0, UInt32(kind.rawValue)].contains(message.word(0))
    else {
      return again("the bootloader " + problem)
    }
    let number = message.word(1)
    guard number != 0 else { return next(&self) }
    let meaning = ASBMessage.Status(rawValue: number)?.meaning ?? "status \(number)"
    return again("the bootloader \(problem): \(meaning)")
  }

  private mutating func again(_ problem: String, remedy: String? = nil) -> Turn {
    tries += 1
    guard tries < Self.attempts else {
      return .failed(
        FlashFailure(
          step, "\(problem), \(tries) times in a row",
          remedy: remedy ?? "try a lower baud rate or another cable, then flash once more"))
    }
    return greet()
  }

  private func message(_ outcome: Exchange.Outcome) -> ASBMessage? {
    guard case .reply(let bytes) = outcome else { return nil }
    return ASBMessage(bytes)
  }
}
