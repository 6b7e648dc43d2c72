// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// Brings a SAM D21 from the 1 MHz of its reset to 48 MHz: the DFLL, corrected by the host's frames
/// where USB is plugged in, running freely by the factory's calibration where it is not
/// (DS40001882, SYSCTRL, DFLL48M operation; GCLK).
enum MicrochipClocks {
  private typealias DFLL = SAMD21.SYSCTRL.DFLL
  private static let flash = RegisterBlock(at: SAMD21.Base.nvmctrl)
  private static let oscillators = RegisterBlock(at: SAMD21.Base.sysctrl)
  private static let clocks = RegisterBlock(at: SAMD21.Base.gclk)
  private static let calibration = RegisterBlock(at: SAMD21.Fuses.calibration)
  /// GENCTRL.SRC.
  private static let dfllSource: UInt32 = 7

  static func start() {
    // A wait state of flash at 48 MHz; nothing is written to flash unasked.
    flash[SAMD21.NVMCTRL.Offset.controlB] =
      1 << SAMD21.NVMCTRL.ControlB.waitStatesShift | SAMD21.NVMCTRL.ControlB.manualWrite
    // ONDEMAND has to go before anything else is written (errata 1.2.1, "DFLL48M").
    control(0)
    control(DFLL.enable)
    write(SAMD21.SYSCTRL.Offset.dfllValue, coarse << 10 | 0x200)
    // 48000 times the host's frames of 1 kHz, in steps of a quarter of the largest.
    write(SAMD21.SYSCTRL.Offset.dfllMultiplier, 7 << 26 | 10 << 16 | 48_000)
    control(
      DFLL.enable | DFLL.closedLoop | DFLL.usbRecovery | DFLL.noChillCycle
        | DFLL.bypassCoarseLock)
    synchronise()
    clocks[SAMD21.GCLK.Offset.generatorDivision] = 0
    synchronise()
    clocks[SAMD21.GCLK.Offset.generatorControl] =
      dfllSource << SAMD21.GCLK.Generator.sourceShift | SAMD21.GCLK.Generator.enable
      | SAMD21.GCLK.Generator.improveDutyCycle
    synchronise()
  }

  /// Bits 63 to 58 of the calibration words; all ones on chips that were not measured.
  private static var coarse: UInt32 {
    let value = calibration[4] >> 26
    return value == 0x3F ? 0x1F : value
  }

  private static func control(_ value: UInt32) {
    oscillators[half: SAMD21.SYSCTRL.Offset.dfllControl] = value
    waitUntilReady()
  }

  private static func write(_ register: UInt32, _ value: UInt32) {
    oscillators[register] = value
    waitUntilReady()
  }

  private static func waitUntilReady() {
    let ready = SAMD21.SYSCTRL.Status.dfllReady
    while oscillators[SAMD21.SYSCTRL.Offset.status] & ready == 0 {}
  }

  private static func synchronise() {
    let busy = SAMD21.GCLK.Status.busy
    while clocks[byte: SAMD21.GCLK.Offset.status] & busy != 0 {}
  }
}
