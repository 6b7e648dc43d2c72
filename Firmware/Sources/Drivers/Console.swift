// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup
import StaticMemory
import USBDevice

/// Text over USB, and over UARTE0: 115200 baud, eight bits, no parity, on the pins TX and RX
/// (Product Specification v1.7, 6.34 UARTE).
public enum Console {
  private static let uarte = RegisterBlock(at: NRF52840.Base.uarte0)
  nonisolated(unsafe) private static var isSending = false

  public static func open() {
    uarte[UARTE.Offset.pinSelectTXD] = BoardPins.TX.selection
    uarte[UARTE.Offset.pinSelectRXD] = BoardPins.RX.selection
    uarte[UARTE.Offset.baudRate] = UARTE.BaudRate.baud115200
    uarte[UARTE.Offset.enable] = UARTE.Enable.on
    USBSerial.open()
  }

  /// What USB needs done: before the application sleeps, or at least every few milliseconds.
  public static func poll() { USBSerial.poll() }

  /// Sends a line; returns while it is on its way, once the one before has left.
  public static func write(_ line: Line) {
    finish()
    let memory = consoleMemory()
    let count = line.copy(to: memory)
    dataMemoryBarrier()
    uarte[UARTE.Offset.eventsEndTransmit] = 0
    uarte[UARTE.Offset.transmitPointer] = UInt32(UInt(bitPattern: memory))
    uarte[UARTE.Offset.transmitMaximumCount] = UInt32(count)
    uarte[UARTE.Offset.tasksStartTransmit] = 1
    isSending = true
    USBSerial.write(memory, count)
  }

  /// The next byte that came over USB, nil when there is none.
  public static func read() -> UInt8? { USBSerial.read() }

  /// Waits until all has been sent.
  public static func finish() {
    guard isSending else { return }
    while uarte[UARTE.Offset.eventsEndTransmit] == 0 {}
    isSending = false
  }
}
