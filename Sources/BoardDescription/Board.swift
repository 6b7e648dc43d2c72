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
  /// By role: `sketch`, `bootloader`, `adapter` (between host and board).
  public var usb: [String: USBIdentity]
  public var flashing: Flashing?
  public var application: Application
  /// False for a board that can be flashed only: its chip's peripherals are not modelled.
  public var isEmulated: Bool
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
    peripherals.first { instance in
      instance.base <= address && UInt64(address.bits) < instance.end
        || instance.windows.contains { $0.contains(address) }
    }
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
  /// Products that other revisions and cores of the same board show.
  public var also: [UInt16]

  public init(vendor: UInt16, product: UInt16, also: [UInt16] = []) {
    self.vendor = vendor
    self.product = product
    self.also = also
  }

  public func matches(vendor: UInt16, product: UInt16) -> Bool {
    self.vendor == vendor && (self.product == product || also.contains(product))
  }
}

/// How a host writes the board's flash.
public struct Flashing: Equatable, Sendable {
  /// The flash protocols, by what a board file calls them.
  public enum FlashProtocol: String, CaseIterable, Sendable {
    case sambaNRF = "samba-nrf"
    case sambaSAMD = "samba-samd"
    case dfu
    case dfuse
    case uf2
    case picoboot
    case svl
    case asb
    case stm32UART = "stm32-uart"
  }

  public var flashProtocol: FlashProtocol
  /// The serial speed whose opening and closing calls the bootloader, 1200; nil where none does.
  public var touch: Int?
  /// Whether the sketch's DFU interface takes DFU_DETACH.
  public var detach: Bool
  /// Whether the adapter's modem lines reset the board.
  public var resetPulse: Bool
  /// How a person starts the bootloader: a sentence for remedies.
  public var byHand: String?
  /// What the bootloader lets a host write.
  public var start: Address
  public var length: ByteCount
  /// The protocol's unit of writing.
  public var block: ByteCount?
  /// What one erase covers.
  public var page: ByteCount?
  /// The alternate setting that stands for the application's flash.
  public var alternate: Int?
  /// Bits a second, for protocols over a UART.
  public var baud: Int?
  /// Bytes in one USB transfer, where the descriptors do not say.
  public var transfer: Int?

  /// The protocol's key, `samba-nrf`.
  public var protocolName: String { flashProtocol.rawValue }
}

/// Where an application lives in flash.
public struct Application: Equatable, Sendable {
  /// Its vector table, and the load address of an image that names none.
  public var start: Address
  public var length: ByteCount
  /// Where the bootloader looks for the vector table, where that is not the start.
  public var vectors: Address
  /// The family that a UF2 file for this board carries.
  public var uf2Family: UInt32?
  /// What the bootloader leaves in registers when it starts the application, in its order.
  public var handover: [RegisterWrite] = []

  public struct RegisterWrite: Equatable, Sendable {
    public var address: Address
    public var value: UInt32
  }
}
