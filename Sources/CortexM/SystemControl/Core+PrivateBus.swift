// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// The Private Peripheral Bus, 0xE0000000 to 0xE00FFFFF: which component has an address, and what
// an access narrower than a word means.
extension Core {
  private static let instrumentation: UInt32 = 0xE000_0
  private static let watchpoints: UInt32 = 0xE000_1
  private static let systemSpace: UInt32 = 0xE000_E

  /// Cycles without those slept through.
  private var awakeCycles: UInt64 { state.pointee.cycles &- sleepCycleCount }

  /// Unprivileged code may look at the ITM.
  func mayRead(_ address: UInt32, privileged: Bool) -> Bool {
    privileged || address >> 12 == Self.instrumentation && hasPage(address)
  }

  private func hasPage(_ address: UInt32) -> Bool {
    configuration.architecture.isMainline || address >> 12 == Self.systemSpace
  }

  /// An aligned read. What is not modelled reads 0 and is shown to the bus, which keeps the list.
  func readSystemControl(_ address: UInt32, _ bytes: UInt32) -> UInt32 {
    let offset = address & 0xFFC
    let word: UInt32? =
      switch hasPage(address) ? address >> 12 : 0 {
      case Self.instrumentation: trace.read(offset)
      case Self.watchpoints: watchpoint.read(offset, awake: awakeCycles)
      case Self.systemSpace: readSystemSpace(offset)
      default: nil
      }
    guard let word else {
      _ = bus.read(Address(address), BusWidth(bytes), at: now)
      return 0
    }
    return bytes == 4 ? word : word &>> ((address & 3) &* 8) & (1 &<< (bytes &* 8) &- 1)
  }

  /// An aligned write; false where it is refused.
  func writeSystemControl(
    _ address: UInt32, _ value: UInt32, _ bytes: UInt32, privileged: Bool
  ) -> Bool {
    let offset = address & 0xFFC
    // ARMv6-M has no ITM and no cycle counter.
    let page = hasPage(address) ? address >> 12 : 0
    if page == Self.instrumentation, offset < 0x80 {
      let port = Int(offset >> 2)
      if trace.isOpen(port: port, privileged: privileged) {
        bus.trace(port: port, value: value, width: BusWidth(bytes), at: now)
      }
      return true
    }
    let isOpenTrigger =
      address == 0xE000_EF00
      && system.has(SystemControlBlock.userSetPending, in: system.configuration)
    guard privileged || isOpenTrigger else { return false }
    var isModelled = false
    switch page {
    case Self.instrumentation: isModelled = trace.write(offset, value)
    case Self.watchpoints:
      isModelled = watchpoint.write(offset, value, awake: awakeCycles)
      updateWindows()
    case Self.systemSpace: isModelled = writeSystemSpace(address & 0xFFF, value, bytes)
    default: break
    }
    if !isModelled { _ = bus.write(Address(address), value, BusWidth(bytes), at: now) }
    return true
  }

  private func writeSystemSpace(_ offset: UInt32, _ value: UInt32, _ bytes: UInt32) -> Bool {
    // Whatever changed, the run loop looks at interrupts and deadlines again.
    state.pointee.deadline = 0
    switch offset {
    case 0x400..<0x4F0, 0xD18..<0xD24:
      for index in 0..<bytes {
        writePriority(offset &+ index, UInt8(truncatingIfNeeded: value &>> (index &* 8)))
      }
      return true
    case 0xD28..<0xD2C:
      faults.cfsr &= ~(value &<< ((offset & 3) &* 8))
      return true
    default: break
    }
    guard bytes < 4, let old = readSystemSpace(offset & ~3) else {
      return writeSystemWord(offset & ~3, value)
    }
    let shift = (offset & 3) &* 8
    let mask = (1 &<< (bytes &* 8) &- 1) &<< shift
    return writeSystemWord(offset & ~3, old & ~mask | value &<< shift)
  }

  /// Brings SysTick up to date and pends it when it has reached zero.
  func updateSysTick() {
    if sysTick.catchUp(to: state.pointee.cycles) { pend(ExceptionNumber.sysTick) }
  }

  /// Makes an exception pending, from inside or outside.
  func pend(_ number: Int) {
    let wasPending = interrupts.isPending(number)
    interrupts.pend(number)
    if !wasPending { notePending() }
  }

  func notePending() {
    if system.has(SystemControlBlock.sendEventOnPend, in: system.systemControl) {
      eventRegister = true
    }
    state.pointee.deadline = 0
  }
}
