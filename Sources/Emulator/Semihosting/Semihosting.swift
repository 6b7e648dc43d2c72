// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The calls of Arm semihosting (BKPT 0xAB; Semihosting for AArch32 and AArch64, release 3.0,
/// section 7): how a program without an operating system asks its debugger for files, text and
/// time.
enum Semihosting {
  static let breakpoint: UInt8 = 0xAB

  enum Call: UInt32 {
    case open = 0x01
    case close = 0x02
    case writeCharacter = 0x03
    case writeText = 0x04
    case write = 0x05
    case read = 0x06
    case readCharacter = 0x07
    case isError = 0x08
    case isTerminal = 0x09
    case seek = 0x0A
    case length = 0x0C
    case temporaryName = 0x0D
    case remove = 0x0E
    case rename = 0x0F
    case clock = 0x10
    case time = 0x11
    case system = 0x12
    case errorNumber = 0x13
    case commandLine = 0x15
    case heapInformation = 0x16
    case exit = 0x18
    case exitExtended = 0x20
    case elapsed = 0x30
    case tickFrequency = 0x31
  }

  /// What becomes of a call.
  enum Answer {
    /// Goes into r0.
    case value(UInt32)
    /// The program waits for something to be typed; it asks again a little later.
    case waits
    case ends(StopReason)

    static let failure = Answer.value(.max)
    static let success = Answer.value(0)
  }

  /// ADP_Stopped_ApplicationExit: the program ended as it meant to.
  static let applicationExit: UInt32 = 0x20026
  /// Longer texts are cut, so that a runaway pointer ends.
  static let longestText = 1 << 16
  static let longestName = 4096
  /// 2026-01-01 00:00:00 UTC: when every run starts, by SYS_TIME.
  static let startOfTime: UInt64 = 1_767_225_600

  /// The name of a reason to stop that is no end of a program (table "Software reason codes").
  static func name(ofReason reason: UInt32) -> String {
    let names: [UInt32: String] = [
      0x20000: "BranchThroughZero", 0x20001: "UndefinedInstr", 0x20002: "SoftwareInterrupt",
      0x20003: "PrefetchAbort", 0x20004: "DataAbort", 0x20005: "AddressException",
      0x20006: "IRQ", 0x20007: "FIQ", 0x20020: "BreakPoint", 0x20021: "WatchPoint",
      0x20022: "StepComplete", 0x20023: "RunTimeErrorUnknown", 0x20024: "InternalError",
      0x20025: "UserInterruption", 0x20027: "StackOverflow", 0x20028: "DivisionByZero",
      0x20029: "OSSpecific",
    ]
    return names[reason].map { "ADP_Stopped_\($0)" } ?? "reason 0x\(String(reason, radix: 16))"
  }
}

/// Where a program's heap and stack may lie, for SYS_HEAPINFO; 0 leaves it to the program.
struct HeapInformation: Equatable, Sendable {
  var heapBase: UInt32 = 0
  var heapLimit: UInt32 = 0
  var stackBase: UInt32 = 0
  var stackLimit: UInt32 = 0

  var words: [UInt32] { [heapBase, heapLimit, stackBase, stackLimit] }
}
