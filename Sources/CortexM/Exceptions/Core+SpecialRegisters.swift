// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// MRS, MSR and CPS beyond the flags (ARMv7-M ARM, B5.2).
extension Core {
  /// MRS; APSR bits are the caller's.
  func readSpecial(_ number: UInt8) -> UInt32 {
    switch number {
    case 1, 3, 5, 7: return UInt32(processor.exceptionNumber)
    case 8: return processor.isPrivileged ? mainStackPointer : 0
    case 9: return processor.isPrivileged ? processStackPointer : 0
    case 16: return processor.isPrivileged && processor.primask ? 1 : 0
    case 17, 18: return processor.isPrivileged ? UInt32(processor.basepri) : 0
    case 19: return processor.isPrivileged && processor.faultmask ? 1 : 0
    case 20: return processor.control
    default: return 0
    }
  }

  /// MSR; APSR bits are the caller's.
  func writeSpecial(_ number: UInt8, _ value: UInt32) {
    guard processor.isPrivileged else { return }
    state.pointee.deadline = 0
    switch number {
    case 8: mainStackPointer = value
    case 9: processStackPointer = value
    case 16: processor.primask = value & 1 != 0
    case 17: processor.basepri = priority(value)
    case 18:
      let new = priority(value)
      if new != 0, processor.basepri == 0 || new < processor.basepri { processor.basepri = new }
    case 19: setFaultmask(value & 1 != 0)
    case 20: writeControl(value)
    default: break
    }
  }

  func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool) {
    guard processor.isPrivileged else { return }
    state.pointee.deadline = 0
    if primask { processor.primask = disable }
    if faultmask { setFaultmask(disable) }
  }

  private func priority(_ value: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: value) & interrupts.priorityMask
  }

  /// FAULTMASK cannot be set at the priority of HardFault or NMI.
  private func setFaultmask(_ value: Bool) {
    if !value { processor.faultmask = false }
    if value, executionPriority > -1 { processor.faultmask = true }
  }

  private func writeControl(_ written: UInt32) {
    // Cortex-M0 has no unprivileged state.
    let value = configuration.processor == .cortexM0 ? written & ~1 : written
    changeStack {
      if !processor.isHandler {
        processor.isUnprivilegedThread = value & 1 != 0
        processor.usesProcessStack = value & 2 != 0
      }
    }
    if processor.isHandler { processor.isUnprivilegedThread = value & 1 != 0 }
    if configuration.hasFloatingPointUnit {
      processor.isFloatingPointActive = value & 4 != 0
    }
    updateFloatingPointReady()
  }
}
