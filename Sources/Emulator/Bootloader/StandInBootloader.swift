// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import BootloaderModels
import MachineModel

/// What answers in place of a board's bootloader where the genuine one is not in flash: a model of
/// it, which the core waits for. It is entered at resets, under the conditions of the genuine one,
/// and left when the host has it reset the board.
///
/// Nothing of it is in a snapshot.
struct StandInBootloader {
  enum Phase: Equatable {
    /// The board's own program runs.
    case away
    /// The reset button was pressed once: a second time until then calls the bootloader.
    case listening(until: Instant)
    case here
  }

  private let kind: Kind
  private let identity: BoardDescription.USBIdentity
  private let name: String
  let applicationStart: Address
  var phase = Phase.away
  var port: SerialPortDevice
  var model: any SerialBootloader
  /// What the host's last bytes asked for, to be done once their packet is acknowledged.
  var request: BootloaderRequest?
  /// The host cuts into packets as a program meant it.
  private let keepsPackets: Bool

  /// The host's name for where the cable ends meanwhile: no device of the chip's list.
  static let deviceIndex = -1
  /// By both, in the last words of the first 32 KiB of RAM.
  static let magic: UInt32 = 0x0773_8135
  static let magicAddress: UInt32 = 0x2000_7FFC
  static let doubleTapMilliseconds: UInt64 = 500

  private enum Kind {
    /// ArduinoCore-mbed, `bootloaders/nano33ble`.
    case nordic
    /// ArduinoCore-samd, `bootloaders/zero`.
    case microchip
  }

  /// Nil for a board whose bootloader nobody has modelled as one that is spoken to by USB serial.
  ///
  init?(for board: Board, keepsPackets: Bool) {
    guard let identity = board.usb["bootloader"] else { return nil }
    switch board.flashing?.protocolName {
    case "samba-nrf": (kind, model) = (.nordic, NordicMonitor())
    case "samba-samd":
      (kind, model) = (.microchip, MicrochipMonitor(keepsPackets: keepsPackets))
    default: return nil
    }
    self.identity = identity
    self.keepsPackets = keepsPackets
    name = board.name
    applicationStart = board.application.start
    port = Self.port(identity, name)
  }

  private static func port(
    _ identity: BoardDescription.USBIdentity, _ name: String
  ) -> SerialPortDevice {
    SerialPortDevice(
      vendor: identity.vendor, product: identity.product, manufacturer: "Arduino", name: name,
      serialNumber: "0000000000000001")
  }

  // MARK: At a reset

  /// What a reset leads to. The words that call the bootloader are used up.
  func phase(after cause: DeviceContext.ResetCause, on machine: Machine) -> Phase {
    let isCalled = isCalled(machine)
    if isCalled || !hasApplication(machine) { return .here }
    if cause == .pin {
      if case .listening(let until) = phase, machine.core.now < until { return .here }
      let wait = machine.cycles(in: .milliseconds(Self.doubleTapMilliseconds))
      return .listening(until: machine.core.now + wait)
    }
    return .away
  }

  private func isCalled(_ machine: Machine) -> Bool {
    var isCalled = false
    if machine.guestWord(at: Self.magicAddress) == Self.magic {
      _ = machine.poke(Self.magicAddress, [0, 0, 0, 0])
      isCalled = true
    }
    if kind == .nordic, let retained = machine.board.peripheral("POWER")?.base.bits {
      // GPREGRET, which keeps its value over a reset by software.
      let register = retained + 0x51C
      if machine.inspect(register, count: 1) == [0xB0] {
        _ = machine.poke(register, [0, 0, 0, 0])
        isCalled = true
      }
    }
    return isCalled
  }

  func hasApplication(_ machine: Machine) -> Bool {
    let start = applicationStart.bits
    let words = [machine.guestWord(at: start), machine.guestWord(at: start + 4)]
    switch kind {
    case .nordic: return words != [.max, .max]
    case .microchip: return words[0] != .max
    }
  }

  /// As fresh as after a reset.
  mutating func restart() {
    port = Self.port(identity, name)
    model = kind == .nordic ? NordicMonitor() : MicrochipMonitor(keepsPackets: keepsPackets)
  }

  // MARK: On the bus

  /// The answer to an event, and what the bootloader makes of it.
  mutating func respond(to event: USBBusEvent, on machine: Machine) -> USBHandshake {
    let handshake = port.respond(to: event)
    if port.isLineChanged {
      port.isLineChanged = false
      model.lineChanged(baud: port.baud, dtr: port.dtr, rts: port.rts)
    }
    guard !port.inbox.isEmpty else { return handshake }
    var memory = MachineMemory(machine: machine, protected: applicationStart)
    for packet in port.inbox { port.outbox += model.receive(packet, in: &memory) }
    port.inbox = []
    request = model.takeRequest() ?? request
    return handshake
  }
}

/// The chip's memories, as the stand-in's instructions would reach them. The first part of flash is
/// the bootloader's own.
struct MachineMemory: BootMemory {
  let machine: Machine
  let protected: Address

  func read(_ address: UInt32, count: Int) -> [UInt8]? {
    let bytes = machine.inspect(address, count: count)
    return bytes?.count == count ? bytes : nil
  }

  func write(_ bytes: [UInt8], at address: UInt32) -> Bool {
    guard !bytes.isEmpty else { return true }
    // Whatever the core would do by a write to its own registers, the model does itself.
    guard address >> 20 != 0xE00 else { return true }
    if let memory = machine.memory(holding: Address(address), bytes.count),
      memory.description.kind != .ram
    {
      return false
    }
    return machine.poke(address, bytes)
  }

  func erase(_ address: UInt32, count: Int) -> Bool {
    guard isFlash(address, count) else { return false }
    machine.program(Address(address), .erase(ByteCount(count)))
    return true
  }

  func program(_ bytes: [UInt8], at address: UInt32) -> Bool {
    guard isFlash(address, bytes.count), let old = read(address, count: bytes.count) else {
      return false
    }
    return machine.poke(address, zip(old, bytes).map { $0 & $1 })
  }

  private func isFlash(_ address: UInt32, _ count: Int) -> Bool {
    guard address >= protected.bits, count > 0,
      let memory = machine.memory(holding: Address(address), count)
    else { return false }
    return memory.description.kind == .flash
  }
}
