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

  /// The bus clock, generic clock 6 from generator 0, pads PA24 and PA25.
  static func open() {
    power[SAMD21.PM.Offset.bridgeBMask] |= 1 << 5
    // CLKEN, GEN 0, ID 6.
    clocks[half: SAMD21.GCLK.Offset.clockControl] = 1 << 14 | 6
    while clocks[byte: SAMD21.GCLK.Offset.status] & 1 << 7 != 0 {}
    // PMUX12: function G for both pads; PINCFG: PMUXEN.
    port[byte: 0x30 &+ 12] = 6 << 4 | 6
    port[byte: 0x40 &+ 24] = 1
    port[byte: 0x40 &+ 25] = 1
  }

  /// PADCAL as the factory measured it; its marks for "not measured" stand for typical values.
  static var padCalibration: UInt16 {
    let word = calibration[0]
    let negative = word >> 13 & 0x1F
    let positive = word >> 18 & 0x1F
    let trim = word >> 23 & 7
    let value =
      (positive == 0x1F ? 29 : positive) | (negative == 0x1F ? 5 : negative) << 6
      | (trim == 7 ? 3 : trim) << 12
    return UInt16(truncatingIfNeeded: value)
  }

  /// The chip's number (10.3.3): its first word lies apart.
  static func serialWord(_ index: Int) -> UInt32 {
    serial[index == 0 ? 0x0C : 0x3C &+ UInt32(index) &* 4]
  }
}
