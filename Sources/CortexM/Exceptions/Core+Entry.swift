// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// Taking exceptions (ARMv7-M ARM, B1.5.4 to B1.5.7).
extension Core {
  /// The group priority that an exception must beat (ExecutionPriority()).
  var executionPriority: Int {
    boosted(interrupts.activePriority, primask: processor.primask)
  }

  private func boosted(_ base: Int, primask: Bool) -> Int {
    var priority = base
    if processor.basepri != 0 { priority = min(priority, interrupts.group(processor.basepri)) }
    if primask { priority = min(priority, 0) }
    if processor.faultmask { priority = min(priority, -1) }
    return priority
  }

  /// The pending exception that preempts what is running, if any.
  var preempting: Int? {
    guard let number = interrupts.mostUrgentPending else { return nil }
    return interrupts.groupPriority(number) < executionPriority ? number : nil
  }

  /// Whether WFI goes on: PRIMASK holds interrupts back but does not keep the core asleep.
  /// WFE sleeps on then.
  func wakesUp(_ sleep: Outcome.Sleep) -> Bool {
    guard let number = interrupts.mostUrgentPending else { return false }
    let priority = boosted(
      interrupts.activePriority, primask: sleep == .waitForEvent && processor.primask)
    return interrupts.groupPriority(number) < priority
  }

  /// Pushes the frame for `number`, which stays pending until its vector is fetched.
  func beginEntry(_ number: Int) {
    let isExtended = processor.isFloatingPointActive
    let returnValue: UInt32 =
      switch (processor.isHandler, stackInUse) {
      case (true, _): 0xFFFF_FFF1
      case (false, .main): 0xFFFF_FFF9
      case (false, .process): 0xFFFF_FFFD
      }
    let stackPointer = registers[13]
    let status = pushFrame(isExtended: isExtended)
    observation.observer?.exceptionBegan(at: moment(state.pointee.cycles))
    continuation = 0
    state.pointee.cycles &+= configuration.exceptionTiming.entry
    entry = EntryInProgress(
      exception: number, returnValue: isExtended ? returnValue & ~0x10 : returnValue,
      interruptedStackPointer: stackPointer)
    if status != 0 { pendDerived(status) }
  }

  /// PushStack(); the CFSR bits of a failure, 0 when all went well.
  private func pushFrame(isExtended: Bool) -> UInt32 {
    let aligns =
      isExtended || system.has(SystemControlBlock.stackAlign, in: system.configuration)
    let pointer = registers[13] & ~3
    let padding: UInt32 = aligns && pointer & 4 != 0 ? 1 : 0
    let frame = (pointer &- (isExtended ? 0x68 : 0x20)) & (aligns ? ~7 : ~3)
    let status = statusRegister & ~(1 << 9) | padding << 9
    registers[13] = frame
    state.pointee.lowestPointer = min(state.pointee.lowestPointer, frame)
    let words = [
      registers[0], registers[1], registers[2], registers[3], registers[12], registers[14],
      registers[15], status,
    ]
    do throws(Refusal) {
      // As the interrupted program itself would write it.
      for (index, word) in words.enumerated() {
        try stackWord(frame &+ UInt32(index * 4), word, privileged: processor.isPrivileged)
      }
      if isExtended { try pushFloatingPoint(at: frame &+ 0x20) }
      return 0
    } catch {
      return error == .bus ? FaultStatus.busStacking : FaultStatus.memoryStacking
    }
  }

  /// A fault of exception entry itself: pended, never raised by an instruction.
  private func pendDerived(_ status: UInt32) {
    faults.cfsr |= status
    pend(escalated(FaultStatus.exception(of: status)))
  }

  /// HardFault where an exception may not be taken itself. At a priority where HardFault may not
  /// be taken either a derived fault is dropped: the entry it disturbed goes on.
  private func escalated(_ exception: Int) -> Int {
    if interrupts.isEnabled(exception), interrupts.groupPriority(exception) < executionPriority {
      return exception
    }
    faults.hfsr |= FaultStatus.forced
    return ExceptionNumber.hardFault
  }

  /// ExceptionTaken(): fetches the vector of whatever is most urgent now. Not nil where nobody
  /// handles it.
  func finishEntry(_ entry: EntryInProgress) -> Outcome? {
    let number = preempting ?? entry.exception
    let table = system.vectorTable &+ UInt32(number * 4)
    guard let vector = readAligned(table, 4, privileged: true) else {
      return refuseVector(of: number, entry)
    }
    if vector & 1 == 0 || unhandledHandlers.contains(vector & ~1) {
      return .unhandled(report(number, handler: vector & ~1))
    }
    self.entry = nil
    interrupts.activate(number)
    changeStack {
      processor.exceptionNumber = number
      processor.usesProcessStack = false
    }
    processor.isFloatingPointActive = false
    processor.isThumb = true
    registers[14] = entry.returnValue
    registers[15] = vector & ~1
    state.pointee.itState = 0
    (monitor.isOpen, eventRegister, sleep) = (true, true, nil)
    updateFloatingPointReady()
    bus.interruptEntered(number, at: now)
    observation.observer?.handlerEntered(number, at: moment(state.pointee.cycles))
    return nil
  }
}

extension Core {
  /// A vector that cannot be read: HardFault in place of the exception, which stays pending; lockup
  /// where HardFault's own, or NMI's, is missing (B1.5.14).
  private func refuseVector(of number: Int, _ entry: EntryInProgress) -> Outcome? {
    faults.hfsr |= FaultStatus.vectorTable
    guard executionPriority > -1, number > ExceptionNumber.hardFault else {
      return .lockup(report(number, handler: 0))
    }
    pend(ExceptionNumber.hardFault)
    self.entry?.exception = ExceptionNumber.hardFault
    return nil
  }

  /// BKPT: DebugMonitor where that is enabled, HardFault where its priority is too low. Answered by
  /// the host where it is not enabled, and for semihosting.
  func answerBreakpoint(_ number: UInt8) -> Outcome? {
    guard number != Self.semihosting, interrupts.isEnabled(ExceptionNumber.debugMonitor) else {
      return .breakpoint(number)
    }
    faults.dfsr |= FaultStatus.breakpoint
    if interrupts.groupPriority(ExceptionNumber.debugMonitor) < executionPriority {
      pend(ExceptionNumber.debugMonitor)
      return nil
    }
    faults.hfsr |= FaultStatus.debugEvent
    return raiseSynchronous(ExceptionNumber.hardFault)
  }

  private static let semihosting: UInt8 = 0xAB

  /// DEMCR.MON_STEP: DebugMonitor comes after one instruction of what it can preempt.
  var isMonitorStepping: Bool {
    system.has(SystemControlBlock.monitorStep, in: system.debugMonitor)
      && interrupts.isEnabled(ExceptionNumber.debugMonitor)
      && interrupts.groupPriority(ExceptionNumber.debugMonitor) < executionPriority
  }

  func stepForMonitor() {
    step()
    faults.dfsr |= FaultStatus.halted
    pend(ExceptionNumber.debugMonitor)
  }
}

// Faults and SVC: exceptions that an instruction causes.
extension Core {
  /// Pends what the fault asks for, escalated to HardFault where it must be; pc is at the
  /// instruction. Not nil for lockup (B1.5.15).
  func raise(_ fault: Fault) -> Outcome? {
    faults.record(fault)
    return raiseSynchronous(fault.exception)
  }

  func raiseSynchronous(_ exception: Int) -> Outcome? {
    let priority = executionPriority
    if priority <= -1 {
      return .lockup(report(exception, handler: 0))
    }
    pend(escalated(exception))
    return nil
  }
}
