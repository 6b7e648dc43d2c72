// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program of this machine.
struct Tool: Sendable {
  let path: String

  struct Outcome {
    var status: Int32
    var output: String
    /// It had not ended by itself when its time was up.
    var timedOut: Bool
  }

  /// Nil where no folder of PATH has it.
  static func find(_ name: String, in more: [String] = []) -> Tool? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return (folders.map(String.init) + more).lazy.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }.map(Tool.init(path:))
  }

  /// Runs it to its end; output and complaints come as one text.
  func run(_ arguments: [String], seconds: Double = 60) throws -> Outcome {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let identifier = process.processIdentifier
    let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: watchdog)
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    watchdog.cancel()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      timedOut: process.terminationReason == .uncaughtSignal)
  }
}
