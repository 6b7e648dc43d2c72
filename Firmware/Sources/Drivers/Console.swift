// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import DMAMemory
import Startup

/// Text over UARTE0: 115200 baud, eight bits, no parity, on the pins TX (P1.03) and RX (P1.10)
/// (Product Specification v1.7, 6.34 UARTE).
public enum Console {
  private static let uarte = RegisterBlock(at: 0x4000_2000)
  nonisolated(unsafe) private static var isSending = false

  public static func open() {
    uarte[UARTE.Offset.selectTXD] = 1 << 5 | 3
    uarte[UARTE.Offset.selectRXD] = 1 << 5 | 10
    uarte[UARTE.Offset.baudRate] = UARTE.baud115200
    uarte[UARTE.Offset.enable] = UARTE.enabled
  }

  /// Sends a line; returns while it is on its way, once the one before has left.
  public static func write(_ line: Line) {
    finish()
    let memory = consoleMemory()
    let count = line.copy(to: memory)
    dataMemoryBarrier()
    uarte[UARTE.Offset.eventsEndTX] = 0
    uarte[UARTE.Offset.transmitPointer] = UInt32(UInt(bitPattern: memory))
    uarte[UARTE.Offset.transmitCount] = UInt32(count)
    uarte[UARTE.Offset.tasksStartTX] = 1
    isSending = true
  }

  /// Waits until all has been sent.
  public static func finish() {
    guard isSending else { return }
    while uarte[UARTE.Offset.eventsEndTX] == 0 {}
    isSending = false
  }
}

enum UARTE {
  enum Offset {
    static let tasksStartTX: UInt32 = 0x008
    static let eventsEndTX: UInt32 = 0x120
    static let enable: UInt32 = 0x500
    static let selectTXD: UInt32 = 0x50C
    static let selectRXD: UInt32 = 0x514
    static let baudRate: UInt32 = 0x524
    static let transmitPointer: UInt32 = 0x544
    static let transmitCount: UInt32 = 0x548
  }
  static let enabled: UInt32 = 8
  static let baud115200: UInt32 = 0x01D6_0000
}
