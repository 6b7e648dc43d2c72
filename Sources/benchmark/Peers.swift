// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareImage
import Foundation

/// An image to run on every emulator.
struct Workload {
  let path: String
  let name: String
  let board: Board
  /// As our machine takes it, and as it lies in the file.
  let image: LoadedImage
  let contents: Image

  init(path: String, board: Board) throws {
    let file = URL(fileURLWithPath: path)
    guard let data = try? Data(contentsOf: file) else {
      throw BenchmarkError(description: "'\(path)' cannot be read; check the path")
    }
    self.path = path
    self.board = board
    name = file.deletingPathExtension().lastPathComponent
    let bytes = [UInt8](data)
    image = try LoadedImage(bytes: bytes, name: file.lastPathComponent, for: board)
    contents = try Image.parse(
      bytes, name: file.lastPathComponent, rawLoadAddress: board.application.start)
  }

  /// Longer than any sensible workload takes on any of them.
  static let secondsLimit = 120.0

  func didNotEnd(on peer: String, _ reason: String) -> BenchmarkError {
    BenchmarkError(
      description: "'\(path)' did not end by semihosting SYS_EXIT on \(peer): \(reason)")
  }
}

/// One run of a workload.
struct Run {
  var seconds: Double
  /// What the program printed by semihosting.
  var output: String
  /// Told by ours only.
  var instructions: UInt64 = 0
  var cycles: UInt64 = 0
}

/// An emulator to measure.
protocol Peer {
  var name: String { get }
  func run(_ workload: Workload) throws -> Run
}

/// Ours.
struct Breadboard: Peer {
  let name = "Breadboard"
  let engine: EngineOption

  func run(_ workload: Workload) throws -> Run {
    let machine = try engine.machine(workload.board)
    machine.load(workload.image)
    let start = ProcessorTime.own()
    try Self.finish(machine, workload)
    let seconds = ProcessorTime.own() - start
    machine.endConsoleLine()
    return Run(
      seconds: seconds, output: machine.console.lines.map(\.text).joined(separator: "\n"),
      instructions: machine.core.instructionsExecuted, cycles: machine.core.now.sinceReset.count)
  }

  static func finish(_ machine: Machine, _ workload: Workload) throws {
    let limit = MonotonicTime.now() + Workload.secondsLimit
    let reason = machine.run(until: StopConditions()) { MonotonicTime.now() < limit }
    guard case .exited(0) = reason else {
      throw workload.didNotEnd(on: "Breadboard", "it stopped \(reason.text)")
    }
  }
}

/// `qemu-system-arm` on its model of the same board.
struct QEMU: Peer {
  let name: String
  let path: String
  let arguments: [String]
  /// What QEMU takes before the first instruction and after the last.
  private let startSeconds: Double

  init(name: String, path: String, arguments: [String]) throws {
    (self.name, self.path, self.arguments) = (name, path, arguments)
    let image = try StartImage(bytes: 0)
    let times = try (0..<5).map { _ in
      try Self.measure(path, arguments, image.path, "an image that ends at once").seconds
    }
    startSeconds = times.median
  }

  static func find() -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/qemu-system-arm" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  func run(_ workload: Workload) throws -> Run {
    var run = try Self.measure(path, arguments, workload.path, workload.path)
    run.seconds = max(run.seconds - startSeconds, 1e-6)
    return run
  }

  private static func measure(
    _ path: String, _ arguments: [String], _ image: String, _ title: String
  ) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments =
      [
        "-M", "mps2-an386", "-display", "none", "-serial", "null", "-monitor", "none",
        "-semihosting-config", "enable=on,target=native", "-kernel", image,
      ] + arguments
    let text = Pipe()
    process.standardError = text
    process.standardOutput = text
    let start = ProcessorTime.children()
    try process.run()
    let watchdog = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(
      deadline: .now() + Workload.secondsLimit, execute: watchdog)
    let output = text.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    watchdog.cancel()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw BenchmarkError(
        description:
          "QEMU did not run '\(title)' to its end: \(String(decoding: output, as: UTF8.self))")
    }
    return Run(
      seconds: ProcessorTime.children() - start,
      output: String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines))
  }
}
