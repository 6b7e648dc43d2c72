// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// What a SAM D21's USB controller needs of the rest of the chip: clocks, pads, and what the
/// factory wrote into flash.
enum MicrochipUSBSupply {
  private static let power = RegisterBlock(at: SAMD21.Base.pm)
  private static let clocks = RegisterBlock(at: SAMD21.Base.gclk)
  private static let port = RegisterBlock(at: SAMD21.Base.port)
  /// NVM software calibration area (DS40001882, 10.3.2), its second word.
  private static let calibration = RegisterBlock(at: 0x0080_6024)
  private static let serial = RegisterBlock(at: 0x0080_A000)

  /// GCLK_USB, and its bit in APBBMASK.
  private static let clock: UInt32 = 6
  private static let busClock: UInt32 = 1 << 5
  /// PA24, with PA25 beside it, and their function G.
  private static let dataMinus: UInt32 = 24
  private static let function: UInt32 = 6

  /// Clocks, from generator 0, and pads.
  static func open() {
    power[SAMD21.PM.Offset.bridgeBMask] |= busClock
    clocks[half: SAMD21.GCLK.Offset.clockControl] = SAMD21.GCLK.Clock.enable | clock
    while clocks[byte: SAMD21.GCLK.Offset.status] & SAMD21.GCLK.Status.busy != 0 {}
    port[byte: SAMD21.PORT.Offset.multiplexer &+ dataMinus / 2] =
      function | function << SAMD21.PORT.Multiplexer.oddShift
    for pad in dataMinus...dataMinus &+ 1 {
      port[byte: SAMD21.PORT.Offset.pinConfiguration &+ pad] = SAMD21.PORT.Pin.multiplexerEnable
    }
  }

  /// PADCAL as the factory measured it; its marks for "not measured" stand for typical values.
  static var padCalibration: UInt32 {
    let word = calibration[0]
    let negative = word >> 13 & 0x1F
    let positive = word >> 18 & 0x1F
    let trim = word >> 23 & 7
    return (positive == 0x1F ? 29 : positive) | (negative == 0x1F ? 5 : negative) << 6
      | (trim == 7 ? 3 : trim) << 12
  }

  /// The chip's number (10.3.3): its first word lies apart.
  static func serialWord(_ index: Int) -> UInt32 {
    serial[index == 0 ? 0x0C : 0x3C &+ UInt32(index) &* 4]
  }
}
