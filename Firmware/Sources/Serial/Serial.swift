// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Registers
import Startup
import StaticMemory
import USBDevice

/// Bytes and lines over the board's console, and over USB where the board has it: what is written
/// goes to both, what is read comes from either. `SerialPort`, the driver that suits the board,
/// comes from its file.
///
/// No interrupt handler runs: an interrupt that is pending but not enabled wakes the core
/// (SEVONPEND), so nothing disturbs what is measured.
public enum Serial {
  nonisolated(unsafe) private static var half = 0
  nonisolated(unsafe) private static var count = 0

  public static func open() {
    Wakeup.enable()
    SerialPort.open()
    USBSerial.open()
  }

  /// Sleeps until a byte has come.
  public static func read() -> UInt8 {
    while true {
      SerialPort.clearReceiveInterrupt()
      Wakeup.forget(BoardSerial.interrupt)
      if let byte = SerialPort.receive() { return byte }
      USBSerial.poll()
      if let byte = USBSerial.read() { return byte }
      waitForEvent()
    }
  }

  /// Waits, dealing with USB meanwhile. `CycleCounter` must run.
  /// - Parameter milliseconds: at most 10,000.
  public static func wait(milliseconds: UInt32) {
    let cycles = BoardClocks.megahertz &* 1000
    var start = CycleCounter.now()
    for _ in 0..<milliseconds {
      while CycleCounter.now() &- start < cycles {}
      start &+= cycles
      USBSerial.poll()
    }
  }

  /// Sends what was written once a line ends, or 64 bytes are there.
  @inline(never)
  public static func write(_ byte: UInt8) {
    (serialMemory() + half)[count] = byte
    count &+= 1
    if count == Int(serial_capacity) || byte == UInt8(ascii: "\n") { flush() }
  }

  @inline(__always)
  public static func write(_ text: StaticString) {
    write(text.utf8Start, text.utf8CodeUnitCount)
  }

  @inline(never)
  static func write(_ text: UnsafePointer<UInt8>, _ count: Int) {
    for index in 0..<count { write(text[index]) }
  }

  /// A number in decimal.
  @inline(never)
  public static func write(_ number: UInt32) {
    var digits = InlineArray<10, UInt8>(repeating: 0)
    var remaining = number
    var length = 0
    repeat {
      let quotient = remaining / 10
      digits[length] = UInt8(truncatingIfNeeded: remaining &- quotient &* 10) &+ UInt8(ascii: "0")
      remaining = quotient
      length &+= 1
    } while remaining > 0
    for position in (0..<length).reversed() { write(digits[position]) }
  }

  /// Two hexadecimal digits.
  @inline(never)
  public static func write(hexadecimal byte: UInt8) {
    write(digit(byte &>> 4))
    write(digit(byte & 15))
  }

  public static func endLine() { write("\r\n") }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &- 10 &+ value
  }

  /// One half of the memory is sent while the other is written.
  private static func flush() {
    SerialPort.send(serialMemory() + half, count: count)
    USBSerial.write(serialMemory() + half, count)
    half = Int(serial_capacity) &- half
    count = 0
  }
}
