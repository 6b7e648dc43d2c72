// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup

/// UART without EasyDMA: 115200 baud (nRF51 Series Reference Manual v3.0.1, 29 UART).
enum NordicUARTPort {
  private static let uart = RegisterBlock(at: BoardSerial.base)

  static func open() {
    NordicPins.connect()
    uart[UART.Offset.pinSelectTXD] = BoardSerial.transmitPin
    uart[UART.Offset.pinSelectRXD] = BoardSerial.receivePin
    uart[UART.Offset.baudRate] = UARTE.BaudRate.baud115200
    uart[UART.Offset.enable] = UART.Enable.on
    uart[UART.Offset.interruptEnableSet] =
      NordicEvent.interruptMask(of: UART.Offset.eventsReceiveReady)
      | NordicEvent.interruptMask(of: UART.Offset.eventsTransmitReady)
    uart[UART.Offset.tasksStartReceive] = 1
    uart[UART.Offset.tasksStartTransmit] = 1
  }

  /// The event is the interrupt: `receive` clears it.
  static func clearReceiveInterrupt() {}

  static func receive() -> UInt8? {
    guard uart[UART.Offset.eventsReceiveReady] != 0 else { return nil }
    // Before the byte is read: the next one may come at once.
    uart[UART.Offset.eventsReceiveReady] = 0
    return UInt8(truncatingIfNeeded: uart[UART.Offset.receiveData])
  }

  static func send(_ bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    for index in 0..<count {
      uart[UART.Offset.transmitData] = UInt32(bytes[index])
      while true {
        Wakeup.forget(BoardSerial.interrupt)
        if uart[UART.Offset.eventsTransmitReady] != 0 { break }
        // A byte that waits to be read holds the line: it would not rise again.
        if uart[UART.Offset.eventsReceiveReady] == 0 { waitForEvent() }
      }
      // Here, so that the line can rise again.
      uart[UART.Offset.eventsTransmitReady] = 0
    }
  }

  /// `send` waits for every byte.
  static func finish() {}
}
