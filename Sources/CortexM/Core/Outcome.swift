// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why `Core.run` came back.
public enum Outcome: Sendable {
  /// The instant asked for has come; instructions never stop half-way, so `now` may be later.
  case deadline
  /// WFI, WFE or sleep-on-exit: nothing runs until an interrupt or event.
  case sleeping(Sleep)
  /// `Core.yield()` was called during a bus access.
  case yielded
  /// BKPT; pc is still at it. `Core.skipBreakpoint()` goes on behind it.
  case breakpoint(UInt8)
  /// An exception that the image does not handle is about to be taken.
  case unhandled(FaultReport)
  /// A fault at a priority where none can be taken (ARMv7-M ARM, B1.5.15).
  case lockup(FaultReport)
  /// AIRCR.SYSRESETREQ.
  case resetRequested

  public enum Sleep: Codable, Sendable { case waitForInterrupt, waitForEvent }
}

/// All that is known about an exception that stopped the run. Words are resolved; what needs the
/// image's symbols is left to whoever prints it.
public struct FaultReport: Sendable {
  public enum Kind: Equatable, Sendable {
    case hardFault, memoryManagement, busFault, usageFault
    /// Any other exception, by number, that met no handler.
    case exception(Int)
  }
  public var kind: Kind
  /// "BusFault: precise data access", "HardFault: forced (…)", one line.
  public var summary: String
  /// Set bits of CFSR and HFSR, each as its name and meaning.
  public var causes: [String]
  public var cfsr: UInt32
  public var hfsr: UInt32
  /// MMFAR or BFAR where that is valid.
  public var faultAddress: UInt32?
  /// The instruction that faulted, or that was about to run.
  public var pc: UInt32
  public var lr: UInt32
  public var sp: UInt32
  /// r0 to r15 as they were before the exception.
  public var registers: [UInt32]
  public var xpsr: UInt32
  public var control: UInt32
  public var primask: UInt32
  public var basepri: UInt32
  /// Number of the exception that would have been taken, and its handler's address (0: no vector).
  public var exceptionNumber: Int
  public var handler: UInt32
  /// The exception frame on the stack, lowest address first: r0–r3, r12, lr, pc, xPSR. Empty when
  /// nothing was stacked.
  public var stackedFrame: [UInt32]
  /// Disassembly around pc, one line each.
  public var disassembly: [DisassembledLine]
  public var cycle: UInt64
  public var instructionsExecuted: UInt64
}

/// One instruction as a debugger lists it.
public struct DisassembledLine: Equatable, Sendable {
  public var address: UInt32
  /// "f7ff fffe" or "4770".
  public var encoding: String
  public var text: String
  /// Bytes taken: 2 or 4.
  public var size: Int
}
