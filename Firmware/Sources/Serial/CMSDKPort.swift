// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup

/// The UART of Arm's Cortex-M System Design Kit (Arm DDI 0479D, 4.3), 115200 baud.
enum CMSDKPort {
  private static let uart = RegisterBlock(at: BoardSerial.base)

  static func open() {
    uart[CMSDK.UART.Offset.baudDivider] = BoardSerial.hertz / 115_200
    uart[CMSDK.UART.Offset.control] =
      CMSDK.UART.Control.transmitEnable | CMSDK.UART.Control.receiveEnable
      | CMSDK.UART.Control.transmitInterruptEnable | CMSDK.UART.Control.receiveInterruptEnable
  }

  static func clearReceiveInterrupt() {
    uart[CMSDK.UART.Offset.interruptStatus] = CMSDK.UART.Interrupt.receive
  }

  static func receive() -> UInt8? {
    guard uart[CMSDK.UART.Offset.state] & CMSDK.UART.State.receiveFull != 0 else { return nil }
    return UInt8(truncatingIfNeeded: uart[CMSDK.UART.Offset.data])
  }

  static func send(_ bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    for index in 0..<count {
      finish()
      uart[CMSDK.UART.Offset.data] = UInt32(bytes[index])
    }
  }

  /// Waits until all has been sent.
  static func finish() {
    while true {
      uart[CMSDK.UART.Offset.interruptStatus] = CMSDK.UART.Interrupt.transmit
      Wakeup.forget(BoardSerial.transmitInterrupt)
      if uart[CMSDK.UART.Offset.state] & CMSDK.UART.State.transmitFull == 0 { return }
      waitForEvent()
    }
  }
}
