// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The finished command, run as a user runs it.
struct Command {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// What a user is told, less the command's name.
    var complaint: String { errors.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  static let executable: URL = {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return tests.appendingPathComponent("emulate")
  }()

  /// - Parameters:
  ///   - printingTo: where standard output goes, nil to get it in the outcome.
  ///   - interrupting: sends SIGINT once the board has printed something.
  static func run(
    _ arguments: String..., input: String = "", printingTo file: String? = nil,
    interrupting: Bool = false
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let (output, errors, keyboard) = (Pipe(), Pipe(), Pipe())
    if let file {
      process.standardOutput = FileHandle(forWritingAtPath: file)
    } else {
      process.standardOutput = output
    }
    process.standardError = errors
    process.standardInput = keyboard
    try process.run()
    try keyboard.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try keyboard.fileHandleForWriting.close()
    var text = Data()
    if file != nil { try output.fileHandleForWriting.close() }
    if interrupting {
      text = output.fileHandleForReading.availableData
      process.interrupt()
    }
    text += output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaints, as: UTF8.self))
  }
}

/// A folder of its own for one test, gone with it.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "breadboard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ bytes: [UInt8], as name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file.path
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// Raw images for the Nano 33 BLE, made of a vector table and a few halfwords.
enum RawImage {
  /// Stack at the end of RAM, reset handler behind the table, which has 16 entries.
  static func image(_ code: [UInt16], at base: UInt32 = 0x1_0000) -> [UInt8] {
    var words = [UInt32](repeating: 0, count: 16)
    words[0] = 0x2004_0000
    words[1] = base + 0x41
    let table = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    return table
      + code.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  /// `b .`
  static let endlessLoop = image([0xE7FE])
  /// `ldr r0, [pc]; bx r0; .word 0x20000001`: jumps into RAM, which is zero: `movs r0, r0` for
  /// ever, until RAM ends.
  static let jumpsIntoData = image([0x4800, 0x4700, 0x0001, 0x2000])
  /// `wfi; b .-2`
  static let sleeps = image([0xBF30, 0xE7FD])
  /// `udf #0`
  static let undefined = image([0xDE00])
  /// `ldr r0, [pc]; ldr r0, [r0]; .word 0x20040000`: reads behind the end of RAM.
  static let readsBehindRAM = image([0x4800, 0x6800, 0x0000, 0x2004])
}
