// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation
import MachineModel
import SampleFiles
import Synchronization
import Terminal

/// A recording whose name says what is spoken in it.
struct SpokenDigit: Sendable {
  static let words = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
  ]

  let path: String
  let name: String
  let word: String
  let speaker: String

  init?(path: String, name: String) {
    let parts = name.split(separator: "_")
    guard parts.count == 3, let digit = Int(parts[0]), Self.words.indices.contains(digit) else {
      return nil
    }
    (self.path, self.name) = (path, name)
    (word, speaker) = (Self.words[digit], String(parts[1]))
  }

  static func list(folder: String, speaker: String?, every: Int) throws -> [SpokenDigit] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw InputError(description: "'\(folder)' is not a folder that can be read")
    }
    let all = names.sorted().filter { $0.hasSuffix(".wav") }
      .compactMap { SpokenDigit(path: "\(folder)/\($0)", name: $0) }
    let bySpeaker = Dictionary(grouping: all, by: \.speaker)
    let chosen = bySpeaker.filter { speaker == nil || $0.key == speaker }
      .sorted { $0.key < $1.key }
      .flatMap { $0.value.enumerated().filter { $0.offset % every == 0 }.map(\.element) }
    guard !chosen.isEmpty else {
      throw InputError(
        description: "no recording in '\(folder)' is named <digit>_<speaker>_<take>.wav"
          + (speaker.map { " with speaker '\($0)'" } ?? ""))
    }
    return chosen
  }
}

/// What the board made of one recording.
struct Trial: Sendable {
  let digit: SpokenDigit
  let heard: [String]

  var isRight: Bool { heard == [digit.word] }
}

/// Plays recordings to fresh machines, one on each processor at a time.
struct Listening: Sendable {
  let board: Board
  let image: LoadedImage

  func hear(_ digits: [SpokenDigit]) throws -> [Trial] {
    let results = Mutex<[Int: Result<Trial, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: digits.count) { index in
      let result = Result { try hear(digits[index]) }
      let done = results.withLock {
        $0[index] = result
        return $0.count
      }
      Terminal.progress("\(done) of \(digits.count) recordings")
    }
    Terminal.endProgress()
    return try results.withLock { results in
      try digits.indices.compactMap { try results[$0]?.get() }
    }
  }

  private func hear(_ digit: SpokenDigit) throws -> Trial {
    let second = Cycles(board.cpuClock.numerator / board.cpuClock.denominator)
    let machine = try Machine(board: board, microphone: WAVFile.load(path: digit.path))
    machine.load(image)
    _ = machine.run(until: StopConditions(duration: second * 60, afterRecording: second))
    let heard = machine.console.lines.compactMap { line -> String? in
      guard line.text.hasPrefix("heard \"") else { return nil }
      return line.text.split(separator: "\"").dropFirst().first.map(String.init)
    }
    return Trial(digit: digit, heard: heard)
  }
}
