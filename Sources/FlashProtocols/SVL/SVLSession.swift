// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A packet of SparkFun's Variable Loader (Apollo3_Uploader_SVL, `svl_packet.c`): 16 bits of
/// length, a command, data, a CRC over both, most significant byte first.
package struct SVLPacket: Equatable, Sendable {
  package enum Command: UInt8, Sendable {
    case version = 1
    case enter, next, frame, retry, done
  }

  /// Bytes of data at most.
  package static let dataLimit = 2048

  package var command: Command
  package var data: [UInt8]

  package init(_ command: Command, data: [UInt8] = []) {
    (self.command, self.data) = (command, data)
  }

  /// - Parameter bytes: a whole packet, its length included.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= 5, Int(bytes[0]) << 8 | Int(bytes[1]) == bytes.count - 2,
      Checksum.crc16SVL(bytes[2...]) == 0, let command = Command(rawValue: bytes[2])
    else { return nil }
    self.init(command, data: Array(bytes[3..<bytes.count - 2]))
  }

  package var bytes: [UInt8] {
    let body = [command.rawValue] + data
    let crc = Checksum.crc16SVL(body)
    let length = body.count + 2
    return [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)] + body
      + [UInt8(crc >> 8), UInt8(truncatingIfNeeded: crc)]
  }
}

/// Writes an application through SparkFun's Variable Loader on an Apollo3.
///
/// Frames carry no number and the board asks for "the next one" or "that one again": a lost request
/// and a lost frame look the same from here, and guessing wrong shifts the application. So whatever
/// is not as it should be starts again from the board's reset, a bounded number of times. A frame
/// that came twice shows in one request too many; if that is lost too, nobody can know.
public struct SVLSession: Dialogue {
  enum State: Equatable {
    case opening
    case greeting
    case entering
    case sending(Int)
    /// The request for the next frame has come; a second one must not.
    case settling(Int)
    case ending(attempt: Int)
  }

  static let attempts = 5
  /// What the loader takes to write a frame, and so to ask again if that came twice.
  static let settlingTime = Duration.milliseconds(30)
  static let askedTwice = "the loader asked for more than it was sent: a frame came twice"

  let image: FlashImage
  let parameters: FlashParameters
  let baud: Int
  var exchange = Exchange()
  var state = State.opening
  private var tries = 0
  private var version = 0

  /// - Parameter parameters: `start` is where the loader writes; `baud` one of its five speeds.
  public init(image: FlashImage, parameters: FlashParameters) {
    self.image = image.padded(to: 4)
    self.parameters = parameters
    baud = parameters.baud ?? 115_200
  }

  public mutating func receive(_ event: FlashEvent) -> FlashStep { converse(event) }

  var step: FlashProgress.Step {
    switch state {
    case .opening, .greeting, .entering: .connecting
    case .sending, .settling: .writing
    case .ending: .restarting
    }
  }

  /// The port is an adapter's: it does not leave with the board.
  var mayLeave: Bool { false }

  var lossRemedy: String { "connect the board's serial adapter again, and flash once more" }

  private var frames: Int {
    (image.bytes.count + SVLPacket.dataLimit - 1) / SVLPacket.dataLimit
  }

  mutating func next(after outcome: Exchange.Outcome) -> Turn {
    switch state {
    case .opening:
      if let failure = unfitImage() { return .failed(failure) }
      return greet()
    case .greeting: return greeted(outcome)
    case .entering: return entered(outcome)
    case .sending(let frame): return sent(frame, outcome)
    case .settling(let frame): return settled(frame, outcome)
    case .ending(let attempt): return ended(attempt, outcome)
    }
  }

  private func unfitImage() -> FlashFailure? {
    if let failure = image.misfit(parameters) { return failure }
    guard image.start == parameters.start else {
      return FlashFailure(
        .connecting,
        "the image starts at \(hexadecimal(image.start)), and the loader writes from "
          + "\(hexadecimal(parameters.start)) on",
        remedy: "link the application for this board")
    }
    let speeds = [57_600, 115_200, 230_400, 460_800, 921_600]
    guard speeds.contains(baud) else {
      return FlashFailure(
        .connecting, "the loader does not know \(baud) baud",
        remedy: "choose one of \(speeds.map(String.init).joined(separator: ", "))")
    }
    return nil
  }

