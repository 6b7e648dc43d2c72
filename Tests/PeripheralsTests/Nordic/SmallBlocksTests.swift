// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicRNGTests {
  private var rng = bench(NordicRNG.init)

  @Test mutating func bytes_comeAtTheirPeriod() {
    rng.write(RNG.Offset.tasksStart, 1)
    rng.run(microseconds: 220)
    let microseconds = rng.instants(ofEvent: RNG.Offset.eventsValueReady).map { $0 / 64 }
    #expect(microseconds == [158, 188, 218])
    rng.write(RNG.Offset.tasksStop, 1)
    rng.run(microseconds: 1000)
    #expect(rng.instants(ofEvent: RNG.Offset.eventsValueReady).count == 3)
  }

  @Test mutating func shortcut_stopsAfterOneByte_andBiasCorrectionSlowsIt() {
    rng.write(RNG.Offset.config, RNG.Config.biasCorrection)
    rng.write(RNG.Offset.shorts, RNG.Shorts.valueReadyStop)
    rng.write(RNG.Offset.interruptEnableSet, 1)
    rng.write(RNG.Offset.tasksStart, 1)
    rng.run(microseconds: 5000)
    #expect(rng.instants(ofEvent: RNG.Offset.eventsValueReady) == [248 * 64])
    #expect(rng.interruptIsRaised)
    let expected = BenchEnvironment().random() >> 56
    #expect(rng.read(RNG.Offset.value) == UInt32(expected))
  }
}

@Suite struct NordicTEMPTests {
  private static let temperatures: [(milliCelsius: Int64, quarters: Int32)] = [
    (25_000, 100), (-10_250, -41), (500_000, 420),
  ]

  @Test(arguments: temperatures)
  func conversion_givesQuartersOfADegree(milliCelsius: Int64, quarters: Int32) {
    var temp = bench(NordicTEMP.init, ["milliCelsius": UInt64(bitPattern: milliCelsius)])
    temp.write(TEMP.Offset.tasksStart, 1)
    temp.run(microseconds: 35)
    #expect(temp.read(TEMP.Offset.eventsDataReady) == 0)
    temp.run(microseconds: 1)
    #expect(temp.read(TEMP.Offset.eventsDataReady) == 1)
    #expect(Int32(bitPattern: temp.read(TEMP.Offset.temperature)) == quarters)
  }

  @Test func calibration_isKept() {
    var temp = bench(NordicTEMP.init)
    #expect(temp.read(TEMP.Offset.slope + 20) == 0x5A3)
    temp.write(TEMP.Offset.intercept, 0xFFFF_FFFF)
    #expect(temp.read(TEMP.Offset.intercept) == 0x3FFF)
  }
}

@Suite struct NordicWDTTests {
  private var wdt = bench(NordicWDT.init)
  private static let second: UInt64 = 64_000_000

  private mutating func start(reloads: UInt32 = 1) {
    wdt.write(WDT.Offset.counterReload, 32767)
    wdt.write(WDT.Offset.reloadRequestEnable, reloads)
    wdt.write(WDT.Offset.interruptEnableSet, 1)
    wdt.write(WDT.Offset.tasksStart, 1)
  }

  @Test mutating func timeout_comesTwoPeriodsBeforeTheReset() {
    start()
    wdt.run(cycles: Self.second - 1)
    #expect(!wdt.interruptIsRaised)
    wdt.run(cycles: 1)
    #expect(wdt.interruptIsRaised)
    #expect(!wdt.effects.contains(.systemReset(.watchdog)))
    wdt.run(cycles: 3907)
    #expect(wdt.effects.contains(.systemReset(.watchdog)))
  }

  @Test mutating func reload_needsEveryEnabledRegister() {
    start(reloads: 0b101)
    for _ in 0..<3 {
      wdt.run(cycles: Self.second * 3 / 4)
      wdt.write(WDT.Offset.reloadRequest, WDT.ReloadRequest.reload)
      #expect(wdt.read(WDT.Offset.requestStatus) == 0b100)
      wdt.write(WDT.Offset.reloadRequest + 8, WDT.ReloadRequest.reload)
      #expect(wdt.read(WDT.Offset.requestStatus) == 0b101)
    }
    wdt.write(WDT.Offset.reloadRequest, 1)
    wdt.run(cycles: Self.second)
    #expect(wdt.read(WDT.Offset.eventsTimeout) == 1)
  }

  @Test mutating func running_isLockedAndSurvivesASoftwareReset() {
    start()
    wdt.write(WDT.Offset.counterReload, 1)
    #expect(wdt.read(WDT.Offset.counterReload) == 32767)
    wdt.call { $0.reset(after: .software, in: &$1) }
    #expect(wdt.read(WDT.Offset.runStatus) == 1)
    wdt.run(cycles: Self.second)
    #expect(wdt.read(WDT.Offset.eventsTimeout) == 1)
    wdt.call { $0.reset(after: .watchdog, in: &$1) }
    #expect(wdt.read(WDT.Offset.runStatus) == 0)
  }
}

@Suite struct NordicEGUTests {
  @Test func trigger_firesTheEventOfItsNumber() {
    var egu = bench(NordicEGU.init)
    egu.write(EGU.Offset.interruptEnable, 1 << 9)
    egu.write(EGU.Offset.tasksTrigger + 4 * 8, 1)
    #expect(!egu.interruptIsRaised)
    egu.write(EGU.Offset.tasksTrigger + 4 * 9, 1)
    #expect(egu.interruptIsRaised)
    #expect(egu.instants(ofEvent: EGU.Offset.eventsTriggered + 4 * 9) == [0])
    egu.write(EGU.Offset.interruptEnableClear, 1 << 9)
    #expect(!egu.interruptIsRaised)
  }
}
