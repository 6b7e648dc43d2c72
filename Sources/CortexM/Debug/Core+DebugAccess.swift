// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What a debugger reads and writes between two runs, beside r0–r15 and the singles.
extension Core {
  /// Registers that MRS and MSR reach, and xPSR as it would be stacked.
  package enum SpecialRegister: Int, CaseIterable, Sendable {
    case xpsr, msp, psp, primask, basepri, faultmask, control, fpscr
  }

  package subscript(special register: SpecialRegister) -> UInt32 {
    get {
      switch register {
      case .xpsr: statusRegister
      case .msp: mainStackPointer
      case .psp: processStackPointer
      case .primask: processor.primask ? 1 : 0
      case .basepri: UInt32(processor.basepri)
      case .faultmask: processor.faultmask ? 1 : 0
      case .control: processor.control
      case .fpscr: state.pointee.fpscr.bits
      }
    }
    set {
      switch register {
      // The exception number is not a debugger's to change.
      case .xpsr: statusRegister = newValue & ~0x1FF | UInt32(processor.exceptionNumber)
      case .msp: mainStackPointer = newValue
      case .psp: processStackPointer = newValue
      case .primask: processor.primask = newValue & 1 != 0
      case .basepri: processor.basepri = UInt8(truncatingIfNeeded: newValue) & priorityMask
      case .faultmask: processor.faultmask = newValue & 1 != 0
      case .control: setControl(newValue)
      case .fpscr: state.pointee.fpscr = FPSCR(newValue & FPSCR.writableMask)
      }
      updateFloatingPointReady()
    }
  }

  private var priorityMask: UInt8 { interrupts.priorityMask }

  private func setControl(_ value: UInt32) {
    changeStack {
      processor.isUnprivilegedThread = value & 1 != 0
      if !processor.isHandler { processor.usesProcessStack = value & 2 != 0 }
    }
    if configuration.hasFloatingPointUnit {
      processor.isFloatingPointActive = value & 4 != 0
    }
  }

  /// Puts pc where a debugger wants it: a sleeping core wakes there, outside any IT block.
  package func setProgramCounter(_ address: UInt32) {
    registers[15] = address & ~1
    (state.pointee.itState, continuation) = (0, 0)
    processor.isThumb = true
    sleep = nil
  }

  package var isAsleep: Bool { sleep != nil }

  /// The stack in use is the process stack.
  package var usesProcessStack: Bool { stackInUse == .process }

  /// r13 as the interrupted program had it, while an exception that nobody handles has its frame on
  /// the stack and no handler.
  package var interruptedStackPointer: UInt32? { entry?.interruptedStackPointer }

  /// FPCCR.LSPACT: the frame at the top of the stack is an extended one, its upper part not stored
  /// yet.
  package var hasLazyFrame: Bool {
    system.has(SystemControlBlock.lazyStateActive, in: system.floatingPointContext)
  }

  /// A word of the private peripheral bus, without the side effects that reading it has.
  package func inspectPrivateBus(_ address: UInt32) -> UInt32 {
    let before = snapshot()
    defer { restore(before) }
    return readSystemControl(address & ~3, 4)
  }

  /// A write to the private peripheral bus, as privileged code would make it.
  package func pokePrivateBus(_ address: UInt32, _ value: UInt32, bytes: UInt32) -> Bool {
    defer { updateWindows() }
    return writeSystemControl(address, value, bytes, privileged: true)
  }
}
