// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A memory-mapped device. Offsets are in bytes from its base; accesses are whole 32-bit words,
/// but for devices that answer the narrow ones themselves.
///
/// Its stored properties are its whole state: a copy of the value is a snapshot, and the compiler
/// writes what files need (`Codable`).
public protocol Peripheral: PinObserver, SerialReceiver, EventRouter, FlashController, FlashBacked,
  USBDeviceController, ClockObserver, Codable
{
  mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32
  mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext)
  /// An access of one, two or four bytes at any offset. Unless a device says otherwise it is one of
  /// the whole word, the other lanes of a write being zero.
  mutating func read(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32
  mutating func write(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext)
  /// Called at an instant that the peripheral asked for with `wake(after:)`.
  mutating func wake(in context: inout DeviceContext)
  /// Back to the state after power-on, keeping what the board wired.
  mutating func reset(in context: inout DeviceContext)
  /// Like `reset(in:)`, for devices that keep something over some resets: retained registers, the
  /// register that says why the chip was reset, a running watchdog.
  mutating func reset(after cause: DeviceContext.ResetCause, in context: inout DeviceContext)
}

extension Peripheral {
  public mutating func read(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32 {
    read(offset & ~3, in: &context) >> (8 * (offset & 3)) & width.mask
  }
  public mutating func write(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) {
    write(offset & ~3, (value & width.mask) << (8 * (offset & 3)), in: &context)
  }
  public var isAttachedToUSB: Bool { false }
  public mutating func usb(
    _ event: USBBusEvent, in context: inout DeviceContext
  ) -> USBHandshake { .none }
  public mutating func usbSupply(isWanted: Bool, in context: inout DeviceContext) {}
  public mutating func wake(in context: inout DeviceContext) {}
  public mutating func reset(
    after cause: DeviceContext.ResetCause, in context: inout DeviceContext
  ) {
    reset(in: &context)
  }
  public mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext) {}
  public var acceptsSerial: Bool { false }
  public mutating func receive(_ byte: UInt8, in context: inout DeviceContext) {}
  public func tasks(triggeredBy event: Address) -> [Address] { [] }
  public mutating func store(
    _ value: UInt32, toFlash address: Address, in context: inout DeviceContext
  ) -> Bool { false }
  public mutating func store(
    _ value: UInt32, _ width: BusWidth, toFlash address: Address, in context: inout DeviceContext
  ) -> Bool {
    width == .word && store(value, toFlash: address, in: &context)
  }
  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {}
  public mutating func apply(_ write: DeviceContext.FlashWrite, at offset: UInt32) {}
}

/// A device that sees pins move: GPIO inputs, GPIOTE, a sensor's enable line.
public protocol PinObserver {
  mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext)
}

/// A device that bytes can be sent to from outside the chip.
public protocol SerialReceiver {
  /// True while a byte on the line would be taken (the receiver is switched on).
  var acceptsSerial: Bool { get }
  mutating func receive(_ byte: UInt8, in context: inout DeviceContext)
}

/// A device that turns events into tasks without the CPU (Nordic PPI).
public protocol EventRouter {
  /// Addresses of the task registers that an event register's address triggers.
  func tasks(triggeredBy event: Address) -> [Address]
}

/// A device that decides what a CPU store into flash does (Nordic NVMC, CONFIG.WEN).
public protocol FlashController {
  /// Asks for `Effect.flashWrite` and answers true, or answers false: the store is a bus fault.
  mutating func store(
    _ value: UInt32, toFlash address: Address, in context: inout DeviceContext
  ) -> Bool
  /// The same for controllers that take narrower stores too; aligned. Unless a device says
  /// otherwise only whole words are taken.
  mutating func store(
    _ value: UInt32, _ width: BusWidth, toFlash address: Address, in context: inout DeviceContext
  ) -> Bool
}

/// A device whose registers are flash (Nordic UICR): an `Effect.flashWrite` whose address lies in
/// it, and not in the flash memory, is applied to it.
public protocol FlashBacked {
  mutating func apply(_ write: DeviceContext.FlashWrite, at offset: UInt32)
}
