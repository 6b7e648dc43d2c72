// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardDescription
import Emulator
import Foundation

/// `benchmark once x.elf`: one run of ours in a process of its own, for what can only be measured
/// from outside: start, memory, and the other build.
struct Once: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs one image once and prints its figures as JSON.", shouldDisplay: false)

  @Argument var image: String
  @OptionGroup var engine: EngineOption

  struct Report: Codable {
    /// The system's monotonic clock right before the first instruction.
    var firstInstructionAt: Double
    var seconds: Double
    var instructions: UInt64
    var peakBytes: Int
  }

  func run() throws {
    let board = try Board.load(named: "mps2-an386")
    let workload = try Workload(path: image, board: board)
    let machine = try engine.machine(board)
    machine.load(workload.image)
    let begin = MonotonicTime.now()
    let start = ProcessorTime.own()
    try Breadboard.finish(machine, workload)
    let report = Report(
      firstInstructionAt: begin, seconds: ProcessorTime.own() - start,
      instructions: machine.core.instructionsExecuted, peakBytes: ProcessMemory.peakBytes())
    FileHandle.standardOutput.write(try JSONEncoder().encode(report))
  }

  /// Runs this very executable, or that of another build.
  static func inChild(
    _ executable: URL, _ image: String, _ engine: EngineOption
  ) throws -> (report: Report, spawnedAt: Double) {
    let process = Process()
    process.executableURL = executable
    process.arguments = ["once", image] + engine.arguments
    let output = Pipe()
    process.standardOutput = output
    let spawnedAt = MonotonicTime.now()
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError(description: "'\(executable.path) once \(image)' failed; run it by hand")
    }
    return (try JSONDecoder().decode(Report.self, from: data), spawnedAt)
  }
}

/// How the core runs its instructions.
struct EngineOption: ParsableArguments {
  @Option(help: "What runs our instructions: jit, interpreter or stepper.")
  var engine = Engine.jit

  func machine(_ board: Board) throws -> Machine {
    let machine = try Machine(board: board, engine: engine)
    if let note = machine.engineNote { throw BenchmarkError(description: "no \(engine): \(note)") }
    return machine
  }

  /// The same choice for a child process.
  var arguments: [String] { ["--engine", engine.rawValue] }
}

extension Engine: ExpressibleByArgument {}
