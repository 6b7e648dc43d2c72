// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// All that a core remembers from one `run` to the next, but for the memories.
package struct CoreSnapshot: Codable {
  /// r0–r15, S0–S31.
  var registers: [UInt32]
  /// N, Z, C, V and Q as words, GE, FPSCR, ITSTATE.
  var flags: [UInt32]
  var cycles: UInt64
  var instructions: UInt64
  /// Bottom and mark of the watched stack, and the lowest value of r13.
  var stackMarks: [UInt32]

  var processor: ProcessorStatus
  var interrupts: InterruptController
  var faults: FaultStatus
  var system: SystemControlBlock
  var sysTick: SysTick
  var watchpoint: DataWatchpoint
  var trace: InstrumentationTrace
  var protection: MemoryProtection
  var monitor: ExclusiveMonitor
  var stacks: StackWatch
  var entry: EntryInProgress?
  var finishedReturn: FinishedReturn?
  /// ICI.
  var continuation: UInt8
  var sleep: Outcome.Sleep?
  var isInstructionCacheEnabled: Bool
  var sleepCycleCount: UInt64
  var eventRegister: Bool

  package var instant: Instant { Instant(sinceReset: Cycles(cycles)) }
  package var instructionsExecuted: UInt64 { instructions }
}

extension Core {
  /// The core as it is between two runs.
  package func snapshot() -> CoreSnapshot {
    CoreSnapshot(
      registers: (0..<48).map { registers[$0] },
      flags: [
        state.pointee.negativeWord, state.pointee.zeroWord, state.pointee.carryWord,
        state.pointee.overflowWord, state.pointee.saturationWord, state.pointee.greaterOrEqual,
        state.pointee.fpscr.bits, state.pointee.itState,
      ],
      cycles: state.pointee.cycles, instructions: state.pointee.instructions,
      stackMarks: [
        state.pointee.watchBottom, state.pointee.watchLowest, state.pointee.lowestPointer,
      ],
      processor: processor, interrupts: interrupts, faults: faults, system: system,
      sysTick: sysTick, watchpoint: watchpoint, trace: trace, protection: protection,
      monitor: monitor, stacks: stacks, entry: entry, finishedReturn: finishedReturn,
      continuation: continuation, sleep: sleep,
      isInstructionCacheEnabled: isInstructionCacheEnabled, sleepCycleCount: sleepCycleCount,
      eventRegister: eventRegister)
  }

  /// Goes back, or on, to a core of the same configuration. The memories are the caller's.
  package func restore(_ snapshot: CoreSnapshot) {
    for (index, word) in snapshot.registers.prefix(48).enumerated() { registers[index] = word }
    restoreFlags(snapshot.flags)
    state.pointee.cycles = snapshot.cycles
    state.pointee.instructions = snapshot.instructions
    if snapshot.stackMarks.count == 3 {
      state.pointee.watchBottom = snapshot.stackMarks[0]
      state.pointee.watchLowest = snapshot.stackMarks[1]
      state.pointee.lowestPointer = snapshot.stackMarks[2]
    }
    (processor, interrupts, faults) = (snapshot.processor, snapshot.interrupts, snapshot.faults)
    (system, sysTick, protection) = (snapshot.system, snapshot.sysTick, snapshot.protection)
    (watchpoint, trace, monitor) = (snapshot.watchpoint, snapshot.trace, snapshot.monitor)
    (stacks, entry, sleep) = (snapshot.stacks, snapshot.entry, snapshot.sleep)
    (finishedReturn, continuation) = (snapshot.finishedReturn, snapshot.continuation)
    (sleepCycleCount, eventRegister) = (snapshot.sleepCycleCount, snapshot.eventRegister)
    setInstructionCache(enabled: snapshot.isInstructionCacheEnabled)
    (request, resetRequested, yieldRequested) = (.none, false, false)
    state.pointee.hasFaulted = false
    state.pointee.deadline = 0
    forgetProtection()
    updateWindows()
    updateFloatingPointReady()
  }

  private func restoreFlags(_ words: [UInt32]) {
    guard words.count == 8 else { return }
    state.pointee.negativeWord = words[0]
    state.pointee.zeroWord = words[1]
    state.pointee.carryWord = words[2]
    state.pointee.overflowWord = words[3]
    state.pointee.saturationWord = words[4]
    state.pointee.greaterOrEqual = words[5]
    state.pointee.fpscr = FPSCR(words[6])
    state.pointee.itState = words[7]
  }
}
