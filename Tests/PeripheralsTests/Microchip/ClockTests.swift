// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

private typealias GCLK = SAMD21.GCLK
private typealias SYSCTRL = SAMD21.SYSCTRL

@Suite struct SYSCTRLTests {
  private var sysctrl = bench(MicrochipSYSCTRL.init)

  init() { sysctrl.call { $0.reset(in: &$1) } }

  private mutating func status(_ bit: UInt32) -> Bool {
    sysctrl.read(SYSCTRL.Offset.status) & bit != 0
  }

  private func rates(_ source: UInt8) -> [Frequency?] {
    sysctrl.effects.compactMap {
      if case .clock(.source(source), let rate) = $0 { .some(rate) } else { nil }
    }
  }

  @Test mutating func reset_runsTheEightMegahertzOscillatorDividedByEight() {
    #expect(rates(6) == [Frequency(hertz: 1_000_000)])
    #expect(rates(3) == [Frequency(hertz: 32_768)])
    sysctrl.write(SYSCTRL.Offset.rc8M + 1, 0, .byte)
    #expect(rates(6).last == Frequency(hertz: 8_000_000))
  }

  @Test mutating func crystal_takesItsStartUpTime() {
    // STARTUP 1: 1068 µs.
    sysctrl.write(SYSCTRL.Offset.crystal32K, 0x10C, .half)
    sysctrl.run(microseconds: 5000)
    #expect(!status(SYSCTRL.Status.crystal32KReady))
    sysctrl.write(SYSCTRL.Offset.crystal32K, 0x10E, .half)
    sysctrl.run(microseconds: 1067)
    #expect(!status(SYSCTRL.Status.crystal32KReady))
    sysctrl.run(microseconds: 2)
    #expect(status(SYSCTRL.Status.crystal32KReady))
    #expect(rates(5) == [Frequency(hertz: 32_768)])
    #expect(sysctrl.read(SYSCTRL.Offset.interruptFlags) & SYSCTRL.Status.crystal32KReady != 0)
  }

  @Test mutating func highSpeedCrystal_isNotOnTheBoard() {
    sysctrl.write(SYSCTRL.Offset.crystal, 0x0006, .half)
    sysctrl.run(microseconds: 1_000_000)
    #expect(!status(SYSCTRL.Status.crystalReady))
  }

  @Test mutating func dfll_locksOnceItsReferenceRuns() {
    let lock = SYSCTRL.Status.dfllCoarseLock | SYSCTRL.Status.dfllFineLock
    sysctrl.write(SYSCTRL.Offset.dfllControl, SYSCTRL.DFLL.enable, .half)
    #expect(!status(SYSCTRL.Status.dfllReady))
    sysctrl.run(microseconds: 8)
    #expect(status(SYSCTRL.Status.dfllReady))
    #expect(rates(7) == [Frequency(hertz: 48_000_000)])
    sysctrl.write(
      SYSCTRL.Offset.dfllControl, SYSCTRL.DFLL.enable | SYSCTRL.DFLL.closedLoop, .half)
    sysctrl.run(microseconds: 10_000)
    #expect(!status(lock))
    sysctrl.call { $0.clock(.generic(0), became: Frequency(hertz: 32_768), in: &$1) }
    sysctrl.run(microseconds: 100)
    #expect(status(SYSCTRL.Status.dfllCoarseLock))
    #expect(!status(SYSCTRL.Status.dfllFineLock))
    sysctrl.run(microseconds: 200)
    #expect(status(SYSCTRL.Status.dfllFineLock))
  }

  @Test mutating func dpll_multipliesItsReference() {
    sysctrl.call { $0.clock(.generic(1), became: Frequency(hertz: 1_000_000), in: &$1) }
    sysctrl.write(SYSCTRL.Offset.dpllControlB, 2 << SYSCTRL.DPLL.sourceShift)
    sysctrl.write(SYSCTRL.Offset.dpllRatio, 8 << SYSCTRL.DPLL.fractionShift | 95)
    sysctrl.write(SYSCTRL.Offset.dpllControlA, SYSCTRL.DPLL.enable, .byte)
    #expect(sysctrl.read(SYSCTRL.Offset.dpllStatus, .byte) == SYSCTRL.DPLLStatus.enabled)
    sysctrl.run(microseconds: 1300)
    #expect(sysctrl.read(SYSCTRL.Offset.dpllStatus, .byte) == 7)
    #expect(rates(8).last??.hertz == 96_500_000)
  }
}

@Suite struct GCLKTests {
  private var gclk = bench(MicrochipGCLK.init)

  init() {
    gclk.call { $0.reset(in: &$1) }
    gclk.call { $0.clock(.source(6), became: Frequency(hertz: 1_000_000), in: &$1) }
    gclk.call { $0.clock(.source(3), became: Frequency(hertz: 32_768), in: &$1) }
  }

