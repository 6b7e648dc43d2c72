// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicClockPowerTests {
  private var block = bench(NordicClockPower.init)

  @Test mutating func crystal_startsAfterItsDebounce() {
    block.write(CLOCK.Offset.interruptEnableSet, 1)
    block.write(CLOCK.Offset.tasksHighFrequencyStart, 1)
    #expect(block.read(CLOCK.Offset.highFrequencyRun) == 1)
    #expect(block.read(CLOCK.Offset.highFrequencyStatus) == CLOCK.Status.running)
    block.run(microseconds: 315)
    #expect(!block.interruptIsRaised)
    block.run(microseconds: 1)
    #expect(block.interruptIsRaised)
    #expect(
      block.read(CLOCK.Offset.highFrequencyStatus) == CLOCK.Status.running | CLOCK.Status.crystal)
    block.write(CLOCK.Offset.tasksHighFrequencyStop, 1)
    #expect(block.read(CLOCK.Offset.highFrequencyStatus) == CLOCK.Status.running)
  }

  @Test mutating func lowFrequencyCrystal_isStoodInForByTheRCOscillator() {
    block.write(CLOCK.Offset.lowFrequencySource, CLOCK.Source.crystal)
    block.write(CLOCK.Offset.tasksLowFrequencyStart, 1)
    #expect(block.read(CLOCK.Offset.lowFrequencySourceCopy) == CLOCK.Source.crystal)
    #expect(block.read(CLOCK.Offset.lowFrequencyStatus) == CLOCK.Status.running)
    block.run(microseconds: 250_000)
    #expect(block.read(CLOCK.Offset.eventsLowFrequencyStarted) == 1)
    #expect(
      block.read(CLOCK.Offset.lowFrequencyStatus) == CLOCK.Status.running | CLOCK.Source.crystal)
  }

  @Test mutating func rcOscillatorAndCalibration_takeTheirTime() {
    block.write(CLOCK.Offset.tasksLowFrequencyStart, 1)
    block.write(CLOCK.Offset.tasksCalibrate, 1)
    block.run(microseconds: 600)
    #expect(block.read(CLOCK.Offset.eventsLowFrequencyStarted) == 1)
    #expect(block.read(CLOCK.Offset.eventsCalibrationDone) == 0)
    block.run(microseconds: 16_000)
    #expect(block.read(CLOCK.Offset.eventsCalibrationDone) == 1)
  }

  @Test mutating func calibrationTimer_countsQuartersOfASecond() {
    block.write(CLOCK.Offset.calibrationTimerInterval, 2)
    block.write(CLOCK.Offset.tasksCalibrationTimerStart, 1)
    block.run(microseconds: 499_999)
    #expect(block.read(CLOCK.Offset.eventsCalibrationTimerTimeout) == 0)
    block.run(microseconds: 1)
    #expect(block.read(CLOCK.Offset.eventsCalibrationTimerTimeout) == 1)
  }

  @Test mutating func resetReasons_gatherUntilTheyAreCleared() {
    block.write(POWER.Offset.retention, 0x1B1)
    block.call { $0.reset(after: .software, in: &$1) }
    block.call { $0.reset(after: .lockup, in: &$1) }
    #expect(
      block.read(POWER.Offset.resetReason)
        == POWER.ResetReason.software | POWER.ResetReason.lockup)
    #expect(block.read(POWER.Offset.retention) == 0xB1)
    block.write(POWER.Offset.resetReason, POWER.ResetReason.software)
    #expect(block.read(POWER.Offset.resetReason) == POWER.ResetReason.lockup)
    block.call { $0.reset(after: .watchdog, in: &$1) }
    #expect(block.read(POWER.Offset.retention) == 0)
    block.call { $0.reset(after: .powerOn, in: &$1) }
    #expect(block.read(POWER.Offset.resetReason) == 0)
  }

  @Test mutating func lowFrequencyClock_goesOverToTheCrystalWhileItRuns() {
    block.write(CLOCK.Offset.tasksLowFrequencyStart, 1)
    block.run(microseconds: 1000)
    block.write(CLOCK.Offset.eventsLowFrequencyStarted, 0)
    block.write(CLOCK.Offset.lowFrequencySource, CLOCK.Source.crystal)
    block.write(CLOCK.Offset.tasksLowFrequencyStart, 1)
    block.run(microseconds: 1000)
    #expect(
      block.read(CLOCK.Offset.lowFrequencyStatus) == CLOCK.Status.running | CLOCK.Source.rc)
    #expect(block.read(CLOCK.Offset.eventsLowFrequencyStarted) == 0)
    block.run(microseconds: 250_000)
    #expect(block.read(CLOCK.Offset.eventsLowFrequencyStarted) == 1)
    #expect(
      block.read(CLOCK.Offset.lowFrequencyStatus) == CLOCK.Status.running | CLOCK.Source.crystal)
  }

  @Test mutating func lowFrequencyClock_thatRunsAlready_saysSoAgain() {
    block.write(CLOCK.Offset.tasksLowFrequencyStart, 1)
    block.run(microseconds: 1000)
    block.write(CLOCK.Offset.eventsLowFrequencyStarted, 0)
    block.write(CLOCK.Offset.tasksLowFrequencyStart, 1)
    block.run(microseconds: 1)
    #expect(block.read(CLOCK.Offset.eventsLowFrequencyStarted) == 1)
  }

  @Test mutating func systemOff_isAskedFor() {
    block.write(POWER.Offset.systemOff, 1)
    #expect(block.effects == [.systemOff])
  }

  @Test mutating func ramPower_isSetAndClearedByMask() {
    let second = POWER.Offset.ramPowerClear + 16
    block.write(second, 0xFF)
    #expect(block.read(POWER.Offset.ramPower + 16) == 0xFF00)
    #expect(block.read(POWER.Offset.ramPower) == 0xFFFF)
  }

  @Test mutating func busPower_isDetectedAndReadyOnceUSBDIsOn() {
    block.call { _ = $0.usb(.power(true), in: &$1) }
    #expect(block.read(POWER.Offset.eventsUSBDetected) == 1)
    block.run(microseconds: 5000)
    #expect(block.read(POWER.Offset.usbRegulatorStatus) == POWER.USBStatus.busPower)
    block.call { $0.usbSupply(isWanted: true, in: &$1) }
    block.run(microseconds: 999)
    #expect(block.read(POWER.Offset.eventsUSBPowerReady) == 0)
    block.run(microseconds: 1)
    #expect(block.read(POWER.Offset.eventsUSBPowerReady) == 1)
    #expect(block.read(POWER.Offset.usbRegulatorStatus) == 3)
    #expect(block.read(POWER.Offset.eventsUSBRemoved) == 0)
    block.call { $0.usbSupply(isWanted: false, in: &$1) }
    #expect(block.read(POWER.Offset.usbRegulatorStatus) == POWER.USBStatus.busPower)
    block.call { _ = $0.usb(.power(false), in: &$1) }
    #expect(block.read(POWER.Offset.eventsUSBRemoved) == 1)
    #expect(block.read(POWER.Offset.usbRegulatorStatus) == 0)
  }

  @Test mutating func busPower_outlastsResetsAndIsDetectedAgain() {
    block.call { _ = $0.usb(.power(true), in: &$1) }
    block.call { $0.usbSupply(isWanted: true, in: &$1) }
    block.run(microseconds: 2000)
    block.call { $0.reset(after: .software, in: &$1) }
    #expect(block.read(POWER.Offset.eventsUSBDetected) == 1)
    #expect(block.read(POWER.Offset.eventsUSBPowerReady) == 0)
    block.run(microseconds: 2000)
    #expect(block.read(POWER.Offset.usbRegulatorStatus) == POWER.USBStatus.busPower)
  }
}
