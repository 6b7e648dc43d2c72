// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel

/// A board, as its file in `Boards/boards` describes it, with its chip.
public struct Board: Equatable, Sendable {
  /// The file's name without `.yml`, what `--board` takes.
  public var id: String
  /// The name on the box.
  public var name: String
  public var documentation: String?
  /// With what the board overrides already applied (clocks, memories).
  public var chip: Chip
  /// Names printed on the board, `D13`.
  public var pins: [String: Pin]
  /// What is soldered to the chip, in the file's order.
  public var devices: [Device]
  /// The UART whose output a user sees; names one of the chip's peripherals.
  public var console: String?
  /// By role: `sketch`, `bootloader`.
  public var usb: [String: USBIdentity]
  public var flashing: Flashing?
  public var application: Application
  /// The board file itself.
  public var place: Place

  public var cpuClock: Frequency {
    chip.clocks["cpu"] ?? Frequency(hertz: 1)
  }
  public var flash: Memory? { chip.memories.first { $0.kind == .flash } }
  public var ram: Memory? { chip.memories.first { $0.kind == .ram } }

  /// The peripheral of that name or alias.
  public func peripheral(_ name: String) -> Instance? { chip.peripheral(name) }

  public func device(_ name: String) -> Device? { devices.first { $0.name == name } }
}

extension Chip {
  /// The peripheral of that name or alias.
  public func peripheral(_ name: String) -> Instance? {
    peripherals.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// The peripheral whose registers hold an address.
  public func peripheral(at address: Address) -> Instance? {
    peripherals.first { $0.base <= address && UInt64(address.bits) < $0.end }
  }
}

/// A part on the board and its wires.
public struct Device: Equatable, Sendable {
  /// What the board calls it, `microphone`.
  public var name: String
  /// The device catalogue's key, `mp34dt05`.
  public var part: String
  /// The peripheral that it hangs on, nil for a part on bare pins.
  public var bus: String?
  /// Addresses on the bus, where it is one that addresses (I2C).
  public var addresses: [UInt64]
  /// Wires by the part's name for them: `clock`, `data`, `power`.
  public var pins: [String: Pin]
  /// Other settings; true is 1, false is 0.
  public var numbers: [String: UInt64]
  public var place: Place

  public func parameters(reference: Frequency) -> DeviceParameters {
    DeviceParameters(name: name, reference: reference, numbers: numbers, pins: pins)
  }
}

/// What a USB host sees.
public struct USBIdentity: Hashable, Sendable {
  public var vendor: UInt16
  public var product: UInt16

  public init(vendor: UInt16, product: UInt16) {
    self.vendor = vendor
    self.product = product
  }
}

/// How a host writes the board's flash.
public struct Flashing: Equatable, Sendable {
  /// The flash protocol's key, `samba-nrf`.
  public var protocolName: String
  /// The serial speed whose opening and closing calls the bootloader, 1200; nil where none does.
  public var touch: Int?
  /// What the bootloader lets a host write.
  public var start: Address
  public var length: ByteCount
  /// The protocol's unit of writing.
  public var block: ByteCount?
}

/// Where an application lives in flash.
public struct Application: Equatable, Sendable {
  /// Its vector table, and the load address of an image that names none.
  public var start: Address
  public var length: ByteCount
  /// The family that a UF2 file for this board carries.
  public var uf2Family: UInt32?
}
