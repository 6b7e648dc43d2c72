// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Emulator

@Suite struct TaskMeterTests {
  var meter = TaskMeter(clock: Frequency(hertz: 64_000_000))

  private mutating func run(_ task: UInt32, from begin: UInt64, to end: UInt64) {
    meter.mark(port: 1, value: task, at: .reset + Cycles(begin))
    meter.mark(port: 2, value: task, at: .reset + Cycles(end))
  }

  @Test mutating func durations_areMeasuredPerTask() {
    run(1, from: 10, to: 30)
    run(2, from: 40, to: 45)
    run(1, from: 100, to: 140)
    #expect(meter.tasks[1]?.durations == [Cycles(20), Cycles(40)])
    #expect(meter.tasks[2]?.durations == [Cycles(5)])
  }

  @Test mutating func deadline_isCountedWhenMissed() {
    meter.mark(port: 3, value: 2 << 24 | 1, at: .reset)
    run(2, from: 0, to: 64)
    run(2, from: 100, to: 165)
    #expect(meter.tasks[2]?.deadlineMisses == 1)
  }

  @Test mutating func name_isSpelledOut() {
    for byte in [2] + Array("inference".utf8) + [0] {
      meter.mark(port: 4, value: UInt32(byte), at: .reset)
    }
    #expect(meter.tasks[2]?.name == "inference")
  }

  @Test mutating func endWithoutBegin_isIgnored() {
    meter.mark(port: 2, value: 1, at: .reset)
    #expect(meter.tasks[1]?.durations.isEmpty == true)
  }
}
