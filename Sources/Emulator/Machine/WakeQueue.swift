// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// The event queue: when each device wants to be woken. A device has at most one wake pending, so
/// this is one slot a device and the earliest of them, ordered by (instant, order of asking).
struct WakeQueue: Codable {
  private struct Slot: Codable {
    var instant = Instant.never
    var sequence: UInt64 = 0
  }

  private var slots: [Slot]
  private var sequence: UInt64 = 0
  private(set) var next: Wake?

  struct Wake: Codable {
    var instant: Instant
    var device: Int
  }

  init(deviceCount: Int) { slots = Array(repeating: Slot(), count: deviceCount) }

  /// Replaces what the device had asked for; `.never` cancels.
  mutating func schedule(_ device: Int, at instant: Instant) {
    guard slots[device].instant != instant else { return }
    sequence += 1
    slots[device] = Slot(instant: instant, sequence: sequence)
    if let next, next.device != device {
      if instant < next.instant { self.next = Wake(instant: instant, device: device) }
    } else {
      findNext()
    }
  }

  /// Takes the earliest wake that is due.
  mutating func popDue(at now: Instant) -> Wake? {
    guard let due = next, due.instant <= now else { return nil }
    slots[due.device].instant = .never
    findNext()
    return due
  }

  private mutating func findNext() {
    next = nil
    var first = Slot()
    for (device, slot) in slots.enumerated() where slot.instant != .never {
      let isFirst =
        next == nil || slot.instant < first.instant
        || (slot.instant == first.instant && slot.sequence < first.sequence)
      if isFirst { (first, next) = (slot, Wake(instant: slot.instant, device: device)) }
    }
  }
}
