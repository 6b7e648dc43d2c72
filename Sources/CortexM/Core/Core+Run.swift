// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// Running: what happens between instructions.
extension Core {
  /// Runs until `deadline` or until something else stops it. The instruction that crosses the
  /// deadline is the last, so `now` may be a few cycles later; what the machine does at an instant
  /// up to `now` comes before the next instruction and before the choice of the next interrupt.
  public func run(until deadline: Instant) -> Outcome {
    runDeadline = deadline.sinceReset.count
    yieldRequested = false
    while true {
      updateSysTick()
      if let outcome = arbitrate() { return outcome }
      if protection.isEnabled || appliedProtection != nil { refreshProtection() }
      state.pointee.deadline = min(runDeadline, sysTick.nextInterrupt)
      if entry == nil, sleep == nil, preempting == nil {
        if isMonitorStepping { stepForMonitor() } else { execute() }
      }
      if let outcome = answerRequest() { return outcome }
      if resetRequested {
        resetRequested = false
        return .resetRequested
      }
      if yieldRequested { return .yielded }
    }
  }

  /// Wakes, sleeps, and takes exceptions; not nil where nothing may run before the machine has had
  /// its turn.
  private func arbitrate() -> Outcome? {
    if let sleep {
      guard wakesUp(sleep) || (sleep == .waitForEvent && eventRegister) else {
        return .sleeping(sleep)
      }
      if sleep == .waitForEvent { eventRegister = false }
      self.sleep = nil
    }
    if state.pointee.cycles >= runDeadline { return .deadline }
    if let entry { return finishEntry(entry) }
    if let number = preempting, !takeBackReturn(for: number) { beginEntry(number) }
    return nil
  }

  /// Does what the last instruction asked for.
  private func answerRequest() -> Outcome? {
    let asked = request
    request = .none
    switch asked {
    case .none: return nil
    case .fault(let fault):
      // It came after the return was complete.
      finishedReturn = nil
      takeBackInstruction()
      return raise(fault)
    case .interruption(let cycle, let register):
      takeBackInstruction()
      state.pointee.cycles = cycle
      state.pointee.instructions &-= 1
      continuation = register
      if let number = preempting { beginEntry(number) }
      return nil
    case .supervisorCall: return raiseSynchronous(ExceptionNumber.supervisorCall)
    case .breakpoint(let number):
      (registers[15], state.pointee.itState) = stoppedAt
      return answerBreakpoint(number)
    case .exceptionReturn(let value):
      returnFromException(value)
      return nil
    case .sleep(let kind):
      if kind == .waitForEvent, eventRegister {
        eventRegister = false
      } else {
        sleep = kind
      }
      return nil
    }
  }

  private func takeBackInstruction() {
    restoreRegisters()
    state.pointee.hasFaulted = false
    updateWindows()
    (registers[15], state.pointee.itState) = stoppedAt
  }

  /// Goes on behind the BKPT that stopped the run.
  public func skipBreakpoint() {
    registers[15] &+= 2
    let it = state.pointee.itState
    state.pointee.itState = it & 7 == 0 ? 0 : it & 0xE0 | it << 1 & 0x1F
  }
}
