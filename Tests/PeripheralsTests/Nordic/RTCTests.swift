// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicRTCTests {
  private var rtc = bench(NordicRTC.init)
  private static let second: UInt64 = 64_000_000

  private func event(_ channel: UInt32) -> UInt32 { RTC.Offset.eventsCompare + 4 * channel }

  @Test mutating func counter_countsTheLowFrequencyClockExactly() {
    rtc.write(RTC.Offset.tasksStart, 1)
    rtc.run(cycles: Self.second - 1)
    #expect(rtc.read(RTC.Offset.counter) == 32767)
    rtc.run(cycles: 1)
    #expect(rtc.read(RTC.Offset.counter) == 32768)
    // No drift: an hour later it is still on the edge.
    rtc.run(cycles: 500 * Self.second - 1)
    #expect(rtc.read(RTC.Offset.counter) == 501 * 32768 - 1 & 0xFF_FFFF)
  }

  @Test mutating func compare_firesOnlyWhereItIsEnabled() {
    rtc.write(RTC.Offset.captureCompare, 8)
    rtc.write(RTC.Offset.captureCompare + 4, 8)
    rtc.write(RTC.Offset.captureCompare + 8, 8)
    rtc.write(RTC.Offset.interruptEnableSet, RTC.Events.compare0)
    rtc.write(RTC.Offset.eventEnableSet, RTC.Events.compare0 << 1)
    rtc.write(RTC.Offset.tasksStart, 1)
    rtc.run(cycles: 15_625)
    #expect(rtc.read(event(0)) == 1)
    #expect(rtc.interruptIsRaised)
    #expect(rtc.instants(ofEvent: event(0)).isEmpty, "EVTEN is what routes to PPI")
    #expect(rtc.instants(ofEvent: event(1)) == [15_625])
    #expect(rtc.read(event(2)) == 0)
  }

  @Test mutating func prescaler_dividesAndIsLockedWhileRunning() {
    rtc.write(RTC.Offset.prescaler, 32)
    rtc.write(RTC.Offset.tasksStart, 1)
    rtc.write(RTC.Offset.prescaler, 0)
    rtc.run(cycles: Self.second)
    #expect(rtc.read(RTC.Offset.counter) == 32768 / 33)
    #expect(rtc.read(RTC.Offset.prescaler) == 32)
  }

  @Test mutating func tick_comesEveryPeriod() {
    rtc.write(RTC.Offset.prescaler, 7)
    rtc.write(RTC.Offset.eventEnable, RTC.Events.tick)
    rtc.write(RTC.Offset.tasksStart, 1)
    rtc.run(cycles: 15_625 * 4)
    #expect(rtc.instants(ofEvent: RTC.Offset.eventsTick) == [15_625, 31_250, 46_875, 62_500])
  }

  @Test mutating func triggerOverflow_wrapsAfterSixteenTicks() {
    rtc.write(RTC.Offset.interruptEnableSet, RTC.Events.overflow)
    rtc.write(RTC.Offset.tasksStart, 1)
    rtc.write(RTC.Offset.tasksTriggerOverflow, 1)
    #expect(rtc.read(RTC.Offset.counter) == 0xFF_FFF0)
    rtc.run(cycles: 2 * 15_625 - 1)
    #expect(rtc.read(RTC.Offset.eventsOverflow) == 0)
    rtc.run(cycles: 1)
    #expect(rtc.read(RTC.Offset.eventsOverflow) == 1)
    #expect(rtc.read(RTC.Offset.counter) == 0)
  }

  @Test mutating func clear_startsFromZero() {
    rtc.write(RTC.Offset.tasksStart, 1)
    rtc.run(cycles: Self.second)
    rtc.write(RTC.Offset.tasksClear, 1)
    #expect(rtc.read(RTC.Offset.counter) == 0)
    rtc.write(RTC.Offset.tasksStop, 1)
    rtc.run(cycles: Self.second)
    #expect(rtc.read(RTC.Offset.counter) == 0)
  }
}
