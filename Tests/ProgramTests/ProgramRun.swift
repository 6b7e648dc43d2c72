// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation
import MachineModel

/// What a program did, seen from outside.
struct ProgramRun: Equatable {
  /// Empty lines left out.
  var lines: [String]
  /// What it gave to exit, or the reason why it did not come to that.
  var ending: String

  var hasPassed: Bool { ending == "status 0" && lines.last == "passed" }

  /// Equal on every engine: time, instructions, and everything that the trace hash sees.
  struct Measure: Equatable {
    var cycles: UInt64
    var instructions: UInt64
    var trace: String
  }

  /// Twenty seconds of the board's time are more than any program takes.
  static func ours(
    _ elf: String, on board: Board, engine: Engine
  ) throws -> (run: ProgramRun, measure: Measure) {
    let file = URL(fileURLWithPath: elf)
    let image = try LoadedImage(
      bytes: Array(Data(contentsOf: file)), name: file.lastPathComponent, for: board)
    let machine = try Machine(board: board, engine: engine)
    machine.load(image)
    let second = board.cpuClock.numerator / board.cpuClock.denominator
    let reason = machine.run(until: StopConditions(duration: Cycles(second * 20)))
    machine.endConsoleLine()
    var ending = reason.text
    if case .exited(let status) = reason { ending = "status \(status)" }
    let measure = Measure(
      cycles: machine.core.now.sinceReset.count,
      instructions: machine.core.instructionsExecuted, trace: machine.finalTrace().hexadecimal)
    return (ProgramRun(lines: machine.console.lines.map(\.text), ending: ending), measure)
  }

  // MARK: - QEMU

  static let qemu = Tool.find("qemu-system-arm")

  static func qemu(_ elf: String, machine: String) throws -> ProgramRun? {
    guard let qemu else { return nil }
    let outcome = try qemu.run(
      [
        "-M", machine, "-display", "none", "-serial", "null", "-monitor", "none",
        "-chardev", "stdio,id=text", "-semihosting-config",
        "enable=on,target=native,chardev=text", "-kernel", elf,
      ], seconds: 60)
    let lines = outcome.output.split(whereSeparator: \.isNewline).map(String.init)
    return ProgramRun(
      lines: lines, ending: outcome.timedOut ? "timed out" : "status \(outcome.status)")
  }
}
