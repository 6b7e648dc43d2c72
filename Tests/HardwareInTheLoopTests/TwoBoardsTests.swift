// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HardwareInTheLoop
import Testing

/// The suite on the emulated board in this process, and on one that another process serves as a
/// serial device: it is found by its port, flashed over its bootloader's protocol and spoken to
/// like a board on the desk. All that may differ is how long it takes.
@Suite(.serialized) struct TwoBoardsTests {
  @Test func bothBoards_giveTheSame() throws {
    let direct = try Self.record(BoardUnderTest("nano33ble", on: .emulated))
    let served = try ServedBoard("nano33ble")
    defer { served.end() }
    let apart = try Self.record(BoardUnderTest("nano33ble", on: .port(served.path)))

    let report = BoardReport(direct, apart)
    #expect(direct.kind == .emulated && apart.kind == .physical)
    #expect(report.isEqual, "\(report.text())")
    // The cycles too: the same bytes run on the same samples.
    #expect(direct.steps.map(\.cycles) == apart.steps.map(\.cycles))
    #expect(direct.steps.first?.outputs.count == 12)
    print(report.text())
  }

  private static func record(_ board: BoardUnderTest) throws -> BoardRecord {
    try board.flash(.application("keyword-spotting"))
    try board.expect("ready", within: .seconds(5))
    try board.inject(tone, as: "a tone")
    return board.measured
  }

  /// Two seconds that rise from 200 Hz: something happens in every band.
  private static let tone = (0..<32_000).map { index in
    let time = Double(index) / 16_000
    return Int16(12_000 * sin(2 * .pi * (200 * time + 700 * time * time)))
  }
}

/// `emulate --as-device`: a board at the end of a path, until it is ended.
final class ServedBoard {
  let path: String
  private let folder: URL
  private let process = Process()

  init(_ board: String) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("ttyACM0").path
    process.executableURL = Self.products.appendingPathComponent("emulate")
    process.arguments = ["--board", board, "--as-device", path]
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let end = ContinuousClock.now + .seconds(30)
    while !FileManager.default.fileExists(atPath: path) {
      try #require(ContinuousClock.now < end && process.isRunning, "no device appeared")
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// Killed: it would inherit this thread's blocked signals.
  func end() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Where SwiftPM puts what it builds: beside the tests.
  private static let products = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent()
}