  /// Resets the board by its lines and answers the window of 200 ms in which it listens. The lines
  /// stay asserted: released ones would lift the pin that asks for Ambiq's own loader.
  private mutating func greet() -> Turn {
    state = .greeting
    return .exchange(
      [
        .report(FlashProgress(.connecting)), .setBaud(baud), .setLines(dtr: false, rts: false),
        .pause(.milliseconds(250)), .setLines(dtr: true, rts: true), .pause(.milliseconds(150)),
        .discardInput, .send([UInt8(ascii: "U")]),
      ], Reply(shape: .prefixed(atMost: 16), within: .milliseconds(500)))
  }

  private mutating func greeted(_ outcome: Exchange.Outcome) -> Turn {
    let packet = packet(outcome)
    guard packet?.command == .version, let number = packet?.data.first else {
      let said =
        switch outcome {
        case .silence([]): "the board did not answer after its reset"
        default: "what answers after the board's reset is not SparkFun's loader (SVL)"
        }
      return again(said, remedy: resetRemedy)
    }
    version = Int(number)
    state = .entering
    return .exchange(
      [
        .report(FlashProgress(.connecting, detail: "SVL \(version) at \(baud) baud")),
        .send(SVLPacket(.enter).bytes),
      ], Reply(shape: .prefixed(atMost: 16), within: .seconds(2)))
  }

  private mutating func entered(_ outcome: Exchange.Outcome) -> Turn {
    guard packet(outcome)?.command == .next else {
      return again("the loader did not ask for the application", remedy: resetRemedy)
    }
    return send(0)
  }

  private mutating func send(_ frame: Int) -> Turn {
    state = .sending(frame)
    let done = frame * SVLPacket.dataLimit
    let data = image.block(at: done, count: SVLPacket.dataLimit)
    // The time on the line, what the loader waits for the rest of a frame, and its flash.
    let time = Duration.milliseconds(10_000 * (data.count + 5) / baud) + .milliseconds(1500)
    return .exchange(
      [
        .report(FlashProgress(.writing, done: done, total: image.bytes.count)),
        .send(SVLPacket(.frame, data: data).bytes),
      ], Reply(shape: .prefixed(atMost: 16), within: time))
  }

  private mutating func sent(_ frame: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard packet(outcome)?.command == .next else {
      let place = hexadecimal(Int(image.start) + frame * SVLPacket.dataLimit)
      return again("the frame for \(place) did not arrive whole")
    }
    state = .settling(frame)
    return .exchange([], Reply(shape: .count(1), within: Self.settlingTime))
  }

  private mutating func settled(_ frame: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard outcome == .silence([]) else { return again(Self.askedTwice) }
    return frame + 1 < frames ? send(frame + 1) : end(attempt: 0)
  }

  private mutating func end(attempt: Int) -> Turn {
    state = .ending(attempt: attempt)
    return .exchange(
      [.report(FlashProgress(.restarting)), .send(SVLPacket(.done).bytes)],
      Reply(shape: .count(SVLPacket(.next).bytes.count), within: .seconds(1)))
  }

  /// Silence, or the first words of the application, are what should come now.
  private mutating func ended(_ attempt: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard let packet = packet(outcome) else { return .finished(.acknowledged) }
    guard packet.command == .retry else {
      return again(Self.askedTwice)
    }
    return attempt + 1 < Self.attempts
      ? end(attempt: attempt + 1) : again("the loader did not take the end of the application")
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

  private var resetRemedy: String {
    "see that the adapter's DTR reaches the board's reset, or press its reset button as flashing "
      + "starts"
  }

  private func packet(_ outcome: Exchange.Outcome) -> SVLPacket? {
    guard case .reply(let bytes) = outcome else { return nil }
    return SVLPacket(bytes)
  }
}
