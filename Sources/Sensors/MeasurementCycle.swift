// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// When a slow sensor has something new: at a rate, or once after it was told to measure.
struct MeasurementCycle: Codable, Sendable {
  private var clock: OutputClock
  private let conversion: Cycles
  private var oneShotEndsAt: Instant?
  private var oneShots: UInt64 = 0

  /// - Parameter microseconds: what a single measurement takes.
  init(reference: Frequency, microseconds: UInt64) {
    clock = OutputClock(reference: reference)
    conversion = TickClock(Frequency(hertz: 1_000_000), reference: reference)
      .span(ofTicks: microseconds)
  }

  mutating func setRate(_ rate: Frequency?, at now: Instant) { clock.set(rate, at: now) }

  mutating func measureOnce(at now: Instant) {
    if !isMeasuringOnce(at: now) { oneShotEndsAt = now + conversion }
  }

  mutating func isMeasuringOnce(at now: Instant) -> Bool {
    guard let end = oneShotEndsAt else { return false }
    if end > now { return true }
    (oneShotEndsAt, oneShots) = (nil, oneShots + 1)
    return false
  }

  /// How many measurements are done.
  mutating func count(at now: Instant) -> UInt64 {
    _ = isMeasuringOnce(at: now)
    return clock.count(at: now) + oneShots
  }

  mutating func reset(at now: Instant) {
    clock.set(nil, at: now)
    (oneShotEndsAt, oneShots) = (nil, 0)
  }
}
