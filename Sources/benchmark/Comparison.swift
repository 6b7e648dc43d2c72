// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import Foundation
import MachineModel

/// A measurement that cannot be made.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}

/// Ours and QEMU's time for one image, taken in turns so that a busy neighbour hits both.
struct Comparison {
  let path: String
  let board: Board
  let runs: Int

  func measure() throws -> [String] {
    let file = URL(fileURLWithPath: path)
    guard let data = try? Data(contentsOf: file) else {
      throw BenchmarkError(description: "'\(path)' cannot be read; check the path")
    }
    let image = try LoadedImage(bytes: Array(data), name: file.lastPathComponent, for: board)
    let qemu = QEMU.find()
    var ours: [Double] = []
    var theirs: [Double] = []
    var machine = try Machine(board: board)
    for _ in 0..<runs {
      machine = try Machine(board: board)
      ours.append(try time(machine, image))
      if let qemu { theirs.append(try qemu.time(path)) }
    }
    return table(machine, ours: ours, theirs: theirs)
  }

  private func time(_ machine: Machine, _ image: LoadedImage) throws -> Double {
    machine.load(image)
    let start = ProcessorTime.own()
    let reason = machine.run(until: StopConditions())
    let elapsed = ProcessorTime.own() - start
    guard case .exited(0) = reason else {
      throw BenchmarkError(
        description: "'\(path)' did not end by semihosting SYS_EXIT; it stopped \(reason.text)")
    }
    return elapsed
  }

  private func table(_ machine: Machine, ours: [Double], theirs: [Double]) -> [String] {
    let instructions = Double(machine.core.instructionsExecuted)
    let cycles = machine.core.now.sinceReset.count
    func row(_ name: String, _ times: [Double]) -> String {
      let median = times.sorted()[times.count / 2]
      let mips = fixed(instructions / median / 1e6, places: 0)
      let clock = fixed(Double(cycles) / median / 1e6, places: 0)
      return "  \(name): \(fixed(median, places: 3)) s, \(mips) MIPS, "
        + "as fast as a chip at \(clock) MHz"
    }
    var lines = [
      "\(URL(fileURLWithPath: path).lastPathComponent): "
        + "\(ByteCount.grouped(Int(instructions))) instructions, "
        + "\(ByteCount.grouped(Int(cycles))) cycles, median of \(runs)",
      row("Breadboard, counting cycles", ours),
    ]
    guard !theirs.isEmpty else { return lines + ["  QEMU: not found (apt: qemu-system-arm)"] }
    lines.append(row("QEMU TCG, not counting", theirs))
    let ratio = theirs.sorted()[runs / 2] / ours.sorted()[runs / 2]
    return lines + ["  ratio: \(fixed(ratio, places: 2)) × QEMU"]
  }
}
