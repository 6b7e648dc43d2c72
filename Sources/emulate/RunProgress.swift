// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel
import Terminal

/// How far a run has come, for those who wait for it at a terminal.
final class RunProgress {
  private let clock: Frequency
  private let start = ContinuousClock.now
  private var shownAt: ContinuousClock.Instant

  init(clock: Frequency) {
    self.clock = clock
    shownAt = start
  }

  /// Ten times a second is often enough.
  func show(_ instant: Instant) {
    let now = ContinuousClock.now
    guard now - shownAt >= .milliseconds(100) else { return }
    shownAt = now
    let virtual = Double(instant.sinceReset.count) / clock.hertz
    let speed = virtual / ((now - start) / .seconds(1))
    Terminal.progress(
      "\(fixed(virtual, places: 1)) s of virtual time, \(fixed(speed, places: 1)) × real time")
  }
}
