// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct BadInputTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// One clear line, exit code 65, nothing on standard output.
  private func expectRefusal(
    _ outcome: Command.Outcome, saying words: String..., status: Int32 = 65,
    at place: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.complaint.hasPrefix("emulate: "), sourceLocation: place)
    #expect(!outcome.complaint.contains("\n"), "\(outcome.complaint)", sourceLocation: place)
    for word in words {
      #expect(outcome.complaint.contains(word), "\(outcome.complaint)", sourceLocation: place)
    }
  }

  @Test func missingImage_isNamed() throws {
    expectRefusal(try Command.run("--firmware", "/nowhere/a.elf"), saying: "/nowhere/a.elf")
  }

  @Test func unknownBoard_isRefused_withASuggestion() throws {
    expectRefusal(try Command.run("--board", "nano33bel"), saying: "nano33ble")
  }

  @Test func unknownApplication_isRefused() throws {
    expectRefusal(try Command.run("--app", "no-such-app"), saying: "keyword-spotting")
  }

  @Test func emptyImage_isRefused() throws {
    let path = try scratch.write([], as: "empty.bin")
    expectRefusal(try Command.run("--firmware", path), saying: "empty")
  }

  @Test func noise_isRefusedAsAVectorTable() throws {
    let noise = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let path = try scratch.write(noise, as: "noise.bin")
    expectRefusal(try Command.run("--firmware", path), saying: "noise.bin")
  }

  @Test func hostProgram_isNamedForWhatItIs() throws {
    expectRefusal(
      try Command.run("--firmware", Command.executable.path), saying: "emulate", "64")
  }

  @Test func imageTooLarge_isRefusedWithTheNumbers() throws {
    let bytes = RawImage.endlessLoop + [UInt8](repeating: 0, count: 1 << 20)
    let path = try scratch.write(bytes, as: "large.bin")
    expectRefusal(try Command.run("--firmware", path), saying: "65,602")
  }

  @Test func damagedWAV_isRefused() throws {
    let image = try scratch.write(RawImage.endlessLoop, as: "a.bin")
    let sound = try scratch.write(Array("RIFF....WAVEnothing".utf8), as: "a.wav")
    expectRefusal(
      try Command.run("--firmware", image, "--microphone", sound), saying: "a.wav")
  }

  @Test func fileNamesWithControlCharacters_keepToOneLine() throws {
    expectRefusal(try Command.run("--firmware", "/no\n\u{1B}[31m"), saying: "/no\\n\\u{1B}[31m")
  }

  @Test func microphone_needsOneOnTheBoard() throws {
    let image = try scratch.write(RawImage.endlessLoop, as: "a.bin")
    let text = "name: Mute\nchip: nrf52840\napplication: { start: 0x10000 }\n"
    let board = try scratch.write(Array(text.utf8), as: "mute.yml")
    let sound = FileManager.default.currentDirectoryPath + "/Firmware/Samples/keyword-spotting"
    let name = try FileManager.default.contentsOfDirectory(atPath: sound).first ?? ""
    expectRefusal(
      try Command.run(
        "--board", board, "--firmware", image, "--microphone", "\(sound)/\(name)"),
      saying: "Mute has no microphone")
  }

  @Test func motion_needsASensorAndARecording() throws {
    let image = try scratch.write(RawImage.endlessLoop, as: "a.bin")
    let text = "name: Still\nchip: nrf52840\napplication: { start: 0x10000 }\n"
    let board = try scratch.write(Array(text.utf8), as: "still.yml")
    let motion = try scratch.write(Array("0,0,0,1\n0.1,0,zero,1\n".utf8), as: "tilt.csv")
    expectRefusal(
      try Command.run("--board", board, "--firmware", image, "--motion", motion),
      saying: "Still has no motion sensor")
    expectRefusal(
      try Command.run("--firmware", image, "--motion", motion), saying: "tilt.csv:2", "zero")
  }

  @Test func partThatNoModelHas_isRefusedAtItsLine() throws {
    let text = "name: Mine\nchip: nrf52840\ndevices:\n  ear: { part: mp34dt06, data: P0.01 }\n"
    let path = try scratch.write(Array(text.utf8), as: "mine.yml")
    let image = try scratch.write(RawImage.endlessLoop, as: "a.bin")
    expectRefusal(
      try Command.run("--board", path, "--firmware", image), saying: "mine.yml:4", "mp34dt05")
  }

  @Test func damagedBoardFile_saysLineAndKey() throws {
    let text = "name: Mine\nchip: nrf52840\nnonsense: 3\n"
    let path = try scratch.write(Array(text.utf8), as: "mine.yml")
    expectRefusal(try Command.run("--board", path), saying: "mine.yml:3", "nonsense")
  }

  @Test func fullDisk_isReported_andNothingIsLeftBehind() throws {
    let image = try scratch.write(RawImage.endlessLoop, as: "a.bin")
    let outcome = try Command.run(
      "--firmware", image, "--duration", "1ms", "--json", "/dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.complaint.contains("No space left"), "\(outcome.complaint)")
  }

  @Test func unwritableFolder_isReported() throws {
    let image = try scratch.write(RawImage.endlessLoop, as: "a.bin")
    let outcome = try Command.run(
      "--firmware", image, "--duration", "1ms", "--json", "/nowhere/report.json")
    #expect(outcome.status == 74)
  }

  @Test(arguments: [
    "--duration=fast", "--budget-ram=12", "--budget-latency=-1ms", "--uart=x", "--until=",
    "--until=a\nb", "--firmware=", "--duration=0s",
  ])
  func badArgument_isAUsageError(argument: String) throws {
    #expect(try Command.run(argument).status == 64)
  }
}
