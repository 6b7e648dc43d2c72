// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The finished command, run as a user runs it.
struct Command {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("flash")

  static func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// - Parameter interruptingAfter: sends SIGINT after so many seconds.
  static func run(
    _ arguments: [String], interruptingAfter seconds: Double? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    if let seconds {
      usleep(UInt32(seconds * 1e6))
      process.interrupt()
    }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaints, as: UTF8.self))
  }
}
