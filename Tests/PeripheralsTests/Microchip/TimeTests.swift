// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

private typealias WDT = SAMD21.WDT
private typealias RTC = SAMD21.RTC

@Suite struct MicrochipWDTTests {
  private var wdt = bench(MicrochipWDT.init)

  /// 1 kHz: a period is a millisecond.
  init() {
    wdt.call { $0.reset(in: &$1) }
    wdt.call { $0.clock(.generic(3), became: Frequency(hertz: 1000), in: &$1) }
  }

  private var resets: [UInt64] {
    wdt.log.filter { $0.effect == .systemReset(.watchdog) }.map(\.at.sinceReset.count)
  }

  @Test mutating func period_endsInAReset() {
    wdt.write(WDT.Offset.configuration, 3, .byte)
    wdt.write(WDT.Offset.earlyWarning, 1, .byte)
    wdt.write(WDT.Offset.interruptEnableSet, 1, .byte)
    wdt.write(WDT.Offset.control, WDT.Control.enable, .byte)
    #expect(wdt.read(WDT.Offset.status, .byte) == WDT.Status.busy)
    wdt.run(microseconds: 15_999)
    #expect(!wdt.interruptIsRaised)
    wdt.run(microseconds: 1)
    #expect(wdt.interruptIsRaised)
    wdt.run(microseconds: 47_999)
    #expect(resets.isEmpty)
    wdt.run(microseconds: 1)
    #expect(resets == [64_000 * 64])
  }

  @Test mutating func key_startsItAfresh_anythingElseResets() {
    wdt.write(WDT.Offset.configuration, 0, .byte)
    wdt.write(WDT.Offset.control, WDT.Control.enable, .byte)
    for _ in 0..<5 {
      wdt.run(microseconds: 7_000)
      wdt.write(WDT.Offset.clear, 0xA5, .byte)
    }
    #expect(resets.isEmpty)
    wdt.write(WDT.Offset.clear, 0x5A, .byte)
    #expect(resets.count == 1)
  }

  @Test mutating func closedWindow_isTooEarly() {
    wdt.write(WDT.Offset.configuration, 0x10, .byte)
    wdt.write(WDT.Offset.control, WDT.Control.enable | WDT.Control.windowEnable, .byte)
    wdt.run(microseconds: 17_000)
    wdt.write(WDT.Offset.clear, 0xA5, .byte)
    #expect(resets.isEmpty)
    wdt.run(microseconds: 15_000)
    wdt.write(WDT.Offset.clear, 0xA5, .byte)
    #expect(resets.count == 1)
  }
}

@Suite struct MicrochipRTCTests {
  private var rtc = bench(MicrochipRTC.init)

  init() {
    rtc.call { $0.reset(in: &$1) }
    rtc.call { $0.clock(.generic(4), became: Frequency(hertz: 1000), in: &$1) }
  }

  private mutating func now() -> UInt32 {
    rtc.write(RTC.Offset.readRequest, RTC.ReadRequest.request, .half)
    return rtc.read(RTC.Offset.count)
  }

  @Test mutating func count_showsWhatWasRequested() {
    rtc.write(RTC.Offset.control, RTC.Control.enable, .half)
    rtc.run(microseconds: 5_000)
    #expect(now() == 5)
    rtc.run(microseconds: 5_000)
    #expect(rtc.read(RTC.Offset.count) == 5)
    rtc.write(RTC.Offset.readRequest, RTC.ReadRequest.continuous, .half)
    #expect(rtc.read(RTC.Offset.count) == 10)
    #expect(rtc.read(RTC.Offset.status, .byte) == RTC.Status.busy)
    rtc.run(microseconds: 5_000)
    #expect(rtc.read(RTC.Offset.status, .byte) == 0)
    #expect(rtc.read(RTC.Offset.interruptFlags, .byte) == RTC.Interrupt.synchronized)
  }

  @Test mutating func match_interruptsAndClears() {
    rtc.write(RTC.Offset.compare, 9)
    rtc.write(RTC.Offset.interruptEnableSet, RTC.Interrupt.compare0, .byte)
    // Divided by two, cleared on match: twenty milliseconds a round.
    rtc.write(
      RTC.Offset.control, RTC.Control.enable | RTC.Control.clearOnMatch | 1 << 8, .half)
    rtc.run(microseconds: 17_900)
    #expect(!rtc.interruptIsRaised)
    rtc.run(microseconds: 200)
    #expect(rtc.interruptIsRaised)
    rtc.write(RTC.Offset.interruptFlags, RTC.Interrupt.compare0, .byte)
    rtc.run(microseconds: 19_700)
    #expect(!rtc.interruptIsRaised)
    rtc.run(microseconds: 400)
    #expect(rtc.interruptIsRaised)
    #expect(now() == 9)
  }

