// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunnerProtocol

@Suite struct CommandReaderTests {
  private func events(_ text: String) -> [CommandReader.Event] {
    var reader = CommandReader()
    return text.utf8.compactMap { reader.push($0) }
  }

  private func commands(_ text: String) -> [RunnerCommand] {
    events(text).compactMap { if case .command(let command) = $0 { command } else { nil } }
  }

  private func bytes(_ text: String) -> [UInt8] {
    events(text).compactMap { if case .byte(let byte) = $0 { byte } else { nil } }
  }

  @Test func everyCommandOfTheBenchmark_isKnown() {
    #expect(
      commands("name%timestamp%profile%help%db load 490%db 00ff%db print%infer 10 2%results%")
        == [
          .name, .timestamp, .profile, .help, .load(byteCount: 490), .bytes, .printBytes,
          .infer(count: 10, warmup: 2), .results,
        ])
  }

  @Test func commandsOfOurs_areKnown() {
    #expect(commands("outputs%layers%cycles%") == [.outputs, .layers, .cycles])
  }

  @Test func counts_haveTheBenchmarksDefaults() {
    #expect(
      commands("infer%infer 3%") == [
        .infer(count: 1, warmup: 10), .infer(count: 3, warmup: 10),
      ])
  }

  @Test func hexadecimal_isHandedOnAsItComes() {
    #expect(bytes("db 00ff7F80%db a5%") == [0x00, 0xFF, 0x7F, 0x80, 0xA5])
    let long = String(repeating: "5a", count: 30_000)
    #expect(bytes("db \(long)%").count == 30_000)
    #expect(events("db 12").last == .byte(0x12))
  }

  @Test func lineEndsAndSpaces_meanNothing() {
    #expect(commands("\r\n  infer  5   1 %\r\nname\r\n%") == [.infer(count: 5, warmup: 1), .name])
    #expect(bytes("db  01 02%") == [1, 2])
    #expect(commands("%") == [.empty])
  }

  @Test(arguments: [
    ("db%", RunnerMistake.missingSubcommand), ("db load%", .missingCount),
    ("db load x%", .missingCount), ("db load 0%", .zeroCount),
    ("db load 1234567890%", .missingCount),
    ("infer 0%", .zeroCount), ("infer -1%", .missingCount), ("db 123%", .oddDigits),
    ("db 12g4%", .invalidDigit), ("db store%", .invalidDigit), ("names%", .unknown),
    ("nam%", .unknown),
  ])
  func mistakes_areNamed(text: String, mistake: RunnerMistake) {
    #expect(commands(text) == [.wrong(mistake)])
  }

  @Test func longCommand_isRefusedAndTheNextOneRead() {
    #expect(commands(String(repeating: "x", count: 5000) + "%name%") == [.wrong(.tooLong), .name])
  }

  @Test func textOfUnknownCommand_isKept() {
    var reader = CommandReader()
    for byte in "hello 1%".utf8 { _ = reader.push(byte) }
    var text: [UInt8] = []
    reader.forEachByteOfText { text.append($0) }
    #expect(String(decoding: text, as: UTF8.self) == "hello 1")
    #expect("name%".utf8.compactMap { reader.push($0) } == [.command(.name)])
  }

  @Test func anyBytes_areTaken() {
    var reader = CommandReader()
    var state: UInt32 = 7
    for _ in 0..<100_000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      _ = reader.push(UInt8(truncatingIfNeeded: state &>> 24))
    }
    _ = reader.push(CommandReader.terminator)
    #expect("name%".utf8.compactMap { reader.push($0) } == [.command(.name)])
  }
}
