// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation
import MachineModel
import Terminal

/// The runner image on an emulated board, spoken to over its console.
final class BoardRunner {
  /// What one inference gave.
  struct Inference: Equatable {
    /// By output of the model.
    let outputs: [[UInt8]]
    let cycles: Int
  }

  private let machine: Machine
  private let image: LoadedImage
  private var answer: [String] = []
  private var isReady = false
  /// Virtual time that one command may take; a large network on a small core needs minutes.
  private static let patienceSeconds: UInt64 = 3600

  init(board: Board, image: LoadedImage) throws {
    machine = try Machine(board: board)
    self.image = image
    machine.load(image)
    machine.onConsoleLine = { [unowned self] line in
      // The image says everything over USB too, where the board has it.
      guard line.source == .serial else { return }
      if line.text == "m-ready" { isReady = true } else { answer.append(line.text) }
    }
    _ = try wait(for: "the board to start")
  }

  /// One inference on the bytes of all the model's inputs.
  func infer(_ input: [UInt8]) throws -> Inference {
    try expect(ask("db load \(input.count)"), "m-[Expecting \(input.count) bytes]")
    try expect(ask("db \(Hexadecimal.text(input))"), "m-load-done")
    let cycles = try inferOnce()
    return Inference(outputs: try RunnerAnswer.outputs(ask("outputs")), cycles: cycles)
  }

  /// One inference on the input that was loaded last, or on zeros, and its cycles.
  func inferOnce() throws -> Int {
    guard let cycles = try RunnerAnswer.number(after: "m-cycles-", in: ask("cycles")) else {
      throw RunnerAnswer.unexpected(answer)
    }
    return cycles
  }

  /// Cycles of each layer, from one more inference on the input that was loaded last.
  func layerCycles() throws -> [Int] { try RunnerAnswer.layers(ask("layers")) }

  private func expect(_ answer: [String], _ line: String) throws {
    guard answer.contains(line) else { throw RunnerAnswer.unexpected(answer) }
  }

  /// The deepest that the stack has been.
  var stackPeakBytes: Int {
    machine.report(image: image, stopped: .interrupted, budgets: Budgets()).stackPeakBytes ?? 0
  }

  /// Sends a command; the lines that come before "m-ready".
  func ask(_ command: String) throws -> [String] {
    (answer, isReady) = ([], false)
    machine.type(Array((command + "%").utf8))
    let lines = try wait(for: command.prefix(20).description)
    if let mistake = lines.first(where: { $0.hasPrefix("e-[") }) {
      throw InputError(description: "the board refused '\(command.prefix(40))': \(mistake)")
    }
    return lines
  }

  private func wait(for purpose: String) throws -> [String] {
    let clock = machine.board.cpuClock
    let second = Cycles(clock.numerator / max(1, clock.denominator))
    let reason = machine.run(
      until: StopConditions(duration: second * Self.patienceSeconds),
      onSlice: { [self] in !isReady })
    guard isReady else {
      throw InputError(
        description: "the board did not answer (\(purpose)): the run stopped \(reason.text)")
    }
    return answer
  }
}

enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil where there is anything but pairs of digits.
  static func bytes(_ text: Substring) -> [UInt8]? {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let upper = digits[index], let lower = digits[index + 1] else { return nil }
      bytes.append(UInt8(upper << 4 | lower))
    }
    return bytes
  }
}

/// What the runner's lines say.
enum RunnerAnswer {
  /// `m-output-1-[00ff…]`, in as many lines as it takes.
  static func outputs(_ lines: [String]) throws -> [[UInt8]] {
    var outputs: [[UInt8]] = []
    for line in lines {
      guard let match = line.wholeMatch(of: /m-output-(\d{1,4})-\[([0-9a-f]*)\]/),
        let index = Int(match.1), index <= outputs.count, let bytes = Hexadecimal.bytes(match.2)
      else { throw unexpected(lines) }
      if index == outputs.count { outputs.append([]) }
      outputs[index] += bytes
    }
    return outputs
  }

  /// `m-layer-3-cycles-12345`.
  static func layers(_ lines: [String]) throws -> [Int] {
    try lines.enumerated().map { index, line in
      guard let cycles = number(after: "m-layer-\(index)-cycles-", in: [line]) else {
        throw unexpected(lines)
      }
      return cycles
    }
  }

  static func number(after prefix: String, in lines: [String]) -> Int? {
    lines.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
  }

  static func unexpected(_ lines: [String]) -> InputError {
    InputError(
      description: "the board answered '\(lines.first?.prefix(60) ?? "nothing")', which no runner "
        + "does; build the image again")
  }
}
