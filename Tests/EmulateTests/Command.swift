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
    try run(arguments, input: input, printingTo: file, interrupting: interrupting)
  }

  static func run(
    _ arguments: [String], input: String = "", printingTo file: String? = nil,
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
  static func image(
    _ code: [UInt16], at base: UInt32 = 0x1_0000, vectors: [Int: UInt32] = [:]
  ) -> [UInt8] {
    var words = [UInt32](repeating: 0, count: 16)
    words[0] = 0x2004_0000
    words[1] = base + 0x41
    for (number, offset) in vectors { words[number] = base + 0x41 + offset }
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
  /// Makes P0.13 an output and moves it, begins task 2, sleeps until SysTick, whose handler moves
  /// P0.13 again, ends task 2, says "hi" on stimulus port 0, and reads a register of SPIM0, which
  /// nothing models.
  static let busy = image(
    [
      0x4814, 0x2101, 0x0349, 0x6001,  // ldr r0, =0x50000518; r1 = 1 << 13; str r1, [r0]
      0x4813, 0x6001, 0x6041,  // ldr r0, =0x50000508; str r1, [r0]; str r1, [r0, #4]
      0x4E13, 0x2500, 0x43ED, 0x6035,  // ITM_TER: every port
      0x2501, 0x3680, 0x6035,  // ITM_TCR: on
      0xF04F, 0x4660, 0x2502, 0x7135,  // mov r6, #0xE0000000; movs r5, #2; strb r5, [r6, #4]
      0x4A0E, 0x2363, 0x6053, 0x2300, 0x6093, 0x2307, 0x6013,  // SysTick in 100 cycles
      0xBF30, 0x7235,  // wfi; strb r5, [r6, #8]
      0x2568, 0x7035, 0x2569, 0x7035, 0x250A, 0x7035,  // "hi\n" to [r6]
      0x4C08, 0x6825,  // ldr r4, =0x40012500; ldr r5, [r4]
      0xF04F, 0x44C0, 0xE7FE,  // mov r4, #0x60000000; b .
      0x6001, 0x2300, 0x6013, 0x4770,  // str r1, [r0]; SysTick off; bx lr
      0x0518, 0x5000, 0x0508, 0x5000, 0x0E00, 0xE000, 0xE010, 0xE000, 0x2500, 0x4001,
    ], vectors: [15: 0x4C])
  /// `ldr r0, [pc]; ldr r0, [r0]; .word 0x20040000`: reads behind the end of RAM.
  static let readsBehindRAM = image([0x4800, 0x6800, 0x0000, 0x2004])
}
