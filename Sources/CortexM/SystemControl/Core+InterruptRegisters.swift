// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The NVIC's registers, ICSR and SHCSR (ARMv7-M ARM, B3.2.4, B3.2.13, B3.4).
extension Core {
  /// Calls `body` with bit and exception number for each interrupt of register `offset & 0x7C`.
  private func forEachInterrupt(_ offset: UInt32, _ body: (UInt32, Int) -> Void) {
    let first = ExceptionNumber.firstInterrupt + Int(offset & 0x7C) * 8
    for bit in 0..<32 where interrupts.isImplemented(first + bit) && first + bit < 256 {
      body(1 << UInt32(bit), first + bit)
    }
  }

  func readInterruptRegister(_ offset: UInt32) -> UInt32 {
    if offset >= 0x400 { return priorityWord(first: Int(offset &- 0x400) + 16) }
    var word: UInt32 = 0
    forEachInterrupt(offset) { bit, number in
      let isSet =
        switch offset >> 7 {
        case 2, 3: interrupts.isEnabled(number)
        case 4, 5: interrupts.isPending(number)
        case 6: interrupts.isActive(number)
        default: false
        }
      if isSet { word |= bit }
    }
    return word
  }

  func writeInterruptRegister(_ offset: UInt32, _ value: UInt32) {
    forEachInterrupt(offset) { bit, number in
      guard value & bit != 0 else { return }
      switch offset >> 7 {
      case 2: interrupts.setEnabled(number, true)
      case 3: interrupts.setEnabled(number, false)
      case 4: pend(number)
      case 5: interrupts.unpend(number)
      default: break
      }
    }
  }

  /// Four priority bytes, the first of exception `first`.
  func priorityWord(first: Int) -> UInt32 {
    (0..<4).reduce(0) { word, index in
      let number = first + index
      guard number < 256, interrupts.isImplemented(number) else { return word }
      return word | UInt32(interrupts.priorityByte(number)) << UInt32(index * 8)
    }
  }

  /// One byte of NVIC_IPR or SHPR.
  func writePriority(_ offset: UInt32, _ value: UInt8) {
    let number = offset < 0xD18 ? Int(offset &- 0x400) + 16 : Int(offset &- 0xD18) + 4
    if number < 256 { interrupts.setPriorityByte(number, value) }
  }

  /// ICSR.
  var interruptControlState: UInt32 {
    var word = UInt32(processor.exceptionNumber)
    if interrupts.activeCount <= 1 { word |= 1 << 11 }
    word |= UInt32(interrupts.mostUrgentPending ?? 0) << 12
    if interrupts.isInterruptPending { word |= 1 << 22 }
    if interrupts.isPending(ExceptionNumber.sysTick) { word |= 1 << 26 }
    if interrupts.isPending(ExceptionNumber.pendSV) { word |= 1 << 28 }
    if interrupts.isPending(ExceptionNumber.nonMaskable) { word |= 1 << 31 }
    return word
  }

  func writeInterruptControlState(_ value: UInt32) {
    if value & 1 << 31 != 0 { pend(ExceptionNumber.nonMaskable) }
    if value & 1 << 28 != 0 { pend(ExceptionNumber.pendSV) }
    if value & 1 << 27 != 0 { interrupts.unpend(ExceptionNumber.pendSV) }
    if value & 1 << 26 != 0 { pend(ExceptionNumber.sysTick) }
    if value & 1 << 25 != 0 { interrupts.unpend(ExceptionNumber.sysTick) }
  }

  private static let activeBits: [(UInt32, Int)] = [
    (0, ExceptionNumber.memoryManagement), (1, ExceptionNumber.busFault),
    (3, ExceptionNumber.usageFault), (7, ExceptionNumber.supervisorCall),
    (8, ExceptionNumber.debugMonitor), (10, ExceptionNumber.pendSV),
    (11, ExceptionNumber.sysTick),
  ]
  private static let enableBits: [(UInt32, Int)] = [
    (16, ExceptionNumber.memoryManagement), (17, ExceptionNumber.busFault),
    (18, ExceptionNumber.usageFault),
  ]
  private static let pendingBits: [(UInt32, Int)] = [
    (12, ExceptionNumber.usageFault), (13, ExceptionNumber.memoryManagement),
    (14, ExceptionNumber.busFault), (15, ExceptionNumber.supervisorCall),
  ]

  /// SHCSR.
  var systemHandlerState: UInt32 {
    var word: UInt32 = 0
    for (bit, number) in Self.activeBits where interrupts.isActive(number) { word |= 1 << bit }
    for (bit, number) in Self.pendingBits where interrupts.isPending(number) { word |= 1 << bit }
    for (bit, number) in Self.enableBits where interrupts.isEnabled(number) { word |= 1 << bit }
    return word
  }

  func writeSystemHandlerState(_ value: UInt32) {
    for (bit, number) in Self.activeBits { interrupts.active[number] = value >> bit & 1 != 0 }
    for (bit, number) in Self.pendingBits {
      if value >> bit & 1 != 0 { pend(number) } else { interrupts.unpend(number) }
    }
    for (bit, number) in Self.enableBits {
      interrupts.setOptionalEnabled(number, value >> bit & 1 != 0)
    }
  }

  /// DEMCR. Without a debugger only TRCENA and DebugMonitor's bits mean anything.
  var debugMonitorControl: UInt32 {
    var word = system.debugMonitor
    if interrupts.isEnabled(ExceptionNumber.debugMonitor) {
      word |= SystemControlBlock.monitorEnable
    }
    if interrupts.isPending(ExceptionNumber.debugMonitor) { word |= SystemControlBlock.monitorPend }
    return word
  }

  func writeDebugMonitorControl(_ value: UInt32) {
    let number = ExceptionNumber.debugMonitor
    interrupts.setOptionalEnabled(number, value & SystemControlBlock.monitorEnable != 0)
    if value & SystemControlBlock.monitorPend != 0 {
      pend(number)
    } else {
      interrupts.unpend(number)
    }
    let own = SystemControlBlock.monitorEnable | SystemControlBlock.monitorPend
    system.debugMonitor = value & 0x010F_07F1 & ~own
  }
}
