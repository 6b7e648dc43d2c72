// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The main job, end to end: the application is built, booted, and spoken to.
@Suite(.serialized) struct KeywordSpottingTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Recordings that may not be copied into the project; a user's machine has none.
  private static let recordings: String? = {
    let named = ProcessInfo.processInfo.environment["BREADBOARD_DATA"]
    let folder = (named ?? root.appendingPathComponent("../shared/data").path) + "/spoken-digits"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  private func words(_ outcome: Command.Outcome) -> [String] {
    outcome.output.split(separator: "\n").compactMap { line in
      guard let start = line.range(of: "heard \"") else { return nil }
      return line[start.upperBound...].split(separator: "\"").first.map(String.init)
    }
  }

  private func row(_ label: String, of outcome: Command.Outcome) -> Substring? {
    outcome.output.split(separator: "\n").first { $0.hasPrefix(label) }
  }

  @Test func bundledSentence_isHeardWordForWord_andTheSameEveryTime() throws {
    let runs = try (0..<2).map { _ in try Command.run("--board", "nano33ble") }
    for run in runs {
      #expect(run.status == 0, "\(run.errors)")
      #expect(words(run) == ["three", "one", "four", "one", "five", "nine"])
    }
    #expect(row("trace", of: runs[0]) != nil)
    #expect(row("trace", of: runs[0]) == row("trace", of: runs[1]))
    #expect(runs[0].output.contains("no access to anything that is not modelled"))
  }

  @Test func latencyBudget_isHeldAtTheInference() throws {
    #expect(try Command.run("--budget-latency", "150ms", "--budget-ram", "64KiB").status == 0)
    let missed = try Command.run("--budget-latency", "1ms")
    #expect(missed.status == 2)
    #expect(missed.complaint.contains("inference took up to"), "\(missed.complaint)")
  }

  @Test func until_stopsAtTheWord() throws {
    let outcome = try Command.run("--until", "heard \"four\"")
    #expect(outcome.status == 0)
    #expect(words(outcome) == ["three", "one", "four"])
  }

  @Test func smallerRAM_isRefusedWithTheNumbers() throws {
    let file = Self.root.appendingPathComponent("Boards/boards/nano33ble.yml")
    let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(
      of: "chip: nrf52840", with: "chip: nrf52840\nmemories: { ram: { size: 32 KiB } }")
    let scratch = try Scratch()
    let outcome = try Command.run("--board", try scratch.write(Array(text.utf8), as: "small.yml"))
    #expect(outcome.status == 65)
    #expect(outcome.complaint.contains("B too many for its RAM"), "\(outcome.complaint)")
  }

  @Test(.enabled(if: recordings != nil, "needs the recordings in BREADBOARD_DATA"))
  func recordingsOfPeople_areHeard() throws {
    let folder = try #require(Self.recordings)
    let names = [
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ]
    for (digit, word) in names.enumerated() {
      let outcome = try Command.run("--microphone", "\(folder)/\(digit)_jackson_0.wav")
      #expect(words(outcome) == [word], "\(digit)_jackson_0.wav")
    }
  }
}
