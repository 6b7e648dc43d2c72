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
      guard storeFloatingPoint(at: system.floatingPointFrame) else {
        return stop(
          Fault(exception: ExceptionNumber.busFault, status: FaultStatus.busLazySave))
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

  /// The upper part of an extended frame: stored now or, lazily, only reserved.
  func pushFloatingPoint(at address: UInt32) -> UInt32 {
    guard hasContext(SystemControlBlock.lazyState) else {
      state.pointee.cycles &+= configuration.exceptionTiming.floatingPointFrame
      return storeFloatingPoint(at: address) ? 0 : FaultStatus.busStacking
    }
    system.floatingPointFrame = address
    // The ready bits say which faults could be taken at this point; USER and THREAD whose state
    // it is.
    var context = system.floatingPointContext & ~0x17A | SystemControlBlock.lazyStateActive
    if !processor.isPrivileged { context |= 1 << 1 }
    if !processor.isHandler { context |= 1 << 3 }
    if executionPriority > -1 { context |= 1 << 4 }
    if isTakeable(ExceptionNumber.memoryManagement) { context |= 1 << 5 }
    if isTakeable(ExceptionNumber.busFault) { context |= 1 << 6 }
    system.floatingPointContext = context
    return 0
  }

  private func isTakeable(_ exception: Int) -> Bool {
    faults.isEnabled(exception) && interrupts.groupPriority(exception) < executionPriority
  }

  private func storeFloatingPoint(at address: UInt32) -> Bool {
    for index in 0..<16 {
      guard writeStack(address &+ UInt32(index * 4), registers[16 + index]) else { return false }
    }
    return writeStack(address &+ 0x40, state.pointee.fpscr.bits)
  }

  /// False when the frame cannot be read.
  func popFloatingPoint(at address: UInt32) -> Bool {
    if hasContext(SystemControlBlock.lazyStateActive) {
      system.floatingPointContext &= ~SystemControlBlock.lazyStateActive
      return true
    }
    var words: [UInt32] = []
    for index in 0..<17 {
      guard let word = readAligned(address &+ UInt32(index * 4), 4, privileged: true) else {
        return false
      }
      words.append(word)
    }
    for index in 0..<16 { registers[16 + index] = words[index] }
    state.pointee.fpscr = FPSCR(words[16] & FPSCR.writableMask)
    state.pointee.cycles &+= configuration.exceptionTiming.floatingPointFrame
    return true
  }
}
