// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import MachineModel
import Testing

@testable import DebugServer

/// Dialogues with Debian's GDB, over a socket. Skipped where `gdb-multiarch` or
/// `arm-none-eabi-gcc` is not installed.
@Suite(.enabled(if: Program.canRun, "gdb-multiarch and arm-none-eabi-gcc are needed"))
struct GDBTests {
  /// Runs GDB against a board of its own.
  /// - Returns: what GDB printed, and why the run ended.
  private func dialogue(_ commands: String) throws -> (text: String, end: StopReason?) {
    let server = try DebugServer(ListenAddress(host: "127.0.0.1", port: 0))
    let image = try [UInt8](Data(contentsOf: Program.elf))
    let finished = DispatchSemaphore(value: 0)
    nonisolated(unsafe) let listening = server
    nonisolated(unsafe) var end: StopReason?
    let thread = Thread {
      defer { finished.signal() }
      guard let machine = try? Guest.machine(image, name: "program.elf") else { return }
      let late = ContinuousClock.now + .seconds(30)
      end = listening.run(
        machine, until: StopConditions(), onSlice: { ContinuousClock.now < late },
        whileWaiting: { ContinuousClock.now < late })
    }
    thread.start()
    let text = try Program.debug(port: server.address.port, commands)
    finished.wait()
    return (text, end)
  }

  private func expect(_ text: String, _ parts: String...) {
    var rest = text[...]
    for part in parts {
      guard let range = rest.firstRange(of: part) else {
        Issue.record("'\(part)' does not come in its turn:\n\(text)")
        return
      }
      rest = rest[range.upperBound...]
    }
  }

  @Test func breakpointBacktraceFinish() throws {
    let (text, _) = try dialogue(
      """
      break add_square if x == 7
      continue
      backtrace
      finish
      step
      info registers control
      kill
      """)
    expect(
      text, "Breakpoint 1, add_square (sum=91, x=", "#1", "in start ()",
      "Value returned is $1 = 140", "history[i % 8] = total", "control        0x0")
  }

  @Test func watchpoint_forwardAndBackward() throws {
    let (text, _) = try dialogue(
      """
      watch total
      continue
      continue
      continue
      reverse-continue
      reverse-continue
      reverse-stepi
      p total
      kill
      """)
    expect(
      text, "Old value = 0\nNew value = 1", "Old value = 1\nNew value = 5",
      "Old value = 5\nNew value = 14", "Old value = 14\nNew value = 5",
      "Old value = 5\nNew value = 1", "$1 = 1")
  }

  @Test func backwardsOutOfAnInterrupt() throws {
    let (text, _) = try dialogue(
      """
      break tick
      continue
      continue
      backtrace
      reverse-continue
      p ticks
      reverse-finish
      kill
      """)
    expect(
      text, "Breakpoint 1, tick ()", "Breakpoint 1, tick ()", "#1  <signal handler called>",
      "in start ()", "Breakpoint 1, tick ()", "$1 = 0", "start ()")
  }

  @Test func fault_isLookedBackFrom() throws {
    let (text, _) = try dialogue(
      """
      break add_square if x == 20
      continue
      set var mistake = 1
      delete
      continue
      backtrace
      reverse-finish
      p mistake
      kill
      """)
    expect(
      text, "PRECISERR", "Program received signal SIGBUS", "fail ()", "#1", "in start ()",
      "start () at", "$1 = 1")
    #expect(!text.contains("warning: Invalid state"), "\(text)")
  }

  @Test func controlC_stopsARun() throws {
    let (text, _) = try dialogue(
      """
      python import os, signal, threading
      python signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
      python threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
      continue
      p ticks > 100
      kill
      """)
    expect(text, "Program received signal SIGINT", "$1 = 1")
  }

  @Test func twoStacks_areTwoThreads() throws {
    let (text, _) = try dialogue(
      """
      break tick if mistake == 2
      set var mistake = 2
      continue
      info threads
      thread 2
      backtrace
      p/x $sp
      kill
      """)
    expect(
      text, "* 1    Thread 1 (main stack, SysTick)", "2    Thread 2 (process stack, not in use)",
      "on_process_stack ()", "= 0x2000")
  }

  @Test func load_programsFlashAndMonitorResets() throws {
    let (text, _) = try dialogue(
      """
      break add_square
      continue
      load
      compare-sections
      monitor reset
      delete
      stepi
      x/i $pc
      kill
      """)
    expect(text, "Loading section .text", "matched", "reset", "start () at")
    #expect(!text.contains("MIS-MATCHED"), "\(text)")
  }

  @Test func detachedBoard_runsOn() throws {
    let (_, end) = try dialogue(
      """
      break add_square if x == 20
      continue
      set var mistake = 1
      detach
      """)
    guard case .fault = end else {
      Issue.record("\(String(describing: end))")
      return
    }
  }
}
