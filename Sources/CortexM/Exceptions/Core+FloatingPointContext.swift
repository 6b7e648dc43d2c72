// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Floating-point context: access rights, lazy stacking (ARMv7-M ARM, B1.5.7).
extension Core {
  private var mayUseFloatingPoint: Bool {
    guard configuration.hasFloatingPointUnit else { return false }
    switch system.coprocessorAccess >> 20 & 3 {
    case 1: return processor.isPrivileged
    case 3: return true
    default: return false
    }
  }

  private func hasContext(_ bit: UInt32) -> Bool {
    system.has(bit, in: system.floatingPointContext)
  }

  /// Says whether floating-point instructions can run without `prepareFloatingPoint`. To be called
  /// whenever one of its inputs changes.
  func updateFloatingPointReady() {
    let isReady =
      mayUseFloatingPoint && !hasContext(SystemControlBlock.lazyStateActive)
      && (processor.isFloatingPointActive || !hasContext(SystemControlBlock.automaticState))
    state.pointee.floatingPointReady = isReady ? 1 : 0
  }

  /// ExecuteFPCheck(): what the first floating-point instruction of a context does before it runs.
  func prepareFloatingPoint() {
    guard mayUseFloatingPoint else { return stop(.usage(FaultStatus.noCoprocessor)) }
    if hasContext(SystemControlBlock.lazyStateActive) {
      state.pointee.cycles &+= configuration.exceptionTiming.floatingPointFrame
      if let status = saveLazily() {
        return stop(Fault(exception: FaultStatus.exception(of: status), status: status))
      }
      system.floatingPointContext &= ~SystemControlBlock.lazyStateActive
    }
    if hasContext(SystemControlBlock.automaticState), !processor.isFloatingPointActive {
      let defaults: UInt32 = 0x07C0_0000
      state.pointee.fpscr.bits =
        state.pointee.fpscr.bits & ~defaults | system.floatingPointDefaults & defaults
      processor.isFloatingPointActive = true
    }
    updateFloatingPointReady()
  }

  /// Stores what an extended frame has room for, with the rights of the code it belongs to; the
  /// CFSR bit of a failure.
  private func saveLazily() -> UInt32? {
    let isPrivileged = !hasContext(SystemControlBlock.lazyStateOfUser)
    do throws(Refusal) {
      try storeFloatingPoint(at: system.floatingPointFrame, privileged: isPrivileged)
      return nil
    } catch {
      return error == .bus ? FaultStatus.busLazySave : FaultStatus.memoryLazySave
    }
  }

  /// The upper part of an extended frame: stored now or, lazily, only reserved.
  func pushFloatingPoint(at address: UInt32) throws(Refusal) {
    guard hasContext(SystemControlBlock.lazyState) else {
      state.pointee.cycles &+= configuration.exceptionTiming.floatingPointFrame
      return try storeFloatingPoint(at: address, privileged: processor.isPrivileged)
    }
    system.floatingPointFrame = address
    // The ready bits say which faults could be taken at this point; USER and THREAD whose state
    // it is.
    var context = system.floatingPointContext & ~0x17A | SystemControlBlock.lazyStateActive
    if !processor.isPrivileged { context |= SystemControlBlock.lazyStateOfUser }
    if !processor.isHandler { context |= 1 << 3 }
    if executionPriority > -1 { context |= 1 << 4 }
    if isTakeable(ExceptionNumber.memoryManagement) { context |= 1 << 5 }
    if isTakeable(ExceptionNumber.busFault) { context |= 1 << 6 }
    system.floatingPointContext = context
  }

  private func isTakeable(_ exception: Int) -> Bool {
    interrupts.isEnabled(exception) && interrupts.groupPriority(exception) < executionPriority
  }

  private func storeFloatingPoint(
    at address: UInt32, privileged: Bool
  ) throws(Refusal) {
    for index in 0..<16 {
      try stackWord(
        address &+ UInt32(index * 4), registers[16 + index], privileged: privileged)
    }
    try stackWord(address &+ 0x40, state.pointee.fpscr.bits, privileged: privileged)
  }

  func popFloatingPoint(at address: UInt32, privileged: Bool) throws(Refusal) {
    if hasContext(SystemControlBlock.lazyStateActive) {
      system.floatingPointContext &= ~SystemControlBlock.lazyStateActive
      return
    }
    var words: [UInt32] = []
    for index in 0..<17 {
      words.append(
        try unstackWord(address &+ UInt32(index * 4), privileged: privileged))
    }
    for index in 0..<16 { registers[16 + index] = words[index] }
    state.pointee.fpscr = FPSCR(words[16] & FPSCR.writableMask)
    state.pointee.cycles &+= configuration.exceptionTiming.floatingPointFrame
  }
}
