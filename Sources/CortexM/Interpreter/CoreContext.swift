// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What both execution contexts share: everything that is rare enough to be a call to the core.
protocol CoreContext: ValueContext {
  var state: UnsafeMutablePointer<CoreState> { get }
  var cycles: UInt64 { get set }
  /// One past the operation in progress.
  var next: UnsafePointer<Operation> { get set }
  /// Leaves for the address in r15.
  mutating func leave()
}

extension CoreContext {
  /// Calls the core with the time and the instruction in progress made known to it.
  mutating func callCore<T>(_ body: (Core) -> T) -> T {
    state.pointee.cycles = cycles
    state.pointee.next = next
    defer { cycles = state.pointee.cycles }
    guard let owner = state.pointee.owner else { preconditionFailure("a state without a core") }
    return owner._withUnsafeGuaranteedRef(body)
  }

  @inline(__always) subscript(index: UInt8) -> UInt32 {
    get { words[Int(index)] }
    nonmutating set { words[Int(index)] = newValue }
  }
  @inline(__always) subscript(single index: UInt8) -> UInt32 {
    get { words[16 &+ Int(index)] }
    nonmutating set { words[16 &+ Int(index)] = newValue }
  }
  @inline(__always) var words: UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self)
  }

  @inline(__always) var greaterOrEqual: UInt32 {
    get { state.pointee.greaterOrEqual }
    nonmutating set { state.pointee.greaterOrEqual = newValue }
  }
  @inline(__always) var saturationWord: UInt32 {
    get { state.pointee.saturationWord }
    nonmutating set { state.pointee.saturationWord = newValue }
  }
  @inline(__always) var fpscr: FPSCR {
    get { state.pointee.fpscr }
    nonmutating set { state.pointee.fpscr = newValue }
  }
  @inline(__always) var hasFaulted: Bool { state.pointee.hasFaulted }

  @inline(__always) mutating func spend(_ count: UInt32) { cycles &+= UInt64(count) }

  // MARK: Branches

  @inline(__always) mutating func branch(if condition: Bool, to target: UInt32) {
    if condition { branch(to: target) }
  }

  @inline(__always) mutating func branchExchange(to target: UInt32) {
    if target & 1 != 0, target < 0xF000_0000 { return branch(to: target) }
    callCore { $0.branchSpecially(to: target, mayReturn: true) }
    leave()
  }

  @inline(__always) mutating func branchLinkExchange(to target: UInt32) {
    if target & 1 != 0 { return branch(to: target) }
    callCore { $0.branchSpecially(to: target, mayReturn: false) }
    leave()
  }

  // MARK: Exceptions and the system

  mutating func raise(_ trap: Trap) { callCore { $0.raise(trap) } }

  mutating func trapDivide(ifZero isZero: Bool) {
    if isZero { callCore { $0.trapDivideByZero() } }
  }

  mutating func hint(_ hint: Hint) { callCore { $0.hint(hint) } }

  mutating func readSpecial(_ number: UInt8) -> UInt32 {
    let flags = number < 4 ? applicationStatus : 0
    return callCore { flags & $0.configuration.architecture.statusBits | $0.readSpecial(number) }
  }

  mutating func writeSpecial(_ number: UInt8, _ value: UInt32, mask: UInt8) {
    guard number < 4 else { return callCore { $0.writeSpecial(number, value) } }
    if mask & 2 != 0 {
      setConditionFlags(value)
      saturationWord = value &>> 27 & 1
    }
    if mask & 1 != 0 { greaterOrEqual = value &>> 16 & 15 }
  }

  mutating func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool) {
    callCore {
      $0.changeProcessorState(disable: disable, primask: primask, faultmask: faultmask)
    }
  }

  // MARK: Rare memory accesses

  mutating func loadUnprivileged(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    callCore { $0.load(width, at: address, privileged: false) }
  }

  mutating func storeUnprivileged(_ width: AccessWidth, _ value: UInt32, at address: UInt32) {
    callCore { $0.store(width, value, at: address, privileged: false) }
  }

  mutating func loadExclusive(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    callCore { $0.loadExclusive(width, at: address) }
  }

  mutating func storeExclusive(
    _ width: AccessWidth, _ value: UInt32, at address: UInt32
  ) -> UInt32 {
    callCore { $0.storeExclusive(width, value, at: address) }
  }

  mutating func clearExclusive() { callCore { $0.monitor.isOpen = true } }
}

// The core's side of these calls.
extension Core {
  /// A branch to an even address, or an exception return.
  func branchSpecially(to target: UInt32, mayReturn: Bool) {
    // A load to pc that faulted brings no target.
    if state.pointee.hasFaulted { return }
    state.pointee.deadline = 0
    registers[15] = target & ~1
    if mayReturn, target >= 0xF000_0000, processor.isHandler {
      request = .exceptionReturn(target)
    } else {
      processor.isThumb = target & 1 != 0
    }
  }

  func raise(_ trap: Trap) {
    switch trap {
    case .undefined: stop(.usage(FaultStatus.undefinedInstruction))
    case .noCoprocessor: stop(.usage(FaultStatus.noCoprocessor))
    case .supervisorCall:
      request = .supervisorCall
      state.pointee.deadline = 0
    case .breakpoint(let number):
      request = .breakpoint(UInt8(truncatingIfNeeded: number))
      noteInstructionInProgress()
      state.pointee.deadline = 0
    }
  }

  func trapDivideByZero() {
    if system.has(SystemControlBlock.divideByZeroTrap, in: system.configuration) {
      stop(.usage(FaultStatus.divideByZero))
    }
  }

  func hint(_ hint: Hint) {
    switch hint {
    case .waitForInterrupt: request = .sleep(.waitForInterrupt)
    case .waitForEvent: request = .sleep(.waitForEvent)
    case .sendEvent:
      eventRegister = true
      return
    case .dataSynchronization, .dataMemory, .instructionSynchronization: return
    }
    state.pointee.deadline = 0
  }

  func loadExclusive(_ width: AccessWidth, at address: UInt32) -> UInt32 {
    guard isAligned(width, address) else { return 0 }
    let value = load(width, at: address, privileged: processor.isPrivileged)
    if !state.pointee.hasFaulted { monitor.isOpen = false }
    return value
  }

  func storeExclusive(_ width: AccessWidth, _ value: UInt32, at address: UInt32) -> UInt32 {
    guard isAligned(width, address) else { return 1 }
    // Protection comes before the monitor (ExclusiveMonitorsPass()).
    guard isPermitted(.write, at: address, privileged: processor.isPrivileged) else {
      stop(.memoryData(address))
      return 1
    }
    guard !monitor.isOpen else { return 1 }
    store(width, value, at: address, privileged: processor.isPrivileged)
    if !state.pointee.hasFaulted { monitor.isOpen = true }
    return 0
  }

  /// Exclusive accesses of every width must be aligned (A3.2.1).
  private func isAligned(_ width: AccessWidth, _ address: UInt32) -> Bool {
    if address & (width.bytes &- 1) == 0 { return true }
    stop(.usage(FaultStatus.unaligned))
    return false
  }
}