  @Test mutating func sixteenBits_wrapAtThePeriod() {
    rtc.write(RTC.Offset.control, 1 << RTC.Control.modeShift, .half)
    rtc.write(RTC.Offset.period, 99, .half)
    rtc.write(RTC.Offset.compare + 2, 50, .half)
    rtc.write(
      RTC.Offset.control, RTC.Control.enable | 1 << RTC.Control.modeShift, .half)
    rtc.run(microseconds: 49_900)
    #expect(rtc.read(RTC.Offset.interruptFlags, .byte) & RTC.Interrupt.compare1 == 0)
    rtc.run(microseconds: 200)
    #expect(rtc.read(RTC.Offset.interruptFlags, .byte) & RTC.Interrupt.compare1 != 0)
    rtc.run(microseconds: 53_000)
    #expect(now() == 3)
    #expect(rtc.read(RTC.Offset.interruptFlags, .byte) & RTC.Interrupt.overflow != 0)
  }

  @Test mutating func calendar_knowsLeapYearsAndRings() {
    rtc.call { $0.clock(.generic(4), became: Frequency(hertz: 1), in: &$1) }
    let calendar = 2 << RTC.Control.modeShift | RTC.Control.enable
    rtc.write(RTC.Offset.control, calendar, .half)
    // 28 February of a leap year, 23:59:58.
    let start: UInt32 = 58 | 59 << 6 | 23 << 12 | 28 << 17 | 2 << 22 | 24 << 26
    rtc.write(RTC.Offset.count, start)
    rtc.write(RTC.Offset.compare, 1 | 29 << 17 | 2 << 22)
    rtc.write(RTC.Offset.alarmMask, 5, .byte)
    rtc.write(RTC.Offset.interruptEnableSet, RTC.Interrupt.compare0, .byte)
    rtc.run(microseconds: 2_500_000)
    #expect(now() == 29 << 17 | 2 << 22 | 24 << 26)
    #expect(!rtc.interruptIsRaised)
    rtc.run(microseconds: 1_000_000)
    #expect(rtc.interruptIsRaised)
  }

  @Test mutating func softwareReset_doesNotTouchIt() {
    rtc.write(RTC.Offset.control, RTC.Control.enable, .half)
    rtc.run(microseconds: 5_000)
    rtc.call { $0.reset(after: .software, in: &$1) }
    rtc.run(microseconds: 5_000)
    #expect(now() == 10)
  }

  @Test(arguments: [0, 59, 86_399, 86_400, 31_622_399, 31_622_400, 1_000_000_000] as [UInt64])
  func calendarTime_goesThereAndBack(seconds: UInt64) {
    for twelve in [false, true] {
      let register = CalendarTime(seconds: seconds).register(twelve: twelve)
      #expect(CalendarTime(register: register, twelve: twelve).seconds == seconds)
    }
  }
}

@Suite struct DSUTests {
  private typealias DSU = SAMD21.DSU
  private var dsu = bench(MicrochipDSU.init)

  @Test mutating func identification_isASAMD21G18A() {
    #expect(dsu.read(DSU.Offset.deviceIdentification) & 0xFFFF_00FF == 0x1001_0005)
    #expect(dsu.read(0x118) == dsu.read(DSU.Offset.deviceIdentification))
  }

  @Test mutating func checksum_isCRC32() {
    for (index, byte) in Array("123456789abc".utf8).enumerated() {
      dsu.environment.ram[index] = byte
    }
    dsu.write(DSU.Offset.address, BenchEnvironment.ramBase)
    dsu.write(DSU.Offset.length, 12)
    dsu.write(DSU.Offset.data, .max)
    dsu.write(DSU.Offset.control, DSU.Control.crc, .byte)
    dsu.run(cycles: 3)
    #expect(dsu.read(DSU.Offset.statusA, .byte) == DSU.StatusA.done)
    // zlib.crc32(b"123456789abc")
    #expect(~dsu.read(DSU.Offset.data) == 0xBDB0_C0E4)
  }

  @Test mutating func checksumOfNothing_isABusError() {
    dsu.write(DSU.Offset.address, 0x9000_0000)
    dsu.write(DSU.Offset.length, 4)
    dsu.write(DSU.Offset.control, DSU.Control.crc, .byte)
    #expect(dsu.read(DSU.Offset.statusA, .byte) & DSU.StatusA.busError != 0)
  }
}
