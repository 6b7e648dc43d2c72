// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct OutputTests {
  let scratch: Scratch
  let image: String

  init() throws {
    scratch = try Scratch()
    image = try scratch.write(RawImage.endlessLoop, as: "image.bin")
  }

  @Test func interrupt_endsTheRunWithItsSummary() throws {
    let outcome = try Command.run(
      "--firmware", image, "--duration", "1min", interrupting: true)
    #expect(outcome.status == 130)
    #expect(outcome.output.contains("stopped     on request"), "\(outcome.output)")
    #expect(outcome.errors.isEmpty)
  }

  @Test func fullDisk_underStandardOutput_isReported() throws {
    let outcome = try Command.run(
      "--firmware", image, "--duration", "1ms", printingTo: "/dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.complaint.contains("No space left"), "\(outcome.complaint)")
  }

  @Test func jsonOnStandardOutput_isAllThatIsThere() throws {
    let outcome = try Command.run("--firmware", image, "--duration", "1ms", "--json", "-")
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let keys = try #require(report as? [String: Any])
    #expect(keys["image"] as? String == "image.bin")
    #expect(keys["stopReason"] as? String == "after the time asked for")
    #expect(keys["cpuLoad"] as? Double == 1)
    #expect(outcome.errors.contains("stopped"), "the transcript goes to standard error")
  }

  @Test func oldReport_isReplacedWhole_andALinkStaysOne() throws {
    let old = try scratch.write(Array(repeating: 0x78, count: 100_000), as: "old.json")
    let link = scratch.path("link.json")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: old)
    _ = try Command.run("--firmware", image, "--duration", "1ms", "--json", link)
    let text = try String(contentsOfFile: old, encoding: .utf8)
    #expect(text.hasPrefix("{") && text.hasSuffix("}\n"))
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
    #expect(names.sorted() == ["image.bin", "link.json", "old.json"])
  }

  @Test func pipe_holdsNoEscapes() throws {
    let outcome = try Command.run("--firmware", image, "--duration", "1ms")
    #expect(!outcome.output.contains("\u{1B}") && outcome.errors.isEmpty)
  }

  @Test func sleepWithInputLeft_waitsForIt() throws {
    let sleeping = try scratch.write(RawImage.sleeps, as: "sleeps.bin")
    let quiet = try Command.run("--firmware", sleeping, "--uart", "-")
    #expect(quiet.output.contains("asleep"), "\(quiet.output)")
    let typed = try Command.run(
      "--firmware", sleeping, "--uart", "-", "--duration", "5ms", input: "hello")
    #expect(typed.output.contains("at 0.005 s"), "\(typed.output)")
  }
}
