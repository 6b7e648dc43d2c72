// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the rig needs of the machine: umockdev with its headers, a C compiler, and tools that talk
/// to USB devices. `.ci/run` installs them; elsewhere the tests say that they are skipped.
enum Tools {
  static let dfuUtil = path(of: "dfu-util")

  /// The bridge's program, built when first asked for; nil where that cannot be done.
  static let bridge: URL? = {
    #if os(Linux)
      guard path(of: "umockdev-wrapper") != nil, let pkgConfig = path(of: "pkg-config"),
        let compiler = path(of: "cc") ?? path(of: "clang"),
        let flags = output(of: pkgConfig, ["--cflags", "--libs", "umockdev-1.0"])
      else { return nil }
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Bridge/umockdev-bridge.c")
      let program = FileManager.default.temporaryDirectory
        .appendingPathComponent("breadboard-bridge-\(ProcessInfo.processInfo.processIdentifier)")
      let arguments =
        ["-O1", "-o", program.path, source.path]
        + flags.split { $0 == " " || $0 == "\n" }.map(String.init)
      return output(of: compiler, arguments) == nil ? nil : program
    #else
      return nil
    #endif
  }()

  static let canRun = bridge != nil && dfuUtil != nil

  static func path(of tool: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(tool)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Standard output, nil if it failed.
  private static func output(of tool: String, _ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}
