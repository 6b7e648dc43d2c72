// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// A counter that goes round: from zero to its top, or back, or both. It is computed, never ticked:
/// positions are clock ticks since the counter was started at its beginning.
struct PeriodicCounter: Codable {
  enum Shape: Codable { case up, down, upAndDown }

  private let reference: Frequency
  private var frequency: Frequency
  private var divider: UInt64 = 1
  private var ticks: TickCounter
  private(set) var top: UInt64
  private(set) var shape = Shape.up

  init(_ frequency: Frequency, reference: Frequency, top: UInt64) {
    (self.frequency, self.reference, self.top) = (frequency, reference, top)
    ticks = TickCounter(frequency, reference: reference)
  }

  var isRunning: Bool { ticks.isRunning }

  /// Ticks in one round.
  var period: UInt64 { shape == .upAndDown ? max(2 * top, 1) : top + 1 }

  func position(at now: Instant) -> UInt64 { ticks.count(at: now) }

  func count(at now: Instant) -> UInt64 {
    let place = position(at: now) % period
    return switch shape {
    case .up: place
    case .down: top - place
    case .upAndDown: place <= top ? place : 2 * top - place
    }
  }

  /// The first place in a round at which the counter has a value; nil where it never has.
  func place(of count: UInt64) -> UInt64? {
    guard count <= top else { return nil }
    return shape == .down ? top - count : count
  }

  // MARK: Verbs

  mutating func start(at now: Instant) { ticks.start(at: now) }
  mutating func stop(at now: Instant) { ticks.stop(at: now) }
  /// Back to the beginning of a round, running or not.
  mutating func restart(at now: Instant) { ticks.set(0, at: now) }

  mutating func set(_ count: UInt64, at now: Instant) {
    ticks.set(place(of: min(count, top)) ?? 0, at: now)
  }

  /// Changes where and how the counter goes, keeping its value where that is possible.
  mutating func go(to top: UInt64, _ shape: Shape, at now: Instant) {
    guard top != self.top || shape != self.shape else { return }
    let count = count(at: now)
    (self.top, self.shape) = (top, shape)
    set(count, at: now)
  }

  mutating func divide(by divider: UInt64, at now: Instant) {
    guard divider != self.divider else { return }
    self.divider = divider
    ticks.divide(by: divider, at: now)
  }

  /// The clock runs at another rate from now on.
  mutating func change(_ frequency: Frequency, at now: Instant) {
    guard frequency != self.frequency else { return }
    let (position, wasRunning) = (position(at: now), isRunning)
    self.frequency = frequency
    ticks = TickCounter(frequency, reference: reference)
    ticks.divide(by: divider, at: now)
    ticks.set(position, at: now)
    if wasRunning { ticks.start(at: now) }
  }

  // MARK: What is passed

  /// Whether a place of the round was reached after one position and not after another.
  func passes(_ place: UInt64, after: UInt64, upTo: UInt64) -> Bool {
    upTo > after && next(place, after: after) <= upTo
  }

  /// The first position behind another that lies at a place of the round.
  func next(_ place: UInt64, after position: UInt64) -> UInt64 {
    let round = position - position % period
    let here = round + place % period
    return here > position ? here : here + period
  }

  /// When the counter comes to a position that lies ahead; nil while it stands.
  func instant(of position: UInt64) -> Instant? { ticks.instant(of: position) }

  /// When it first comes to one of some places for which somebody waits.
  func firstInstant(
    of places: [(flag: UInt32, place: UInt64?)], after position: UInt64,
    where isWatched: (UInt32) -> Bool
  ) -> Instant? {
    var first: Instant?
    for (flag, place) in places {
      guard let place, isWatched(flag), let due = instant(of: next(place, after: position))
      else { continue }
      first = min(first ?? .never, due)
    }
    return first
  }
}
