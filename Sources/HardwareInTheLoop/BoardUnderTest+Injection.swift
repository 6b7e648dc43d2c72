// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InjectionProtocol
import MachineModel
import SampleFiles

/// What became of injected samples.
public struct Injected: Equatable, Sendable {
  /// The network's outputs, inference after inference, byte by byte.
  public var outputs: [[UInt8]] = []
  /// Core cycles by task, run after run.
  public var cycles: [String: [UInt32]] = [:]
  /// What the application printed meanwhile.
  public var lines: [String] = []

  /// The longest run of a task in core cycles, nil where it never ran.
  public func worstCycles(of task: String) -> UInt32? { cycles[task]?.max() }
}

extension BoardUnderTest {
  /// How long the board may take for one answer.
  private static let patience = Duration.seconds(5)
  private static let rate = 16_000.0

  /// Streams a recording to the application in place of its microphone, so that an emulated and a
  /// real board compute on the very same samples, and answers what came of it. What the application
  /// prints is there for `expect` afterwards.
  /// - Parameters:
  ///   - path: a WAV file of 16 kHz; its first channel is taken, and a second of silence follows.
  ///   - name: what the report calls it.
  @discardableResult
  public func inject(_ path: String, as name: String? = nil) throws -> Injected {
    let recording = try WAVFile.load(path: path)
    guard recording.rate.hertz == Self.rate else {
      throw BoardError(
        "\(path) has \(Int(recording.rate.hertz)) samples a second",
        remedy: "convert it to 16000: sox \(path) -r 16000 out.wav")
    }
    let samples = (0..<recording.frameCount).map { frame in
      let value = recording.sample(frame: frame, channel: 0) * 32768
      return Int16(max(-32768, min(32767, value.rounded())))
    }
    // A word is decided a little after its end.
    let silence = [Int16](repeating: 0, count: Int(Self.rate))
    return try inject(samples + silence, as: name ?? URL(fileURLWithPath: path).lastPathComponent)
  }

  /// Streams samples, 16 bits at 16 kHz, and silence to the end of the last block.
  @discardableResult
  public func inject(_ samples: [Int16], as name: String) throws -> Injected {
    let start = (wall: ContinuousClock.now, board: connection.elapsed)
    guard case .begun(let blockBytes) = try ask(.begin), blockBytes > 0 else {
      throw unexpectedAnswer("begin")
    }
    var injected = Injected()
    let bytes = samples.flatMap {
      [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
    }
    for from in stride(from: 0, to: bytes.count, by: blockBytes) {
      let block = bytes[from..<min(from + blockBytes, bytes.count)]
      let padding = [UInt8](repeating: 0, count: blockBytes - block.count)
      try push(Array(block) + padding, number: from / blockBytes + 1, &injected)
    }
    guard case .ended = try ask(.end, [], &injected) else { throw unexpectedAnswer("end") }
    unread += injected.lines
    record.steps.append(
      BoardRecord.Step(
        name: name, injected, wall: ContinuousClock.now - start.wall,
        board: connection.elapsed - start.board))
    return injected
  }

  private func push(_ block: [UInt8], number: Int, _ injected: inout Injected) throws {
    guard try ask(.block, block, &injected) == .taken(blocks: number) else {
      throw unexpectedAnswer("block \(number)")
    }
  }

  func ask(_ command: InjectionCommand, _ payload: [UInt8] = []) throws -> HostedAnswer {
    var injected = Injected()
    let answer = try ask(command, payload, &injected)
    unread += injected.lines
    return answer
  }

  private func ask(
    _ command: InjectionCommand, _ payload: [UInt8], _ injected: inout Injected
  ) throws -> HostedAnswer {
    guard let frame = InjectionFrame.bytes(command, payload) else {
      throw BoardError(
        "the application asks for blocks of \(payload.count) B",
        remedy: "at most \(InjectionFrame.capacity) B fit into a frame; rebuild the application")
    }
    try connection.send(frame)
    let end = connection.elapsed + Self.patience
    while let line = try read(within: end - connection.elapsed) {
      switch HostedAnswer(line: line) {
      case nil: injected.lines.append(line)
      case .cycles(let task, let count): injected.cycles[task, default: []].append(count)
      case .outputs(let bytes): injected.outputs.append(bytes)
      case .refused(let why):
        throw BoardError(
          "the application refused what was injected: \(why)",
          remedy: "flash it again and start over", transcript: recent)
      case let answer?: return answer
      }
    }
    throw BoardError(
      "the application did not answer within \(Self.patience)",
      remedy: "it must be one that takes injected samples, such as keyword-spotting, and be "
        + "connected over USB", transcript: recent)
  }

  func unexpectedAnswer(_ question: String) -> BoardError {
    BoardError(
      "the application answered '\(question)' with something else",
      remedy: "rebuild it: the application and this library are of different versions",
      transcript: recent)
  }

  // MARK: Budgets

  /// Holds the longest run of a task to a time, by the cycles that the board counted and its clock.
  public func expect(_ task: String, of injected: Injected, atMost limit: Duration) throws {
    guard let worst = injected.worstCycles(of: task) else {
      throw BoardError(
        "no task '\(task)' ran",
        remedy: "one of \(injected.cycles.keys.sorted().joined(separator: ", "))")
    }
    let time = Duration.seconds(Double(worst) / board.cpuClock.hertz)
    guard time <= limit else {
      throw BoardError(
        "'\(task)' took \(worst) cycles, \(time) at \(board.cpuClock)",
        remedy: "it may take \(limit)")
    }
  }
}
