// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The DWT: the cycle counter, and comparators that watch data addresses (ARMv7-M ARM, C1.8).
/// Comparators for instructions, data values, cycles and trace hold what is written to them and
/// never match.
struct DataWatchpoint: Codable {
  /// DWT_CTRL without NUMCOMP; bit 0 lets CYCCNT count.
  private var control: UInt32 = 0
  /// CYCCNT was `count` at awake cycle `anchor`.
  private var count: UInt32 = 0
  private var anchor: UInt64 = 0
  /// COMP, MASK, FUNCTION and a reserved word of four comparators.
  private var comparators = [UInt32](repeating: 0, count: 16)
  /// Whether any comparator watches data.
  private(set) var isWatching = false

  private static let comparatorCount: UInt32 = 4
  private static let matched: UInt32 = 1 << 24

  private func cycleCount(at awake: UInt64) -> UInt32 {
    control & 1 != 0 ? count &+ UInt32(truncatingIfNeeded: awake &- anchor) : count
  }

  /// `awake` is the time without sleep: CYCCNT stands still while the clock is gated.
  mutating func read(_ offset: UInt32, awake: UInt64) -> UInt32? {
    switch offset {
    case 0x00: return Self.comparatorCount << 28 | control
    case 0x04: return cycleCount(at: awake)
    // CPICNT, EXCCNT, SLEEPCNT, LSUCNT, FOLDCNT, PCSR: profiling that is not modelled.
    case 0x08..<0x20: return 0
    case 0x20..<0x60:
      let index = Int(offset - 0x20) >> 2
      defer { if index & 3 == 2 { comparators[index] &= ~Self.matched } }
      return comparators[index]
    default: return nil
    }
  }

  mutating func write(_ offset: UInt32, _ value: UInt32, awake: UInt64) -> Bool {
    switch offset {
    case 0x00:
      (count, anchor) = (cycleCount(at: awake), awake)
      control = value & 0x007F_1FFF
    case 0x04: (count, anchor) = (value, awake)
    case 0x08..<0x20: break
    case 0x20..<0x60:
      comparators[Int(offset - 0x20) >> 2] = value
      noteWatching()
    default: return false
    }
    return true
  }

  // A closure here trips the optimiser of Swift 6.3.
  private mutating func noteWatching() {
    isWatching = false
    for index in 0..<4 where watch(index) != nil { isWatching = true }
  }

  /// What one comparator watches: MASK leaves low bits of the address out.
  private func watch(_ index: Int) -> (addresses: ClosedRange<UInt32>, function: UInt32)? {
    let function = comparators[index * 4 + 2]
    // Neither a cycle nor a data value; 5, 6 and 7 are reads, writes and both.
    guard function & 0x180 == 0, (5...7).contains(function & 15) else { return nil }
    let low: UInt32 = 1 << (comparators[index * 4 + 1] & 31) &- 1
    let first = comparators[index * 4] & ~low
    return (first...first | low, function & 15)
  }

  /// The addresses watched, in whole words.
  var watchedWords: [ClosedRange<UInt32>] {
    (0..<4).compactMap { watch($0)?.addresses }.map { $0.lowerBound & ~3...$0.upperBound | 3 }
  }

  /// Marks the comparators that an access touches; true when there is one.
  mutating func matches(_ address: UInt32, _ bytes: UInt32, isWrite: Bool) -> Bool {
    var matches = false
    for index in 0..<4 {
      guard let (addresses, function) = watch(index), function != (isWrite ? 5 : 6),
        address <= addresses.upperBound, addresses.lowerBound <= address &+ (bytes &- 1)
      else { continue }
      comparators[index * 4 + 2] |= Self.matched
      matches = true
    }
    return matches
  }
}

/// The ITM. Enabled out of reset, unlike silicon, where a debug probe enables it: firmware marks
/// its tasks by writing stimulus ports, and the marks must arrive without a probe. Firmware that
/// asks first (ITM_TCR.ITMENA, ITM_TER) finds it ready.
struct InstrumentationTrace: Codable {
  private var enabledPorts: UInt32 = .max
  private var control: UInt32 = 1
  private var privilege: UInt32 = 0

  func isEnabled(port: Int) -> Bool { control & 1 != 0 && enabledPorts >> UInt32(port) & 1 != 0 }

  /// ITM_TPR keeps ports, eight by eight, for privileged code.
  func isOpen(port: Int, privileged: Bool) -> Bool {
    isEnabled(port: port) && (privileged || privilege >> UInt32(port / 8) & 1 == 0)
  }

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
