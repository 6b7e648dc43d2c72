// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup
import StaticMemory

/// UARTE: 115200 baud, by EasyDMA (nRF52840 Product Specification v1.7, 6.34). It receives byte
/// by byte, so that a command is seen when its last byte has come.
enum NordicUARTEPort {
  private static let uarte = RegisterBlock(at: BoardSerial.base)
  nonisolated(unsafe) private static var isSending = false

  static func open() {
    NordicPins.connect()
    uarte[UARTE.Offset.pinSelectTXD] = BoardSerial.transmitPin
    uarte[UARTE.Offset.pinSelectRXD] = BoardSerial.receivePin
    uarte[UARTE.Offset.baudRate] = UARTE.BaudRate.baud115200
    uarte[UARTE.Offset.enable] = UARTE.Enable.on
    uarte[UARTE.Offset.receivePointer] = UInt32(UInt(bitPattern: serialReceived()))
    uarte[UARTE.Offset.receiveMaximumCount] = 1
    uarte[UARTE.Offset.shorts] = UARTE.Shorts.endReceiveStartReceive
    uarte[UARTE.Offset.interruptEnableSet] =
      NordicEvent.interruptMask(of: UARTE.Offset.eventsEndReceive)
      | NordicEvent.interruptMask(of: UARTE.Offset.eventsEndTransmit)
    uarte[UARTE.Offset.tasksStartReceive] = 1
  }

  /// `receive` clears its own event. While that of the end of sending stood, the line would not
  /// rise.
  static func clearReceiveInterrupt() { noteSent() }

  static func receive() -> UInt8? {
    guard uarte[UARTE.Offset.eventsEndReceive] != 0 else { return nil }
    uarte[UARTE.Offset.eventsEndReceive] = 0
    dataMemoryBarrier()
    return serialReceived().pointee
  }

  /// Returns while the bytes are on their way, once those before have left.
  static func send(_ bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    finish()
    dataMemoryBarrier()
    uarte[UARTE.Offset.transmitPointer] = UInt32(UInt(bitPattern: bytes))
    uarte[UARTE.Offset.transmitMaximumCount] = UInt32(count)
    uarte[UARTE.Offset.tasksStartTransmit] = 1
    isSending = true
  }

  /// Waits until all has been sent.
  static func finish() {
    while isSending {
      Wakeup.forget(BoardSerial.interrupt)
      noteSent()
      // A byte that waits to be read holds the line: it would not rise again.
      if isSending, uarte[UARTE.Offset.eventsEndReceive] == 0 { waitForEvent() }
    }
  }

  private static func noteSent() {
    guard isSending, uarte[UARTE.Offset.eventsEndTransmit] != 0 else { return }
    uarte[UARTE.Offset.eventsEndTransmit] = 0
    isSending = false
  }
}
