// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicTimerTests {
  private var timer = bench(NordicTimer.init, ["channels": 6])

  private func compare(_ channel: UInt32) -> UInt32 { TIMER.Offset.captureCompare + 4 * channel }
  private func event(_ channel: UInt32) -> UInt32 { TIMER.Offset.eventsCompare + 4 * channel }

  private mutating func start(prescaler: UInt32, bits: UInt32 = TIMER.BitMode.bits32) {
    timer.write(TIMER.Offset.bitMode, bits)
    timer.write(TIMER.Offset.prescaler, prescaler)
    timer.write(TIMER.Offset.tasksStart, 1)
  }

  @Test mutating func compare_firesAtItsTick() {
    timer.write(compare(1), 100)
    timer.write(TIMER.Offset.interruptEnableSet, 1 << 17)
    start(prescaler: 4)
    timer.run(cycles: 6399)
    #expect(!timer.interruptIsRaised)
    timer.run(cycles: 1)
    #expect(timer.interruptIsRaised)
    #expect(timer.instants(ofEvent: event(1)) == [6400])
    #expect(timer.read(event(1)) == 1)
    timer.write(event(1), 0)
    #expect(!timer.interruptIsRaised)
  }

  @Test mutating func capture_readsTheCountInTicks() {
    start(prescaler: 4)
    timer.run(cycles: 6400)
    timer.write(TIMER.Offset.tasksCapture + 8, 1)
    #expect(timer.read(compare(2)) == 100)
  }

  @Test mutating func clearShortcut_makesAnExactPeriod() {
    timer.write(compare(0), 1000)
    timer.write(TIMER.Offset.shorts, TIMER.Shorts.compare0Clear)
    start(prescaler: 0)
    timer.run(cycles: 4000 * 5)
    #expect(timer.instants(ofEvent: event(0)) == [4000, 8000, 12000, 16000, 20000])
  }

  @Test mutating func stopShortcut_holdsTheCount() {
    timer.write(compare(3), 7)
    timer.write(TIMER.Offset.shorts, TIMER.Shorts.compare0Stop << 3)
    start(prescaler: 0)
    timer.run(cycles: 1000)
    timer.write(TIMER.Offset.tasksCapture, 1)
    #expect(timer.read(compare(0)) == 7)
  }

  private static let widths: [(bits: UInt32, period: UInt64)] = [
    (TIMER.BitMode.bits8, 256), (TIMER.BitMode.bits16, 65536), (TIMER.BitMode.bits24, 1 << 24),
  ]

  @Test(arguments: widths)
  mutating func width_decidesWhereItWraps(bits: UInt32, period: UInt64) {
    timer.write(compare(0), 5)
    start(prescaler: 0, bits: bits)
    timer.run(cycles: 4 * (period + 5))
    #expect(timer.instants(ofEvent: event(0)) == [20, 4 * (period + 5)])
  }

  @Test mutating func counterMode_countsTasks() {
    timer.write(TIMER.Offset.mode, TIMER.Mode.counter)
    timer.write(compare(0), 3)
    timer.write(TIMER.Offset.tasksStart, 1)
    for _ in 0..<3 {
      #expect(timer.read(event(0)) == 0)
      timer.write(TIMER.Offset.tasksCount, 1)
    }
    #expect(timer.read(event(0)) == 1)
    timer.run(cycles: 1_000_000)
    timer.write(TIMER.Offset.tasksCapture + 4, 1)
    #expect(timer.read(compare(1)) == 3)
  }

  @Test mutating func stopped_keepsItsCountAndGoesOn() {
    start(prescaler: 0)
    timer.run(cycles: 400)
    timer.write(TIMER.Offset.tasksStop, 1)
    timer.run(cycles: 400)
    timer.write(TIMER.Offset.tasksStart, 1)
    timer.run(cycles: 40)
    timer.write(TIMER.Offset.tasksCapture, 1)
    #expect(timer.read(compare(0)) == 110)
    timer.write(TIMER.Offset.tasksClear, 1)
    timer.write(TIMER.Offset.tasksCapture, 1)
    #expect(timer.read(compare(0)) == 0)
  }

  @Test mutating func unknownRegister_isReported_notSilent() {
    timer.write(0x7FC, 1)
    #expect(timer.effects.contains(.unmodelled(offset: 0x7FC, write: true)))
    #expect(timer.read(compare(6)) == 0)
    #expect(timer.effects.contains(.unmodelled(offset: compare(6), write: false)))
  }
}
