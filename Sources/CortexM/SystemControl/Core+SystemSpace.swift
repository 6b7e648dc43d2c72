// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The System Control Space, word by word (ARMv7-M ARM, B3.2 to B3.5). Offsets are from 0xE000E000.
extension Core {
  /// nil for what is not modelled.
  func readSystemSpace(_ offset: UInt32) -> UInt32? {
    let implemented = implementedBits(of: offset)
    return implemented == 0 ? 0 : readMainline(offset).map { $0 & implemented }
  }

  private func readMainline(_ offset: UInt32) -> UInt32? {
    switch offset {
    case 0x010, 0x014, 0x018:
      updateSysTick()
      return sysTick.read(offset &- 0x010)
    case 0x01C: return configuration.sysTickCalibration
    case 0x100..<0x420, 0x420..<0x4F0: return readInterruptRegister(offset)
    case 0xD04: return interruptControlState
    case 0xD18..<0xD24: return priorityWord(first: Int(offset &- 0xD18) + 4)
    case 0xD24: return systemHandlerState
    case 0xD90..<0xDBC: return protection.read(offset &- 0xD90)
    default: return readSystemRegister(offset) ?? identification(offset)
    }
  }

  private func readSystemRegister(_ offset: UInt32) -> UInt32? {
    switch offset {
    case 0x004: UInt32(max(configuration.interruptCount - 1, 0) / 32)
    case 0x008: system.auxiliaryControl
    case 0xD08: system.vectorTable
    case 0xD0C: 0xFA05_0000 | UInt32(interrupts.priorityGroup) << 8
    case 0xD10: system.systemControl
    case 0xD14: system.configuration
    case 0xD28: faults.cfsr
    case 0xD2C: faults.hfsr
    case 0xD30: faults.dfsr
    case 0xD34: faults.memoryAddress
    case 0xD38: faults.busAddress
    case 0xD3C: 0
    case 0xD88: system.coprocessorAccess
    // DHCSR: no debugger is attached. DCRSR and DCRDR are for one.
    case 0xDF0, 0xDF4, 0xDF8: 0
    case 0xDFC: debugMonitorControl
    case 0xF34: system.floatingPointContext
    case 0xF38: system.floatingPointFrame
    case 0xF3C: system.floatingPointDefaults
    case 0xF40, 0xF44, 0xF48: floatingPointFeatures(offset)
    default: nil
    }
  }

  /// False for what is not modelled.
  func writeSystemWord(_ offset: UInt32, _ value: UInt32) -> Bool {
    let implemented = implementedBits(of: offset)
    if implemented == 0 { return true }
    if implemented == .max { return writeMainline(offset, value) }
    return writeMainline(offset, value & implemented | (readMainline(offset) ?? 0) & ~implemented)
  }

  private func writeMainline(_ offset: UInt32, _ value: UInt32) -> Bool {
    switch offset {
    case 0x010, 0x014, 0x018:
      updateSysTick()
      sysTick.write(offset &- 0x010, value, at: state.pointee.cycles)
    case 0x100..<0x400: writeInterruptRegister(offset, value)
    case 0xD04: writeInterruptControlState(value)
    case 0xD0C: writeApplicationInterrupt(value)
    case 0xD24: writeSystemHandlerState(value)
    case 0xD90..<0xDBC: protection.write(offset &- 0xD90, value)
    case 0xF00: pend(ExceptionNumber.firstInterrupt + Int(value & 0x1FF))
    default: return writeSystemRegister(offset, value)
    }
    return true
  }

  private func writeSystemRegister(_ offset: UInt32, _ value: UInt32) -> Bool {
    switch offset {
    case 0x008: system.auxiliaryControl = value & 0x0307
    case 0xD08: system.vectorTable = value & 0xFFFF_FF80
    case 0xD10: system.systemControl = value & 0x16
    case 0xD14:
      system.setConfiguration(value, of: configuration.processor)
      updateWindows()
    case 0xD2C: faults.hfsr &= ~value
    case 0xD30: faults.dfsr &= ~value
    case 0xD34: faults.memoryAddress = value
    case 0xD38: faults.busAddress = value
    case 0xD88:
      system.coprocessorAccess = configuration.hasFloatingPointUnit ? value & 0x00F0_0000 : 0
    case 0xDFC: writeDebugMonitorControl(value)
    case 0xF34: system.floatingPointContext = value & 0xC000_017B
    case 0xF38: system.floatingPointFrame = value & ~7
    case 0xF3C: system.floatingPointDefaults = value & 0x07C0_0000
    // Read-only words, and debugger registers without a debugger.
    case 0x004, 0x01C, 0xD00, 0xD3C..<0xD84, 0xDF0..<0xDFC, 0xF40..<0xF4C: break
    default: return writeCache(offset, value)
    }
    updateFloatingPointReady()
    return true
  }

  /// AIRCR: nothing happens without the key.
  private func writeApplicationInterrupt(_ value: UInt32) {
    guard value >> 16 == 0x05FA else { return }
    interrupts.priorityGroup = UInt8(value >> 8 & 7)
    if value & 1 << 2 != 0 { resetRequested = true }
  }
}
