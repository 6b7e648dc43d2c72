// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// The board's light, if it has one: `LightPort`, from the board's file, drives its pin.
public enum Light {
  public static func open() {
    set(false)
    LightPort.open()
  }

  public static func set(_ isOn: Bool) {
    LightPort.set(isOn == (BoardSerial.lightIsActiveHigh != 0))
  }
}

enum NoLight {
  static func open() {}
  static func set(_ isHigh: Bool) {}
}

/// nRF52840 Product Specification v1.7, 6.9; P1's registers lie 0x300 above P0's.
enum NordicLight {
  private static let port = RegisterBlock(
    at: BoardSerial.pins &+ (BoardSerial.lightPin &>> 5) &* 0x300)
  private static let mask: UInt32 = 1 << (BoardSerial.lightPin & 31)

  static func open() { port[GPIO.Offset.directionSet] = mask }
  static func set(_ isHigh: Bool) {
    port[isHigh ? GPIO.Offset.outSet : GPIO.Offset.outClear] = mask
  }
}

/// DS40001882, PORT; B's registers lie 0x80 above A's.
enum MicrochipLight {
  private static let port = RegisterBlock(
    at: BoardSerial.pins &+ (BoardSerial.lightPin &>> 5) &* 0x80)
  private static let mask: UInt32 = 1 << (BoardSerial.lightPin & 31)

  static func open() { port[SAMD21.PORT.Offset.directionSet] = mask }
  static func set(_ isHigh: Bool) {
    port[isHigh ? SAMD21.PORT.Offset.outputSet : SAMD21.PORT.Offset.outputClear] = mask
  }
}
