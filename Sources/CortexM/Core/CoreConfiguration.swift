// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a chip maker chose when the processor was built into a chip.
public struct CoreConfiguration: Sendable {
  public let processor: ProcessorModel
  /// The processor's, with the floating-point extension that was chosen for it.
  public let architecture: Architecture
  /// External interrupt lines, 0 to 240; at most 32 of ARMv6-M.
  public var interruptCount: Int
  /// Priority bits that are implemented, 3 to 8, and 2 of ARMv6-M; the rest of each priority byte
  /// reads as zero.
  public var priorityBits: Int
  /// Regions that MPU_TYPE reports; 0 is a core without an MPU.
  public var mpuRegionCount: Int
  /// Cycles of MULS on Cortex-M0 and M0+: 1 or, with the small multiplier, 32.
  public var multiplierCycles: Int
  /// SYST_CALIB as the chip wires it: NOREF, SKEW and the reload value for 10 ms.
  public var sysTickCalibration: UInt32
  /// SYST clock source of CSR.CLKSOURCE = 0 in core cycles per tick; 0 when there is none.
  public var sysTickReferenceDivider: UInt32
  /// Whether words from 0x22000000 and 0x42000000 stand for the bits of the first MiB of RAM and of
  /// the peripherals.
  public var hasBitBanding: Bool
  public var exceptionTiming: ExceptionTiming

  /// - Parameter floatingPoint: `.none` where the processor cannot be built with it.
  public init(
    processor: ProcessorModel = .cortexM4,
    floatingPoint: Architecture.FloatingPoint = .fpv4Single,
    interruptCount: Int, priorityBits: Int = 3, mpuRegionCount: Int = 8,
    multiplierCycles: Int = 1, sysTickCalibration: UInt32 = 0x8000_0000,
    sysTickReferenceDivider: UInt32 = 0, hasBitBanding: Bool = false,
    exceptionTiming: ExceptionTiming? = nil
  ) {
    self.processor = processor
    let isOption = processor.floatingPointOptions.contains(floatingPoint)
    architecture = Architecture(processor.profile, isOption ? floatingPoint : .none)
    self.interruptCount = min(max(interruptCount, 0), architecture.isMainline ? 240 : 32)
    let isMainline = architecture.isMainline
    self.priorityBits = isMainline ? min(max(priorityBits, 3), 8) : 2
    let hasProtection = processor != .cortexM0
    self.mpuRegionCount = hasProtection ? min(max(mpuRegionCount, 0), isMainline ? 16 : 8) : 0
    self.multiplierCycles = min(max(multiplierCycles, 1), 32)
    self.sysTickCalibration = sysTickCalibration
    self.sysTickReferenceDivider = sysTickReferenceDivider
    self.hasBitBanding = hasBitBanding
    self.exceptionTiming = exceptionTiming ?? ExceptionTiming(processor)
  }

  public var hasFloatingPointUnit: Bool { architecture.floatingPoint != .none }
}

/// Cycles that exceptions cost with zero-wait-state memory (Cortex-M4 TRM, 3.9).
public struct ExceptionTiming: Sendable {
  /// From the instruction boundary to the first instruction of the handler.
  public var entry: UInt64
  /// From the end of one handler to the first instruction of the next.
  public var tailChain: UInt64
  /// From the return instruction to the interrupted program, its own cycle not included.
  public var exit: UInt64
  /// Added to entry or exit when S0–S15 and FPSCR move at once (lazy stacking off, or state
  /// already saved), and to the instruction that makes a lazy save happen.
  public var floatingPointFrame: UInt64

  public init(entry: UInt64, tailChain: UInt64, exit: UInt64, floatingPointFrame: UInt64) {
    self.entry = entry
    self.tailChain = tailChain
    self.exit = exit
    self.floatingPointFrame = floatingPointFrame
  }

  /// The latency from the interrupt to its handler is the TRMs' (Cortex-M0 3.6, M0+ 3.6, M3 and M4
  /// 3.9; M7's is that of M4); the other two are known for M3 and M4 only and derived for the rest.
  public init(_ processor: ProcessorModel) {
    switch processor {
    case .cortexM0: self = ExceptionTiming(entry: 16, tailChain: 8, exit: 12, floatingPointFrame: 0)
    case .cortexM0Plus:
      self = ExceptionTiming(entry: 15, tailChain: 7, exit: 11, floatingPointFrame: 0)
    case .cortexM3, .cortexM4, .cortexM7: self = .cortexM4
    }
  }

  public static let cortexM4 = ExceptionTiming(
    entry: 12, tailChain: 6, exit: 10, floatingPointFrame: 17)
}
