// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// Returning from exceptions (ARMv7-M ARM, B1.5.8).
extension Core {
  /// BX or a load to pc with 0xFnnn_nnnn in Handler mode.
  func returnFromException(_ value: UInt32) {
    let number = processor.exceptionNumber
    let wasActive = interrupts.isActive(number)
    let isOnlyActive = interrupts.activeCount == 1
    interrupts.deactivate(number)
    if number != ExceptionNumber.nonMaskable { processor.faultmask = false }
    bus.interruptReturned(number, at: now)
    observation.observer?.handlerLeft(at: moment(state.pointee.cycles))
    guard wasActive, isValid(value, isOnlyActive: isOnlyActive) else {
      return refuseReturn(value)
    }
    if let next = preempting {
      state.pointee.cycles &+= configuration.exceptionTiming.tailChain
      entry = EntryInProgress(exception: next, returnValue: value)
      return
    }
    unstack(value)
  }

  private func isValid(_ value: UInt32, isOnlyActive: Bool) -> Bool {
    let isExtended = value & 0x10 == 0
    guard value | 0x1F == 0xFFFF_FFFF, !isExtended || configuration.hasFloatingPointUnit else {
      return false
    }
    switch value & 15 {
    case 0x1: return true
    case 0x9, 0xD:
      return isOnlyActive
        || system.has(SystemControlBlock.threadModeAnyLevel, in: system.configuration)
    default: return false
    }
  }

  /// INVPC: a UsageFault on the same frame, as if tail-chained.
  private func refuseReturn(_ value: UInt32) {
    faults.record(.usage(FaultStatus.invalidReturn))
    tailChainFault(ExceptionNumber.usageFault, value)
  }

  private func tailChainFault(_ exception: Int, _ value: UInt32) {
    let canHandle =
      interrupts.isEnabled(exception) && interrupts.groupPriority(exception) < executionPriority
    if !canHandle { faults.hfsr |= FaultStatus.forced }
    let number = canHandle ? exception : ExceptionNumber.hardFault
    pend(number)
    state.pointee.cycles &+= configuration.exceptionTiming.tailChain
    entry = EntryInProgress(exception: number, returnValue: 0xF000_0000 | value & 0x0FFF_FFFF)
  }

  /// PopStack().
  private func unstack(_ value: UInt32) {
    let toHandler = value & 15 == 1
    let toProcessStack = value & 15 == 0xD
    let isExtended = value & 0x10 == 0
    let frame = toProcessStack ? processStackPointer : mainStackPointer
    // As the program that is returned to would read it.
    let isPrivileged = toHandler || !processor.isUnprivilegedThread
    var words: [UInt32] = []
    do throws(Refusal) {
      for index in 0..<8 {
        words.append(try unstackWord(frame &+ UInt32(index * 4), privileged: isPrivileged))
      }
      guard toHandler == (words[7] & 0x1FF != 0) else { return refuseReturn(value) }
      if isExtended { try popFloatingPoint(at: frame &+ 0x20, privileged: isPrivileged) }
    } catch {
      let status = error == .bus ? FaultStatus.busUnstacking : FaultStatus.memoryUnstacking
      faults.cfsr |= status
      return tailChainFault(FaultStatus.exception(of: status), value)
    }
    let status = words[7]
    let aligns =
      isExtended || system.has(SystemControlBlock.stackAlign, in: system.configuration)
    let padding: UInt32 = aligns && status & 1 << 9 != 0 ? 4 : 0
    changeStack {
      processor.exceptionNumber = Int(status & 0x1FF)
      processor.usesProcessStack = toProcessStack
    }
    registers[13] = (frame &+ (isExtended ? 0x68 : 0x20)) | padding
    resume(words, status: status, isFloatingPointActive: isExtended)
    observation.observer?.resumed(
      frame, address: registers[15], at: moment(state.pointee.cycles))
    guard sleep == nil else { return }
    finishedReturn = FinishedReturn(
      value: value, frame: frame, instructions: state.pointee.instructions)
  }

  /// An exception that came while the frame was being popped is tail-chained instead of stacking
  /// the same frame again (Cortex-M4 TRM, 3.9.1). False where an instruction has run since.
  func takeBackReturn(for number: Int) -> Bool {
    guard let done = finishedReturn, done.instructions == state.pointee.instructions else {
      return false
    }
    finishedReturn = nil
    let isLazy = system.has(SystemControlBlock.lazyState, in: system.floatingPointContext)
    if done.value & 0x10 == 0, isLazy {
      // Room in the frame is all that this takes.
      guard (try? pushFloatingPoint(at: done.frame &+ 0x20)) != nil else { return false }
    }
    entry = EntryInProgress(
      exception: number, returnValue: done.value, interruptedStackPointer: registers[13])
    registers[13] = done.frame
    observation.observer?.exceptionBegan(at: moment(state.pointee.cycles))
    continuation = 0
    state.pointee.cycles &+= configuration.exceptionTiming.tailChain
    return true
  }

  private func resume(_ words: [UInt32], status: UInt32, isFloatingPointActive: Bool) {
    for index in 0..<4 { registers[index] = words[index] }
    registers[12] = words[4]
    registers[14] = words[5]
    registers[15] = words[6] & ~1
    statusRegister = status
    processor.isFloatingPointActive = isFloatingPointActive
    (monitor.isOpen, eventRegister) = (true, true)
    state.pointee.cycles &+= configuration.exceptionTiming.exit
    updateFloatingPointReady()
    if !processor.isHandler, interrupts.active.isEmpty,
      system.has(SystemControlBlock.sleepOnExit, in: system.systemControl)
    {
      sleep = .waitForInterrupt
    }
  }

  /// xPSR as it is stacked: flags, ITSTATE or ICI, T, exception number. Setting it leaves the
  /// exception number alone.
  var statusRegister: UInt32 {
    get {
      // A field without condition bits is ICI.
      let it = state.pointee.itState | UInt32(continuation) << 4
      let thumb: UInt32 = processor.isThumb ? 1 << 24 : 0
      let execution: UInt32 = (it & 3) << 25 | (it >> 2) << 10 | thumb
      let flags =
        StepContext(state: state, next: state.pointee.next).applicationStatus
        & configuration.architecture.statusBits
      return flags | execution | UInt32(processor.exceptionNumber)
    }
    set {
      var context = StepContext(state: state, next: state.pointee.next)
      context.applicationStatus = newValue
      processor.isThumb = newValue >> 24 & 1 != 0
      let it: UInt32 = newValue >> 25 & 3 | (newValue >> 10 & 0x3F) << 2
      state.pointee.itState = it & 15 == 0 ? 0 : it
      continuation = it & 15 == 0 ? UInt8(truncatingIfNeeded: it >> 4) : 0
    }
  }
}
