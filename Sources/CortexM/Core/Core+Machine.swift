// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// What a machine says to its core.
extension Core {
  /// Makes memory visible to the core. Ranges must not overlap; the first writable and the first
  /// read-only one are the fastest.
  public func attach(memory: AttachedMemory) {
    memories.append(memory)
  }

  /// Off: fetches cost `instructionWaitStates` per 32-bit word newly fetched.
  public func setInstructionCache(enabled: Bool) {}

  /// Power-on reset: loads SP and PC from the vector table; the cycle count goes on.
  public func reset(vectorTable: Address) {}

  /// Runs until `deadline` or until something else stops it. Never runs past an instruction that
  /// began before the deadline.
  public func run(until deadline: Instant) -> Outcome { .deadline }

  /// The instant of the instruction about to run.
  public var now: Instant { Instant(sinceReset: Cycles(state.pointee.cycles)) }

  /// Lets time pass while the core sleeps.
  public func advance(to instant: Instant) {}

  /// When the core itself needs `run` or `advance` again: SysTick reaching zero.
  public var nextInternalEvent: Instant { .never }

  /// Drives external interrupt line `line` (exception number 16 + line), level-sensitive.
  public func setInterrupt(_ line: Int, raised: Bool) {}

  /// RXEV: sets the event register, wakes WFE.
  public func sendEvent() {}

  /// The non-maskable interrupt, one pulse.
  public func raiseNonMaskableInterrupt() {}

  /// Called from a bus access: `run` returns `.yielded` after the instruction that made it.
  public func yield() {}

  /// The bytes in `range` were changed by the host or a flash controller.
  public func invalidateCode(_ range: Range<UInt32>) {}

  /// Goes on behind the BKPT that stopped the run.
  public func skipBreakpoint() {}
}

// What reports and debuggers read.
extension Core {
  public var instructionsExecuted: UInt64 { state.pointee.instructions }
  /// Cycles spent in WFI, WFE and sleep-on-exit.
  public var sleepCycles: Cycles { Cycles(0) }

  /// r0–r15; 13 is the stack pointer in use, 15 the instruction about to run.
  public subscript(register index: Int) -> UInt32 {
    get { registers[index & 15] }
    set { registers[index & 15] = newValue }
  }
  /// The bits of S0–S31.
  public subscript(single index: Int) -> UInt32 {
    get { registers[16 + index & 31] }
    set { registers[16 + index & 31] = newValue }
  }
  public var xpsr: UInt32 { 0 }

  /// Says which addresses belong to a stack, and forgets what was written there so far.
  public func watchStack(_ stack: StackKind, region: Range<UInt32>) {}
  public func stackUse(_ stack: StackKind) -> StackUse { StackUse(region: 0..<0) }

  /// Bytes of attached memory, without side effects; nil where none is attached.
  public func peek(_ address: Address, count: Int) -> [UInt8]? { nil }
}
