// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Emulator

@Suite struct WakeQueueTests {
  private func instant(_ cycle: UInt64) -> Instant { .reset + Cycles(cycle) }

  @Test func wakes_comeInOrderOfTime() {
    var queue = WakeQueue(deviceCount: 3)
    queue.schedule(0, at: instant(30))
    queue.schedule(1, at: instant(10))
    queue.schedule(2, at: instant(20))
    let order = (0..<3).compactMap { _ in queue.popDue(at: instant(100))?.device }
    #expect(order == [1, 2, 0])
  }

  @Test func sameInstant_isServedInOrderOfAsking() {
    var queue = WakeQueue(deviceCount: 3)
    for device in [2, 0, 1] { queue.schedule(device, at: instant(5)) }
    let order = (0..<3).compactMap { _ in queue.popDue(at: instant(5))?.device }
    #expect(order == [2, 0, 1])
  }

  @Test func newWake_replacesTheOld() {
    var queue = WakeQueue(deviceCount: 2)
    queue.schedule(0, at: instant(5))
    queue.schedule(0, at: instant(50))
    #expect(queue.popDue(at: instant(49)) == nil)
    #expect(queue.next?.instant == instant(50))
  }

  @Test func never_cancels() {
    var queue = WakeQueue(deviceCount: 1)
    queue.schedule(0, at: instant(5))
    queue.schedule(0, at: .never)
    #expect(queue.next == nil)
  }

  @Test func nothingDue_staysQueued() {
    var queue = WakeQueue(deviceCount: 1)
    queue.schedule(0, at: instant(5))
    #expect(queue.popDue(at: instant(4)) == nil)
    #expect(queue.popDue(at: instant(5))?.device == 0)
    #expect(queue.popDue(at: instant(5)) == nil)
  }
}
