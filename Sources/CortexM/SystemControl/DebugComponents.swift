// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The DWT: the cycle counter, and comparators that hold what is written to them but never match
/// (ARMv7-M ARM, C1.8).
struct DataWatchpoint {
  /// DWT_CTRL without NUMCOMP; bit 0 lets CYCCNT count.
  private var control: UInt32 = 0
  /// CYCCNT was `count` at awake cycle `anchor`.
  private var count: UInt32 = 0
  private var anchor: UInt64 = 0
  /// COMP, MASK, FUNCTION and a reserved word of four comparators.
  private var comparators = [UInt32](repeating: 0, count: 16)

  private static let comparatorCount: UInt32 = 4

  private func cycleCount(at awake: UInt64) -> UInt32 {
    control & 1 != 0 ? count &+ UInt32(truncatingIfNeeded: awake &- anchor) : count
  }

  /// `awake` is the time without sleep: CYCCNT stands still while the clock is gated.
  func read(_ offset: UInt32, awake: UInt64) -> UInt32? {
    switch offset {
    case 0x00: Self.comparatorCount << 28 | control
    case 0x04: cycleCount(at: awake)
    // CPICNT, EXCCNT, SLEEPCNT, LSUCNT, FOLDCNT, PCSR: profiling that is not modelled.
    case 0x08..<0x20: 0
    case 0x20..<0x60: comparators[Int(offset - 0x20) >> 2]
    default: nil
    }
  }

  mutating func write(_ offset: UInt32, _ value: UInt32, awake: UInt64) -> Bool {
    switch offset {
    case 0x00:
      (count, anchor) = (cycleCount(at: awake), awake)
      control = value & 0x007F_1FFF
    case 0x04: (count, anchor) = (value, awake)
    case 0x08..<0x20: break
    case 0x20..<0x60: comparators[Int(offset - 0x20) >> 2] = value
    default: return false
    }
    return true
  }
}

/// The ITM. Enabled out of reset, unlike silicon, where a debug probe enables it: firmware marks
/// its tasks by writing stimulus ports, and the marks must arrive without a probe. Firmware that
/// asks first (ITM_TCR.ITMENA, ITM_TER) finds it ready.
struct InstrumentationTrace {
  private var enabledPorts: UInt32 = .max
  private var control: UInt32 = 1
  private var privilege: UInt32 = 0

  func isEnabled(port: Int) -> Bool { control & 1 != 0 && enabledPorts >> UInt32(port) & 1 != 0 }

  /// nil for what the ITM does not have.
  func read(_ offset: UInt32) -> UInt32? {
    switch offset {
    case 0..<0x80: 1  // the stimulus FIFO is ready
    case 0xE00: enabledPorts
    case 0xE40: privilege
    case 0xE80: control
    case 0xFB0: 0
    case 0xFB4: 0b01  // lock not implemented for the processor
    default: nil
    }
  }

  /// Stimulus ports are the caller's.
  mutating func write(_ offset: UInt32, _ value: UInt32) -> Bool {
    switch offset {
    case 0xE00: enabledPorts = value
    case 0xE40: privilege = value & 15
    case 0xE80: control = value & 0x007F_0F1F
    case 0xFB0: break  // LAR
    default: return false
    }
    return true
  }
}
