// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// What a machine says to its core.
extension Core {
  /// Makes memory visible to the core. Ranges must not overlap; the first writable and the first
  /// read-only one are the fastest.
  public func attach(memory: AttachedMemory) {
    memories.append(memory)
    if memory.isExecutable { code.add(memory) }
    updateWindows()
  }

  /// Off: fetches cost `instructionWaitStates` per 32-bit word newly fetched.
  public func setInstructionCache(enabled: Bool) {
    guard enabled != isInstructionCacheEnabled else { return }
    isInstructionCacheEnabled = enabled
    code.flush()
    state.pointee.deadline = 0
  }

  /// Reset: everything but the time, the memories and the levels of interrupt lines starts over;
  /// SP and PC come from the vector table.
  public func reset(vectorTable: Address) {
    processor = ProcessorStatus()
    faults = FaultStatus()
    system = SystemControlBlock(configuration.processor)
    system.vectorTable = vectorTable.bits
    protection = MemoryProtection(configuration)
    (watchpoint, trace) = (DataWatchpoint(), InstrumentationTrace())
    (monitor.isOpen, eventRegister, sleep, entry) = (true, false, nil, nil)
    (request, resetRequested, continuation, finishedReturn) = (.none, false, 0, nil)
    interrupts.reset()
    sysTick.reset()
    resetState(vectorTable.bits)
    forgetProtection()
    updateWindows()
    updateFloatingPointReady()
  }

  private func resetState(_ table: UInt32) {
    for index in 0..<48 { registers[index] = 0 }
    let stackPointer = readAligned(table, 4, privileged: true) ?? 0
    let start = readAligned(table &+ 4, 4, privileged: true) ?? 0
    registers[13] = stackPointer & ~3
    registers[14] = .max
    registers[15] = start & ~1
    statusRegister = (start & 1) << 24
    state.pointee.fpscr = FPSCR()
    state.pointee.hasFaulted = false
    stacks.lowestPointers = [.max, .max]
    loadStackWatch()
    state.pointee.lowestPointer = registers[13]
    observation.observer?.coreReset(at: moment(state.pointee.cycles))
  }

  /// The instant of the instruction about to run or, during a bus access, of the one in progress.
  public var now: Instant { Instant(sinceReset: Cycles(state.pointee.cycles)) }

  /// Lets time pass while the core sleeps.
  public func advance(to instant: Instant) {
    let target = instant.sinceReset.count
    guard target > state.pointee.cycles else { return }
    if sleep != nil {
      sleepCycleCount &+= target &- state.pointee.cycles
      observation.observer?.slept(until: target, from: moment(state.pointee.cycles))
    }
    state.pointee.cycles = target
    updateSysTick()
  }

  /// Makes the bus access in progress take longer.
  public func stall(_ cycles: Cycles) { state.pointee.cycles &+= cycles.count }

  /// When the core itself needs `run` or `advance` again: SysTick reaching zero.
  public var nextInternalEvent: Instant { Instant(sinceReset: Cycles(sysTick.nextInterrupt)) }

  /// Drives external interrupt line `line` (exception number 16 + line), level-sensitive.
  public func setInterrupt(_ line: Int, raised: Bool) {
    guard (0..<configuration.interruptCount).contains(line) else { return }
    if interrupts.drive(ExceptionNumber.firstInterrupt + line, high: raised) { notePending() }
  }

  /// RXEV: sets the event register, wakes WFE.
  public func sendEvent() { eventRegister = true }

  /// One pulse of the non-maskable interrupt.
  public func raiseNonMaskableInterrupt() { pend(ExceptionNumber.nonMaskable) }

  /// Called from a bus access: `run` returns `.yielded` after the instruction that made it.
  public func yield() {
    yieldRequested = true
    state.pointee.deadline = 0
  }

  /// The bytes in `range` were changed by the host or a flash controller.
  public func invalidateCode(_ range: Range<UInt32>) {
    code.invalidate(range)
    state.pointee.deadline = 0
  }

  /// Chooses the memories that need no more than an addition.
  func updateWindows() {
    let ram = window { $0.isWritable && $0.dataWaitStates == 0 }
    state.pointee.ram = unwatched(permitted(.read, in: ram))
    state.pointee.flash = unwatched(permitted(.read, in: window { !$0.isWritable }))
    let flash = memories.first { !$0.isWritable }
    state.pointee.flashDataWaitStates = UInt64(flash?.dataWaitStates ?? 0)
    state.pointee.store = unwatched(permitted(.write, in: code.storeWindow(ram)))
    closeStoreWindowIfMapping()
    closeWindowsIfWatching()
  }

  /// The part of a window that no DWT comparator looks at.
  private func unwatched(_ window: MemoryWindow) -> MemoryWindow {
    guard watchpoint.isWatching else { return window }
    return watchpoint.watchedWords.reduce(window) { rest, words in
      let end = UInt64(rest.base) + UInt64(rest.byteSpan)
      guard words.upperBound >= rest.base, UInt64(words.lowerBound) < end else { return rest }
      let first = max(words.lowerBound, rest.base) &- rest.base
      let last = min(UInt64(words.upperBound) + 1, end) - UInt64(rest.base)
      return rest.without(first..<UInt32(truncatingIfNeeded: last))
    }
  }

  private func window(_ isSuitable: (AttachedMemory) -> Bool) -> MemoryWindow {
    memories.first(where: isSuitable).map(MemoryWindow.init) ?? MemoryWindow()
  }
}

// What reports, tests and debuggers read and change.
extension Core {
  public var instructionsExecuted: UInt64 { state.pointee.instructions }
  /// Cycles spent in WFI, WFE and sleep-on-exit.
  public var sleepCycles: Cycles { Cycles(sleepCycleCount) }

  /// r0–r15; 13 is the stack pointer in use, 15 the instruction about to run.
  public subscript(register index: Int) -> UInt32 {
    get { registers[index & 15] }
    set {
      registers[index & 15] = index & 15 == 13 ? newValue & ~3 : newValue
      if index & 15 == 15 { continuation = 0 }
      finishedReturn = nil
    }
  }
  /// The bits of S0–S31.
  public subscript(single index: Int) -> UInt32 {
    get { registers[16 + index & 31] }
    set { registers[16 + index & 31] = newValue }
  }
  public var xpsr: UInt32 { statusRegister }
  public var floatingPointStatus: UInt32 { state.pointee.fpscr.bits }
  public var control: UInt32 { processor.control }
  /// 0 in Thread mode.
  public var currentException: Int { processor.exceptionNumber }
  public func stackPointer(_ stack: StackKind) -> UInt32 {
    stack == .main ? mainStackPointer : processStackPointer
  }

  /// Bytes of attached memory, without side effects; nil where none is attached.
  public func peek(_ address: Address, count: Int) -> [UInt8]? {
    guard count >= 0, let memory = memory(holding: address.bits) else { return nil }
    let offset = Int(address.bits &- memory.base.bits)
    guard count <= memory.size.count - offset else { return nil }
    return Array(UnsafeBufferPointer(start: memory.bytes + offset, count: count))
  }
}
