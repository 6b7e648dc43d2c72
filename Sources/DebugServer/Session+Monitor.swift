// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import MachineModel

// `monitor …` in GDB.
extension Session {
  private static let help = """
    reset        resets the chip and halts it at its first instruction
    halt         does nothing: at this prompt the board stands still
    info         time, cycles and instructions so far
    tasks        the tasks that the firmware marked, and how long they took
    peripherals  the chip's blocks: address, interrupt, model
    history      how far back reverse execution reaches
    semihosting  what answers BKPT 0xAB
    type TEXT    types a line into the board's console UART

    """

  func monitor(_ line: String, _ debuggee: Debuggee) -> Answer {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    switch words.first ?? "help" {
    case "help": return Self.show(Self.help)
    case "reset":
      debuggee.reset()
      return Self.show("the chip is reset and halted\n")
    case "halt": return .ok
    case "info": return Self.show(Self.progress(debuggee.machine))
    case "tasks": return Self.show(Self.tasks(debuggee.machine))
    case "peripherals": return Self.show(Self.peripherals(debuggee.machine.board))
    case "history": return Self.show(Self.history(debuggee))
    case "semihosting":
      return Self.show("semihosting calls (BKPT 0xAB) are answered by the emulator\n")
    case "type":
      debuggee.type(Array((words.dropFirst().first ?? "").utf8) + [10])
      return .ok
    default:
      return Self.show("no command '\(words[0])'; 'monitor help' lists them\n")
    }
  }

  /// Long texts go in pieces.
  private static func show(_ text: String) -> Answer {
    let bytes = Array(text.utf8)
    let size = PacketReader.longest / 2 - 8
    let pieces = stride(from: 0, to: bytes.count, by: size).map {
      [UInt8(ascii: "O")] + Hexadecimal.text(bytes[$0..<min($0 + size, bytes.count)])
    }
    return .texts(pieces + [Array("OK".utf8)])
  }

  private static func progress(_ machine: Machine) -> String {
    let core = machine.core
    let cycles = core.now.sinceReset.count
    let seconds = fixed(Double(cycles) / machine.board.cpuClock.hertz, places: 6)
    return """
      time          \(seconds) s
      cycles        \(cycles), \(core.sleepCycles.count) of them asleep
      instructions  \(core.instructionsExecuted)
      running       \(type(of: core).name(ofException: core.currentException))\
      \(core.isAsleep ? ", asleep" : "")

      """
  }

  private static func tasks(_ machine: Machine) -> String {
    let lines = machine.markedTasks.map { task in
      "\(task.name): \(task.runs) runs, median \(task.medianCycles) cycles, "
        + "worst \(task.worstCycles)\n"
    }
    return lines.isEmpty ? "the firmware has marked no task\n" : lines.joined()
  }

  private static func peripherals(_ board: Board) -> String {
    board.chip.peripherals.map { instance in
      let interrupt = instance.interrupt.map { ", interrupt \($0)" } ?? ""
      let model = instance.isModelled ? instance.kind : "not modelled"
      return "\(instance.base)  \(instance.name)\(interrupt), \(model)\n"
    }.joined()
  }

  private static func history(_ debuggee: Debuggee) -> String {
    let first = debuggee.history.first
    let now = debuggee.machine.core.instructionsExecuted
    return """
      from instruction \(first.instructions) to here, \(now): \
      snapshots \(debuggee.history.checkpoints.count), inputs \(debuggee.history.inputs.count)

      """
  }
}
