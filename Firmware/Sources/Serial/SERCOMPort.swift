// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup

/// A SERCOM of a SAM D21 as a USART: 115200 baud (DS40001882, SERCOM USART).
enum SERCOMPort {
  private typealias Offset = SAMD21.SERCOM.Offset
  private static let sercom = RegisterBlock(at: BoardSerial.base)
  private static let power = RegisterBlock(at: SAMD21.Base.pm)
  private static let clocks = RegisterBlock(at: SAMD21.Base.gclk)

  static func open() {
    // PM.APBCMASK has SERCOM0 at bit 2, GCLK its core clock at 20.
    power[SAMD21.PM.Offset.bridgeCMask] |= 1 << (2 &+ BoardSerial.busNumber)
    clocks[half: SAMD21.GCLK.Offset.clockControl] =
      SAMD21.GCLK.Clock.enable | (20 &+ BoardSerial.busNumber)
    connect(BoardSerial.transmitPin)
    connect(BoardSerial.receivePin)
    sercom[Offset.controlA] =
      SAMD21.SERCOM.ControlA.dataOrder
      | SAMD21.SERCOM.Mode.usart << SAMD21.SERCOM.ControlA.modeShift
      | BoardSerial.transmitPad << SAMD21.USART.ControlA.transmitPadShift
      | BoardSerial.receivePad << SAMD21.USART.ControlA.receivePadShift
    // 65536 (1 - 16 · 115200 / f), rounded.
    let step = BoardSerial.hertz / 1024
    sercom[half: Offset.baud] = 65_536 &- (16 &* 115_200 &* 64 &+ step / 2) / step
    sercom[Offset.controlB] =
      SAMD21.USART.ControlB.transmitEnable | SAMD21.USART.ControlB.receiveEnable
    synchronise()
    sercom[byte: Offset.interruptEnableSet] = SAMD21.USART.Interrupt.receiveComplete
    sercom[Offset.controlA] |= SAMD21.SERCOM.ControlA.enable
    synchronise()
  }

  /// PMUX has two pins a byte.
  private static func connect(_ pin: UInt32) {
    let port = RegisterBlock(at: BoardSerial.pins &+ (pin &>> 5) &* 0x80)
    let number = pin & 31
    let place = SAMD21.PORT.Offset.multiplexer &+ number / 2
    let shift = (number & 1) &* 4
    let kept = port[byte: place] & ~(15 << shift)
    port[byte: place] = kept | BoardSerial.multiplexer << shift
    port[byte: SAMD21.PORT.Offset.pinConfiguration &+ number] =
      SAMD21.PORT.Pin.multiplexerEnable | SAMD21.PORT.Pin.inputEnable
  }

  private static func synchronise() {
    while sercom[Offset.synchronisationBusy] != 0 {}
  }

  /// The flag is the interrupt: `receive` clears it by reading.
  static func clearReceiveInterrupt() {}

  static func receive() -> UInt8? {
    let flags = sercom[byte: Offset.interruptFlags]
    guard flags & SAMD21.USART.Interrupt.receiveComplete != 0 else { return nil }
    return UInt8(truncatingIfNeeded: sercom[half: Offset.data])
  }

  static func send(_ bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    for index in 0..<count {
      wait(for: SAMD21.USART.Interrupt.dataRegisterEmpty)
      sercom[half: Offset.data] = UInt32(bytes[index])
    }
  }

  /// Waits until all has been sent.
  static func finish() { wait(for: SAMD21.USART.Interrupt.transmitComplete) }

  private static func wait(for flag: UInt32) {
    while sercom[byte: Offset.interruptFlags] & flag == 0 {}
  }
}
