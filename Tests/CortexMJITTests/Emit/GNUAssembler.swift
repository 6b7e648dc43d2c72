// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Assembly text and the bytes that an assembler of ours made of it.
struct EmittedForms {
  private(set) var texts: [String] = []
  private(set) var bytes: [[UInt8]] = []

  mutating func append(_ text: String, _ bytes: [UInt8]) {
    texts.append(text)
    self.bytes.append(bytes)
  }

  /// FNV-1a over all bytes: holds the encodings where there is no assembler to ask.
  var digest: UInt64 {
    bytes.joined().reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

/// GNU as, of this machine or a cross one.
struct GNUAssembler {
  let prefix: String
  var arguments: [String] = []
  /// Lines before the first instruction.
  var preamble = ""

  var isInstalled: Bool {
    ["as", "objcopy"].allSatisfy { FileManager.default.isExecutableFile(atPath: path($0)) }
  }

  private func path(_ tool: String) -> String { "/usr/bin/\(prefix)\(tool)" }

  /// The bytes of each line, which must be one instruction: the end of each is marked by a symbol
  /// in a table.
  func assemble(_ texts: [String]) throws -> [[UInt8]] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "breadboard-as-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var source = preamble + "\n.text\nstart:\n"
    for text in texts {
      source += "\(text)\n9:\n.section .ends, \"a\"\n.long 9b - start\n.text\n"
    }
    let file = folder.appendingPathComponent("forms.s")
    try Data(source.utf8).write(to: file)
    let object = folder.appendingPathComponent("forms.o").path
    try run("as", arguments + [file.path, "-o", object])
    let code = try section(".text", of: object, in: folder)
    let ends = try section(".ends", of: object, in: folder)
    var start = 0
    return stride(from: 0, to: ends.count - 3, by: 4).map { index in
      let end = (0..<4).reduce(0) { $0 | Int(ends[index + $1]) << (8 * $1) }
      defer { start = end }
      return Array(code[start..<end])
    }
  }

  private func section(_ name: String, of object: String, in folder: URL) throws -> [UInt8] {
    let binary = folder.appendingPathComponent("section.bin")
    try run(
      "objcopy",
      ["-O", "binary", "-j", name, "--set-section-flags", "\(name)=alloc,contents", object]
        + [binary.path])
    return [UInt8](try Data(contentsOf: binary))
  }

  private func run(_ tool: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path(tool))
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(tool: tool, status: process.terminationStatus)
    }
  }

  struct Failure: Error {
    let tool: String
    let status: Int32
  }
}