  private func rate(_ line: ClockLine) -> Double? {
    gclk.effects.reversed().lazy.compactMap {
      if case .clock(line, let rate) = $0 { .some(rate?.hertz) } else { nil }
    }.first ?? nil
  }

  @Test func reset_clocksTheCoreAndTheWatchdog() {
    #expect(rate(.main) == 1_000_000)
    #expect(rate(.generic(3)) == 32_768)
    #expect(rate(.generic(25)) == nil)
  }

  @Test mutating func clocks_followTheirGenerator() {
    gclk.call { $0.clock(.source(7), became: Frequency(hertz: 48_000_000), in: &$1) }
    // Generator 4: DFLL divided by 3; clock 25 from it.
    gclk.write(GCLK.Offset.generatorDivision, 3 << 8 | 4)
    gclk.write(GCLK.Offset.generatorControl, GCLK.Generator.enable | 7 << 8 | 4)
    gclk.write(GCLK.Offset.clockControl, GCLK.Clock.enable | 4 << 8 | 25, .half)
    #expect(rate(.generic(25)) == 16_000_000)
    // By a power of two: 2^(3 + 1).
    gclk.write(
      GCLK.Offset.generatorControl,
      GCLK.Generator.enable | GCLK.Generator.dividesByPower | 7 << 8 | 4)
    #expect(rate(.generic(25)) == 3_000_000)
    gclk.write(GCLK.Offset.clockControl, 4 << 8 | 25, .half)
    #expect(rate(.generic(25)) == nil)
  }

  @Test mutating func lowestByte_choosesWhatIsRead() {
    gclk.write(GCLK.Offset.clockControl, GCLK.Clock.enable | 3 << 8 | 25, .half)
    gclk.write(GCLK.Offset.clockControl, GCLK.Clock.enable | 1 << 8 | 26, .half)
    gclk.write(GCLK.Offset.clockControl, 25, .byte)
    #expect(gclk.read(GCLK.Offset.clockControl, .half) == 0x4319)
    gclk.write(GCLK.Offset.generatorControl, 2, .byte)
    #expect(gclk.read(GCLK.Offset.generatorControl) == 0x1_0302)
    gclk.write(GCLK.Offset.generatorDivision, 0xFFFF << 8 | 1)
    gclk.write(GCLK.Offset.generatorDivision, 0xFFFF << 8 | 3)
    #expect(gclk.read(GCLK.Offset.generatorDivision) == 0xFF03)
    gclk.write(GCLK.Offset.generatorDivision, 1, .byte)
    #expect(gclk.read(GCLK.Offset.generatorDivision) == 0xFF_FF01)
  }

  @Test mutating func writes_keepTheBlockBusy() {
    gclk.run(microseconds: 10)
    #expect(gclk.read(GCLK.Offset.status, .byte) == 0)
    gclk.write(GCLK.Offset.clockControl, 25, .half)
    #expect(gclk.read(GCLK.Offset.status, .byte) == GCLK.Status.busy)
    gclk.run(microseconds: 4)
    #expect(gclk.read(GCLK.Offset.status, .byte) == 0)
  }

  @Test mutating func locks_holdUntilReset() {
    gclk.write(GCLK.Offset.clockControl, 0xC119, .half)
    gclk.write(GCLK.Offset.clockControl, 0x4219, .half)
    #expect(gclk.read(GCLK.Offset.clockControl, .half) == 0xC119)
    gclk.write(GCLK.Offset.control, 1, .byte)
    gclk.write(GCLK.Offset.clockControl, 25, .byte)
    #expect(gclk.read(GCLK.Offset.clockControl, .half) == 25)
  }
}

@Suite struct PMTests {
  private var pm = bench(MicrochipPM.init)

  @Test(arguments: [
    (DeviceContext.ResetCause.powerOn, UInt32(1)), (.pin, 0x10), (.watchdog, 0x20),
    (.software, 0x40),
  ])
  mutating func cause_isThatOfTheLastReset(cause: DeviceContext.ResetCause, value: UInt32) {
    pm.call { $0.reset(after: cause, in: &$1) }
    #expect(pm.read(SAMD21.PM.Offset.resetCause, .byte) == value)
  }

  @Test mutating func masks_keepTheBitsThatExist() {
    pm.write(SAMD21.PM.Offset.bridgeCMask, .max)
    #expect(pm.read(SAMD21.PM.Offset.bridgeCMask) == 0x1F_3FFF)
    pm.write(SAMD21.PM.Offset.cpuSelect, 1, .byte)
    #expect(pm.read(SAMD21.PM.Offset.interruptFlags, .byte) == 1)
  }
}
