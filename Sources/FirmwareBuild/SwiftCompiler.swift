// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The `swift` of this machine, run as a child process.
struct SwiftCompiler {
  let path: String

  /// The first executable `swift` on the PATH.
  init(
    environment: [String: String],
    isExecutable: (String) -> Bool = { FileManager.default.isExecutableFile(atPath: $0) }
  ) throws(FirmwareBuildError) {
    let search = environment["PATH"] ?? ""
    let found = search.split(separator: ":").map { "\($0)/swift" }.first(where: isExecutable)
    guard let found else { throw .noSwift(path: search) }
    path = found
  }

  /// Runs the compiler; calls `line` with each line of its output, both streams together.
  /// - Returns: the exit status.
  func run(
    _ arguments: [String], in folder: URL, environment: [String: String], line: (String) -> Void
  ) throws(FirmwareBuildError) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = Self.cleaned(environment)
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    do { try process.run() } catch { throw .file(path: path, reason: error.localizedDescription) }
    var pending: [UInt8] = []
    while case let chunk = output.fileHandleForReading.availableData, !chunk.isEmpty {
      pending += chunk
      while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        line(String(decoding: pending[..<end], as: UTF8.self))
        pending.removeSubrange(...end)
      }
    }
    if !pending.isEmpty { line(String(decoding: pending, as: UTF8.self)) }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// What `swift run` and `swift test` tell their children would tell a second SwiftPM about the
  /// wrong package, and an SDK for the host is not one for a board.
  static func cleaned(_ environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in
      !["SWIFTPM_", "SWIFT_", "PACKAGE_", "XCTest", "LLVM_PROFILE"].contains { name.hasPrefix($0) }
        && !["SDKROOT", "CPATH", "LIBRARY_PATH", "CC", "CXX"].contains(name)
    }
  }
}
