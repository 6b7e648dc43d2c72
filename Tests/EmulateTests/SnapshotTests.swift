// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct SnapshotTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// `movs r0, #0; mov.w r7, #0x20000000; adds r0, #1; str r0, [r7]; b .-4`
  private static let counting = RawImage.image([
    0x2000, 0xF04F, 0x5700, 0x3001, 0x6038, 0xE7FC,
  ])

  private func trace(_ outcome: Command.Outcome) -> String? {
    outcome.output.split(separator: "\n").last { $0.hasPrefix("trace") }.map(String.init)
  }

  @Test func runThatGoesOn_endsInTheSameTrace() throws {
    let image = try scratch.write(Self.counting, as: "image.bin")
    let file = scratch.path("half.snapshot")
    let whole = try Command.run("--firmware", image, "--duration", "20ms")
    let saving = try Command.run(
      "--firmware", image, "--duration", "20ms", "--snapshot-save", file, "--at", "7ms")
    #expect(saving.status == 0, "\(saving.errors)")
    #expect(trace(whole) != nil)
    #expect(trace(saving) == trace(whole))
    for engine in ["jit", "interpreter", "stepper"] {
      let rest = try Command.run(
        "--firmware", image, "--duration", "20ms", "--snapshot-load", file, "--engine", engine)
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(trace(rest) == trace(whole), "\(engine)")
    }
  }

  @Test func keywordSpotting_goesOnInTheMiddleOfAWord() throws {
    let file = scratch.path("word.snapshot")
    let whole = try Command.run("--duration", "3s")
    let first = try Command.run("--duration", "1500ms", "--snapshot-save", file)
    #expect(first.status == 0, "\(first.errors)")
    let rest = try Command.run(
      "--duration", "3s", "--snapshot-load", file, "--engine", "interpreter")
    #expect(trace(rest) == trace(whole))
    #expect(trace(first) != trace(whole))
  }

  @Test func damagedFile_isOneClearLine() throws {
    let image = try scratch.write(Self.counting, as: "image.bin")
    let file = try scratch.write(Array("nonsense".utf8), as: "bad.snapshot")
    let outcome = try Command.run("--firmware", image, "--snapshot-load", file)
    #expect(outcome.status == 65)
    #expect(outcome.complaint.contains("'bad.snapshot' is no snapshot"), "\(outcome.errors)")
    #expect(!outcome.complaint.contains("\n"))
  }

  @Test func timeThatNeverComes_isSaid() throws {
    let image = try scratch.write(RawImage.undefined, as: "image.bin")
    let outcome = try Command.run(
      "--firmware", image, "--snapshot-save", scratch.path("a.snapshot"), "--at", "1s")
    #expect(outcome.status == 65)
    #expect(outcome.complaint.contains("no snapshot was taken"), "\(outcome.errors)")
    let alone = try Command.run("--firmware", image, "--at", "1s")
    #expect(alone.status == 64)
  }
}
