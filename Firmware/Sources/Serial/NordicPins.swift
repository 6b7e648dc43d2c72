// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// The pins of a Nordic UART, which GPIO must agree to: TXD an output that idles high, RXD an input
/// (nRF52840 Product Specification v1.7, 6.33.3).
enum NordicPins {
  static func connect() {
    let transmit = port(of: BoardSerial.transmitPin)
    let mask: UInt32 = 1 << (BoardSerial.transmitPin & 31)
    transmit[GPIO.Offset.outSet] = mask
    transmit[GPIO.Offset.directionSet] = mask
    let receive = port(of: BoardSerial.receivePin)
    receive[GPIO.Offset.pinConfiguration &+ (BoardSerial.receivePin & 31) &* 4] = 0
  }

  /// P1's registers lie 0x300 above P0's.
  private static func port(of pin: UInt32) -> RegisterBlock {
    RegisterBlock(at: BoardSerial.pins &+ (pin &>> 5) &* 0x300)
  }
}
