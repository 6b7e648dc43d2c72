// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashSupport
import Foundation
import Testing

/// The finished command against a board behind a pseudo terminal, and everything that a user can
/// get wrong.
@Suite(.serialized) struct FlashCommandTests {
  /// A vector table for the MKR1000 and bytes behind it, in a file of its own.
  private final class ImageFile {
    let bytes: [UInt8]
    let url: URL
    var path: String { url.path }

    init(size: Int, stack: UInt32 = 0x2000_8000) throws {
      var bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
      for (index, word) in [stack, 0x2081].enumerated() {
        for byte in 0..<4 {
          bytes[4 * index + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte))
        }
      }
      self.bytes = bytes
      url = FileManager.default.temporaryDirectory.appending(
        path: "image-\(UUID().uuidString.prefix(8)).bin")
      try Data(bytes).write(to: url)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
  }

  private func report(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func image_isFlashedOverAPortAndMonitored() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21())
    defer { device.stop() }
    let file = try ImageFile(size: 9000)
    let outcome = try Command.run(
      file.path, "--board", "mkr1000", "--port", device.path, "--verbose", "--until", "tick")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(whereSeparator: \.isNewline).map(String.init)
    #expect(lines.first == "board     Arduino MKR1000, \(device.path)")
    #expect(lines.contains("image     \(file.url.lastPathComponent), 9,000 B at 0x00002000"))
    #expect(lines.contains("          touching \(device.path) at 1200 baud"))
    #expect(outcome.output.contains(" s, verified by reading every byte back\n"))
    #expect(lines.contains("runs      \(device.path)"))
    #expect(lines.last?.hasPrefix("tick") == true)
    var memory = device.memory
    #expect(memory.read(0x2000, count: file.bytes.count) == file.bytes)
  }

  @Test func json_holdsWhatWasDone() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21(), startsInBootloader: true)
    defer { device.stop() }
    let file = try ImageFile(size: 300)
    let outcome = try Command.run(
      file.path, "--board", "mkr1000", "--port", device.path, "--json", "-")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try report(outcome.output)
    #expect(report["result"] as? String == "flashed")
    #expect(report["board"] as? String == "mkr1000")
    #expect(report["start"] as? Int == 0x2000)
    #expect(report["bytes"] as? Int == 300)
    #expect(report["verification"] as? String == "readBack")
    #expect(outcome.errors.contains("flashed   in "))
  }

  @Test func failure_isInTheJSONToo() throws {
    let file = try ImageFile(size: 300)
    let outcome = try Command.run(
      file.path, "--board", "mkr1000", "--port", "/tmp/no-such-port", "--json", "-")
    #expect(outcome.status == 1)
    let report = try report(outcome.output)
    #expect(report["result"] as? String == "failed")
    #expect(report["step"] as? String == "finding the board")
    #expect(report["problem"] as? String == "there is no /tmp/no-such-port")
  }

  @Test func wrongImage_isRefusedBeforeThePortIsOpened() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21())
    defer { device.stop() }
    let file = try ImageFile(size: 300, stack: 0x2004_0000)
    let outcome = try Command.run(file.path, "--board", "mkr1000", "--port", device.path)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("which is no stack pointer in the RAM of SAMD21G18A"))
    #expect(device.touchCount == 0)
  }

  @Test func interruption_endsAtOnceAndTheNextRunMends() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21())
    defer { device.stop() }
    let file = try ImageFile(size: 200_000)
    let arguments = [file.path, "--board", "mkr1000", "--port", device.path]
    let stopped = try Command.run(arguments + ["--verbose"], interruptingAt: "speaking")
    #expect(stopped.status == 130)
    #expect(
      stopped.errors.contains("interrupted; run the same command again to flash the board"))
    let outcome = try Command.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    var memory = device.memory
    #expect(memory.read(0x2000, count: file.bytes.count) == file.bytes)
  }

  @Test func monitor_endsWithItsTimeOrWithoutItsText() throws {
    let device = try PtyBoard(MicrochipMonitor(), .samd21())
    defer { device.stop() }
    let port = ["--board", "mkr1000", "--port", device.path]
    let timed = try Command.run(port + ["--monitor-for", "500ms"])
    #expect(timed.status == 0)
    #expect(timed.output.contains("tick 1\r\ntick 2"))
    let missed = try Command.run(port + ["--monitor-for", "300ms", "--until", "tock"])
    #expect(missed.status == 1)
    #expect(missed.errors == "flash: the board did not print \"tock\"\n")
  }

  @Test(arguments: [
    ([], 64, "Name the image to write, or an application to build"),
    (["x.bin", "--board", ""], 64, "--board was given nothing; write a value behind it."),
    (["x.bin", "--list"], 64, "--list, --list-boards and --install-udev write no image"),
    (["x.bin", "--print"], 64, "--print goes with --install-udev."),
    (
      ["x.bin", "--port", "a", "--serial-number", "b"], 64, "both choose the board; leave one out."
    ),
    (["x.bin", "--allow-bootloader"], 64, "only a debug probe may mend the board"),
    (["x.bin", "--until", "a\nb"], 64, "--until looks within one line; leave out the line break."),
    (["x.bin", "--until", ""], 64, "--until was given nothing; write a value behind it."),
    (["x.bin", "--baud", "1"], 64, "--baud takes a speed such as 115200; it was given 1."),
    (["--monitor-for", "soon"], 64, "The value 'soon' is invalid for '--monitor-for <time>'"),
    (["/nowhere/x.bin", "--board", "mkr1000"], 65, "'/nowhere/x.bin' does not exist"),
    (["--monitor", "--board", "nonsense"], 65, "found no such board"),
    (["./x.bin", "--model", "m.tflite"], 65, "--model builds an application; name one, not"),
    (["--monitor", "--board", "microbit"], 1, "does not say how the board is flashed"),
    (["keyword-spotting", "--board", "mkr1000", "--port", "/none"], 1, "there is no /none"),
  ])
  func mistakes_areAnsweredInOneLine(arguments: [String], status: Int, words: String) throws {
    let outcome = try Command.run(arguments)
    #expect(outcome.status == Int32(status))
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func reportThatCannotBeWritten_isNoticedFirst() throws {
    let outcome = try Command.run(
      "keyword-spotting", "--board", "mkr1000", "--json", "/nowhere/report.json")
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("'/nowhere/report.json' could not be written"))
  }

  @Test func rules_nameEveryBoard() throws {
    let outcome = try Command.run("--install-udev", "--print")
    #expect(outcome.status == 0)
    for identity in ["805a", "005a", "804e", "0366", "0003", "7523"] {
      #expect(outcome.output.contains("ATTRS{idProduct}==\"\(identity)\""))
    }
  }

  @Test func boards_areNamedWithTheirProtocols() throws {
    let outcome = try Command.run("--list-boards")
    #expect(outcome.output.contains("mkr1000           Arduino MKR1000, by samba-samd\n"))
    #expect(!outcome.output.contains("microbit"))
  }
}
