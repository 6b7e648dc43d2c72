// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct CableTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: [
    (
      ["--serial", "--as-device", "x"], "--as-device is a serial port already; leave out --serial."
    ),
    (["--usbip", "--serial"], "a cable has one end: --usbip cannot go with --serial."),
    (["--usbip", "--as-device", "x"], "a cable has one end: --usbip cannot go with --as-device."),
    (["--as-device", ""], "--as-device was given nothing; write a value behind it."),
    (["--gdb", ":0", "--serial"], "--gdb may run the board backwards, which nobody at a cable"),
    (["--serial", "--snapshot-save", "x"], "a snapshot cannot hold what hangs on a cable"),
  ])
  func optionsThatDoNotGoTogether_areRefused(arguments: [String], words: String) throws {
    let outcome = try Command.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func boardWithoutUSB_isRefused() throws {
    let outcome = try Command.run(
      "--board", "microbit", "--as-device", scratch.path("tty"), "--firmware",
      MicrobitProgram.write().path)
    #expect(outcome.status == 65)
    #expect(
      outcome.complaint.hasSuffix(
        "has no USB port of its own; choose a board that has one, or leave the option out"),
      "\(outcome.errors)")
  }

  @Test func boardWithoutABootloader_cannotBeServedEmpty() throws {
    let outcome = try Command.run("--board", "microbit", "--as-device", scratch.path("tty"))
    #expect(outcome.status == 65)
    #expect(
      outcome.complaint.hasSuffix(
        "give the genuine one with --bootloader, or an image with --firmware"),
      "\(outcome.errors)")
  }

  @Test func bootloader_mustNotLieUnderTheApplication() throws {
    let boot = try scratch.write(
      RawImage.image([0xE7FE], at: 0) + [UInt8](repeating: 0, count: 0x1_0000), as: "boot.bin")
    let app = try scratch.write(RawImage.endlessLoop, as: "app.bin")
    let outcome = try Command.run("--bootloader", boot, "--firmware", app)
    #expect(outcome.status == 65)
    #expect(
      outcome.complaint.hasSuffix(
        "'app.bin' lies over the bootloader 'boot.bin' at 0x00010000; build it for the place "
          + "behind the bootloader, or leave the bootloader out"), "\(outcome.errors)")
  }

  @Test func bootloader_isWhereResetStarts() throws {
    // udf #0 at 0x40.
    let boot = try scratch.write(RawImage.image([0xDE00], at: 0), as: "boot.bin")
    let app = try scratch.write(RawImage.endlessLoop, as: "app.bin")
    let outcome = try Command.run("--bootloader", boot, "--firmware", app, "--duration", "1s")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("0x00000040"), "\(outcome.errors)")
  }

  @Test func file_inPlaceOfThePort_isLeftAlone() throws {
    let path = try scratch.write([1, 2, 3], as: "ttyACM0")
    let outcome = try Command.run("--board", "mkr1000", "--as-device", path)
    #expect(outcome.status == 65)
    #expect(
      outcome.complaint
        == "emulate: '\(path)' exists and is no link; remove it or choose another name")
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
  }

  @Test func addressInUse_isNamed() throws {
    let outcome = try Command.run(
      "--usbip", "192.0.2.1:3240", "--firmware",
      try scratch.write(RawImage.endlessLoop, as: "a.bin"))
    #expect(outcome.status == 65)
    #expect(
      outcome.complaint.contains("no USB/IP client can be waited for at 192.0.2.1:3240"),
      "\(outcome.errors)")
  }

  // MARK: The real thing

  static let bossac = ["/usr/bin/bossac", "/opt/homebrew/bin/bossac"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// A tool's exit status and what it said.
  private func run(_ tool: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  private func waitFor(_ path: String, toExist: Bool) -> Bool {
    for _ in 0..<400 {
      if FileManager.default.fileExists(atPath: path) == toExist { return true }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return false
  }

  @Test(.enabled(if: bossac != nil, "bossac (Debian: bossa-cli) is not installed"))
  func emptyMKR1000_isFlashedByBossac() throws {
    let port = scratch.path("ttyACM0")
    // More than one of the tool's buffers.
    let filling = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
    var image = RawImage.image([0xE7FE], at: 0x2000) + filling
    // MKR1000's RAM ends earlier.
    image.replaceSubrange(0..<4, with: [0x00, 0x80, 0x00, 0x20])
    let app = try scratch.write(image, as: "app.bin")
    let board = Process()
    board.executableURL = Command.executable
    board.arguments = ["--board", "mkr1000", "--as-device", port]
    let output = Pipe()
    board.standardOutput = output
    try board.run()
    #expect(waitFor(port, toExist: true))
    let outcome = try run(
      Self.bossac ?? "", ["-p", port, "-U", "-e", "-w", "-v", "-R", "-o", "0x2000", app])
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("Verify successful"), "\(outcome.text)")
    // The application has no USB: the port is gone with the bootloader.
    #expect(waitFor(port, toExist: false))
    board.interrupt()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    board.waitUntilExit()
    #expect(board.terminationStatus == 130)
    #expect(text.contains("serial    \(port) ("), "\(text)")
    #expect(text.contains("2341:004e"), "\(text)")
    #expect(text.contains("serial    gone"), "\(text)")
  }
}
