// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The report of an exception that nobody handles.
extension Core {
  /// `handler` is the address in the vector, 0 where there is none or none may run.
  func report(_ number: Int, handler: UInt32) -> FaultReport {
    var values = (0..<16).map { registers[$0] }
    let frame = entry?.interruptedStackPointer == nil ? [] : stackedFrame
    values[13] = entry?.interruptedStackPointer ?? values[13]
    let causes = faults.causes
    return FaultReport(
      kind: Self.kind(number), summary: Self.summary(number, causes), causes: causes,
      cfsr: faults.cfsr, hfsr: faults.hfsr, faultAddress: faultAddress, pc: values[15],
      lr: values[14], sp: values[13], registers: values, xpsr: statusRegister,
      control: processor.control, primask: processor.primask ? 1 : 0,
      basepri: UInt32(processor.basepri), exceptionNumber: number, handler: handler,
      stackedFrame: frame, disassembly: disassembly(around: values[15]),
      cycle: state.pointee.cycles, instructionsExecuted: state.pointee.instructions)
  }

  private var stackedFrame: [UInt32] {
    (0..<8).compactMap { index in
      let address = registers[13] &+ UInt32(index * 4)
      return memory(holding: address).flatMap { Self.read($0, address, 4) }
    }
  }

  private var faultAddress: UInt32? {
    if faults.cfsr & FaultStatus.busAddressValid != 0 { return faults.busAddress }
    return faults.cfsr & FaultStatus.memoryAddressValid != 0 ? faults.memoryAddress : nil
  }

  private static func kind(_ number: Int) -> FaultReport.Kind {
    switch number {
    case ExceptionNumber.hardFault: .hardFault
    case ExceptionNumber.memoryManagement: .memoryManagement
    case ExceptionNumber.busFault: .busFault
    case ExceptionNumber.usageFault: .usageFault
    default: .exception(number)
    }
  }

  private static func summary(_ number: Int, _ causes: [String]) -> String {
    let cause = causes.first.map { " (\($0))" } ?? ""
    return name(ofException: number) + cause
  }

  /// "HardFault", "SysTick", "interrupt 14".
  public static func name(ofException number: Int) -> String {
    switch number {
    case 0: "Thread mode"
    case ExceptionNumber.reset: "Reset"
    case ExceptionNumber.nonMaskable: "NMI"
    case ExceptionNumber.hardFault: "HardFault"
    case ExceptionNumber.memoryManagement: "MemManage fault"
    case ExceptionNumber.busFault: "BusFault"
    case ExceptionNumber.usageFault: "UsageFault"
    case ExceptionNumber.supervisorCall: "SVCall"
    case ExceptionNumber.debugMonitor: "DebugMonitor"
    case ExceptionNumber.pendSV: "PendSV"
    case ExceptionNumber.sysTick: "SysTick"
    case ..<ExceptionNumber.firstInterrupt: "reserved exception \(number)"
    default: "interrupt \(number - ExceptionNumber.firstInterrupt)"
    }
  }

  /// A few instructions up to and behind `address`. Instructions have two sizes, so the start is
  /// the nearest place from which decoding arrives at `address`.
  public func disassembly(around address: UInt32, before: Int = 6, after: Int = 4)
    -> [DisassembledLine]
  {
    guard let region = code.region(holding: address) else { return [] }
    var lines: [DisassembledLine] = []
    for distance in stride(from: UInt32(before * 4), through: 0, by: -2) {
      lines = []
      var place = address &- distance
      while place < address, let line = disassembled(place, in: region) {
        lines.append(line)
        place &+= UInt32(line.size)
      }
      if place == address { break }
    }
    lines = lines.suffix(before)
    var place = address
    for _ in 0...after {
      guard let line = disassembled(place, in: region) else { break }
      lines.append(line)
      place &+= UInt32(line.size)
    }
    return lines
  }

  private func disassembled(_ address: UInt32, in region: CodeRegion) -> DisassembledLine? {
    Disassembly.line(at: address, in: region, for: configuration.architecture)
  }
}
