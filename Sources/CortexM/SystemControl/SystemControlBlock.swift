// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The part of the System Control Block and the FP context registers that is plain storage
/// (ARMv7-M ARM, B3.2).
struct SystemControlBlock: Codable {
  var vectorTable: UInt32 = 0
  /// SCR: SLEEPONEXIT, SLEEPDEEP, SEVONPEND.
  var systemControl: UInt32 = 0
  /// CCR; STKALIGN is set out of reset.
  private(set) var configuration: UInt32
  var coprocessorAccess: UInt32 = 0
  var auxiliaryControl: UInt32 = 0
  /// FPCCR: ASPEN and LSPEN are set out of reset.
  var floatingPointContext: UInt32 = 0xC000_0000
  var floatingPointFrame: UInt32 = 0
  var floatingPointDefaults: UInt32 = 0
  /// DEMCR without MON_EN and MON_PEND, which the interrupt controller holds. TRCENA is set out of
  /// reset here, see `InstrumentationTrace`.
  var debugMonitor: UInt32 = 1 << 24

  /// CSSELR, and ITCMCR to ABFSR: registers of Cortex-M7 that only hold what is written.
  var cacheSelection: UInt32 = 0
  var memoryControl = [UInt32](repeating: 0, count: 7)

  init(_ processor: ProcessorModel) {
    // ARMv6-M traps every unaligned access; Cortex-M7 always predicts branches.
    switch processor {
    case .cortexM0, .cortexM0Plus: configuration = Self.stackAlign | Self.unalignedTrap
    case .cortexM3, .cortexM4: configuration = Self.stackAlign
    case .cortexM7: configuration = Self.stackAlign | Self.branchPrediction
    }
  }

  /// CCR, which ARMv6-M only reads.
  mutating func setConfiguration(_ value: UInt32, of processor: ProcessorModel) {
    switch processor {
    case .cortexM0, .cortexM0Plus: break
    case .cortexM3, .cortexM4: configuration = value & 0x31B
    // STKALIGN is fixed, and the caches can be turned on.
    case .cortexM7:
      configuration = value & 0x3_011B | Self.stackAlign | Self.branchPrediction
    }
  }

  static let sleepOnExit: UInt32 = 1 << 1
  static let sendEventOnPend: UInt32 = 1 << 4
  static let threadModeAnyLevel: UInt32 = 1 << 0
  static let userSetPending: UInt32 = 1 << 1
  static let unalignedTrap: UInt32 = 1 << 3
  static let divideByZeroTrap: UInt32 = 1 << 4
  static let ignoreBusFault: UInt32 = 1 << 8
  static let stackAlign: UInt32 = 1 << 9
  static let branchPrediction: UInt32 = 1 << 18
  static let automaticState: UInt32 = 1 << 31
  static let lazyState: UInt32 = 1 << 30
  static let lazyStateActive: UInt32 = 1 << 0
  static let lazyStateOfUser: UInt32 = 1 << 1

  static let monitorEnable: UInt32 = 1 << 16
  static let monitorPend: UInt32 = 1 << 17
  static let monitorStep: UInt32 = 1 << 18

  func has(_ bit: UInt32, in word: UInt32) -> Bool { word & bit != 0 }
}
