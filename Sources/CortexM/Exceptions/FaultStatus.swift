// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A synchronous fault: which exception it asks for and what the status registers shall say.
struct Fault: Equatable {
  var exception: Int
  /// Bits to set in CFSR.
  var status: UInt32
  /// For MMFAR or BFAR.
  var address: UInt32?

  static func busData(_ address: UInt32) -> Fault {
    Fault(
      exception: ExceptionNumber.busFault,
      status: FaultStatus.preciseData | FaultStatus.busAddressValid, address: address)
  }
  static func memoryData(_ address: UInt32) -> Fault {
    Fault(
      exception: ExceptionNumber.memoryManagement,
      status: FaultStatus.dataAccess | FaultStatus.memoryAddressValid, address: address)
  }
  static func usage(_ status: UInt32) -> Fault {
    Fault(exception: ExceptionNumber.usageFault, status: status)
  }
  static let busInstruction = Fault(
    exception: ExceptionNumber.busFault, status: FaultStatus.busInstruction)
  /// A fetch from a region where nothing may execute.
  static let executeNever = Fault(
    exception: ExceptionNumber.memoryManagement, status: FaultStatus.instructionAccess)
}

/// CFSR, HFSR, DFSR, MMFAR and BFAR (ARMv7-M ARM, B3.2.15 to B3.2.18).
struct FaultStatus: Codable {
  var cfsr: UInt32 = 0
  var hfsr: UInt32 = 0
  var dfsr: UInt32 = 0
  var memoryAddress: UInt32 = 0
  var busAddress: UInt32 = 0

  static let instructionAccess: UInt32 = 1 << 0
  static let dataAccess: UInt32 = 1 << 1
  static let memoryUnstacking: UInt32 = 1 << 3
  static let memoryStacking: UInt32 = 1 << 4
  static let memoryLazySave: UInt32 = 1 << 5
  static let memoryAddressValid: UInt32 = 1 << 7
  static let busInstruction: UInt32 = 1 << 8
  static let preciseData: UInt32 = 1 << 9
  static let impreciseData: UInt32 = 1 << 10
  static let busUnstacking: UInt32 = 1 << 11
  static let busStacking: UInt32 = 1 << 12
  static let busLazySave: UInt32 = 1 << 13
  static let busAddressValid: UInt32 = 1 << 15
  static let undefinedInstruction: UInt32 = 1 << 16
  static let invalidState: UInt32 = 1 << 17
  static let invalidReturn: UInt32 = 1 << 18
  static let noCoprocessor: UInt32 = 1 << 19
  static let unaligned: UInt32 = 1 << 24
  static let divideByZero: UInt32 = 1 << 25

  static let vectorTable: UInt32 = 1 << 1
  static let forced: UInt32 = 1 << 30
  static let debugEvent: UInt32 = 1 << 31

  /// DFSR.
  static let halted: UInt32 = 1 << 0
  static let breakpoint: UInt32 = 1 << 1
  static let watchpoint: UInt32 = 1 << 2

  mutating func record(_ fault: Fault) {
    cfsr |= fault.status
    guard let address = fault.address else { return }
    if fault.exception == ExceptionNumber.memoryManagement { memoryAddress = address }
    if fault.exception == ExceptionNumber.busFault { busAddress = address }
  }

  /// The exception that a bit of CFSR belongs to.
  static func exception(of status: UInt32) -> Int {
    if status & 0xFF != 0 { return ExceptionNumber.memoryManagement }
    return status & 0xFF00 != 0 ? ExceptionNumber.busFault : ExceptionNumber.usageFault
  }
}

// Names, as the manual spells them, with what they mean.
extension FaultStatus {
  private static let names: [(UInt32, String)] = [
    (instructionAccess, "IACCVIOL: instruction fetch from a region that may not execute"),
    (dataAccess, "DACCVIOL: data access refused by the memory protection"),
    (memoryUnstacking, "MUNSTKERR: access refused while unstacking for exception return"),
    (memoryStacking, "MSTKERR: access refused while stacking for exception entry"),
    (memoryLazySave, "MLSPERR: access refused while saving floating-point state lazily"),
    (busInstruction, "IBUSERR: nothing answered an instruction fetch"),
    (preciseData, "PRECISERR: nothing answered a data access"),
    (impreciseData, "IMPRECISERR: a buffered write failed"),
    (busUnstacking, "UNSTKERR: the stack could not be read for exception return"),
    (busStacking, "STKERR: the stack could not be written for exception entry"),
    (busLazySave, "LSPERR: floating-point state could not be saved lazily"),
    (undefinedInstruction, "UNDEFINSTR: undefined instruction"),
    (invalidState, "INVSTATE: branch to an address without the Thumb bit, or a bad EPSR"),
    (invalidReturn, "INVPC: exception return with a value or stack that does not fit"),
    (noCoprocessor, "NOCP: the floating-point unit or coprocessor is not enabled (CPACR)"),
    (unaligned, "UNALIGNED: unaligned access where none is allowed"),
    (divideByZero, "DIVBYZERO: division by zero with CCR.DIV_0_TRP set"),
  ]

  /// Every set bit of CFSR and HFSR as "NAME: meaning".
  var causes: [String] {
    var causes = Self.names.filter { cfsr & $0.0 != 0 }.map(\.1)
    if hfsr & Self.vectorTable != 0 { causes.append("VECTTBL: the vector could not be read") }
    if hfsr & Self.forced != 0 {
      causes.append("FORCED: a fault without a handler at this priority became a HardFault")
    }
    if hfsr & Self.debugEvent != 0 { causes.append("DEBUGEVT: a debug event without a debugger") }
    return causes
  }
}
