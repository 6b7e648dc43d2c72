// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The SysTick timer (ARMv7-M ARM, B3.3). The count is computed from the time, never ticked.
struct SysTick: Codable {
  /// Core cycles per tick of the external reference clock; 0 when the chip has none.
  let referenceDivider: UInt32
  private(set) var control: UInt32 = 0
  private(set) var reload: UInt32 = 0
  /// COUNTFLAG: reached zero since it was last read.
  private var hasCounted = false
  /// The count was `value` at cycle `anchor`, on a tick.
  private var anchor: UInt64 = 0
  private var value: UInt32 = 0

  private static let enable: UInt32 = 1
  private static let interrupt: UInt32 = 2
  private static let coreClock: UInt32 = 4

  init(referenceDivider: UInt32) { self.referenceDivider = referenceDivider }

  private var isRunning: Bool { control & Self.enable != 0 }
  private var cyclesPerTick: UInt64 {
    control & Self.coreClock != 0 || referenceDivider == 0 ? 1 : UInt64(referenceDivider)
  }

  /// When the count next goes from 1 to 0 with an interrupt asked for; `.max` if never.
  var nextInterrupt: UInt64 {
    guard isRunning, control & Self.interrupt != 0 else { return .max }
    if value > 0 { return anchor &+ UInt64(value) &* cyclesPerTick }
    return reload == 0 ? .max : anchor &+ (UInt64(reload) &+ 1) &* cyclesPerTick
  }

  /// Brings the count up to `now`; true when it reached zero and SysTick is to be pended.
  mutating func catchUp(to now: UInt64) -> Bool {
    guard isRunning, now > anchor else { return false }
    let elapsed = (now &- anchor) / cyclesPerTick
    anchor &+= elapsed &* cyclesPerTick
    guard elapsed >= UInt64(value) else {
      value &-= UInt32(truncatingIfNeeded: elapsed)
      return false
    }
    // The tick after zero loads the reload value; a reload value of zero stops at zero.
    let wasCounting = value > 0
    let beyond = elapsed &- UInt64(value)
    let period = UInt64(reload) &+ 1
    let reached = wasCounting || (reload != 0 && beyond >= period)
    let phase = beyond % period
    value = phase == 0 ? 0 : reload &- UInt32(truncatingIfNeeded: phase &- 1)
    if reached { hasCounted = true }
    return reached && control & Self.interrupt != 0
  }

  /// Reads CSR, RVR or CVR; the caller has caught up.
  mutating func read(_ offset: UInt32) -> UInt32 {
    switch offset {
    case 0x0:
      let flag: UInt32 = hasCounted ? 1 << 16 : 0
      hasCounted = false
      return control | flag | (referenceDivider == 0 ? Self.coreClock : 0)
    case 0x4: return reload
    default: return value
    }
  }

  /// Writes CSR, RVR or CVR; the caller has caught up.
  mutating func write(_ offset: UInt32, _ written: UInt32, at now: UInt64) {
    switch offset {
    case 0x0:
      if !isRunning { anchor = now }
      control = written & 7
    case 0x4: reload = written & 0x00FF_FFFF
    default:
      (value, hasCounted, anchor) = (0, false, now)
    }
  }

  mutating func reset() { self = SysTick(referenceDivider: referenceDivider) }
}
