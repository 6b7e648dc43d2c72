// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// A counter that is computed, never ticked. It runs on the edges of a clock that has been running
/// since reset, so that neither clearing nor restarting it makes it drift against that clock.
///
/// Counts are 64 bits wide; whoever holds the counter masks them to the width of its register.
struct TickCounter: Codable {
  private let clock: TickClock
  private var divider: UInt64 = 1
  /// The clock's tick at which the count was `base`; nil while stopped.
  private var epoch: UInt64?
  private var base: UInt64 = 0

  init(_ clock: Frequency, reference: Frequency) {
    self.clock = TickClock(clock, reference: reference)
  }

  var isRunning: Bool { epoch != nil }

  func count(at now: Instant) -> UInt64 {
    guard let epoch else { return base }
    let ticks = ticks(at: now)
    return ticks > epoch ? base &+ (ticks &- epoch) / divider : base
  }

  mutating func start(at now: Instant) {
    if epoch == nil { epoch = ticks(at: now) }
  }

  mutating func stop(at now: Instant) {
    base = count(at: now)
    epoch = nil
  }

  mutating func set(_ count: UInt64, at now: Instant) {
    base = count
    if epoch != nil { epoch = ticks(at: now) }
  }

  mutating func divide(by divider: UInt64, at now: Instant) {
    set(count(at: now), at: now)
    self.divider = max(1, divider)
  }

  /// When the count becomes `target`, which lies ahead; nil while stopped.
  func instant(of target: UInt64) -> Instant? {
    guard let epoch else { return nil }
    let (ticks, overflow) = (target &- base).multipliedReportingOverflow(by: divider)
    guard !overflow else { return .never }
    return Instant(sinceReset: clock.span(ofTicks: epoch &+ ticks))
  }

  private func ticks(at now: Instant) -> UInt64 { clock.ticks(in: now.sinceReset) }
}

/// The first count after `count` whose low bits, as many as `mask` has, are `value`.
func nextCount(after count: UInt64, matching value: UInt32, mask: UInt32) -> UInt64 {
  let low = UInt32(truncatingIfNeeded: count)
  return count &+ 1 &+ UInt64((value &- low &- 1) & mask)
}
