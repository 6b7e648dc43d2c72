// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 DSU (DS40001882, DSU): who the chip is (DID, CoreSight tables), CRC-32 of memory, the
/// debugger's communication channels as stored words. Chip erase and the memory test are not done.
///
/// Parameters: `deviceIdentification` (default: a SAMD21G18A of revision D).
public struct MicrochipDSU: LaneRegisters {
  private typealias DSU = SAMD21.DSU
  /// As debuggers see it; CTRL to DATA have a second home there.
  private static let external: UInt32 = 0x100

  static let table = RegisterLayout(
    bytes: [DSU.Offset.control, DSU.Offset.statusA, DSU.Offset.statusB],
    words: [
      DSU.Offset.address, DSU.Offset.length, DSU.Offset.data, DSU.Offset.channel,
      DSU.Offset.channel + 4, DSU.Offset.deviceIdentification,
    ] + constants.keys.sorted())
  var layout: RegisterLayout { Self.table }

  private static let constants: [UInt32: UInt32] = [
    DSU.Offset.entry0: DSU.Reset.entry0, DSU.Offset.entry1: DSU.Reset.entry1, DSU.Offset.end: 0,
    DSU.Offset.memoryType: 0, DSU.Offset.peripheral4: 0,
    DSU.Offset.peripheral0: DSU.Reset.peripheral0, DSU.Offset.peripheral1: DSU.Reset.peripheral1,
    DSU.Offset.peripheral2: DSU.Reset.peripheral2, DSU.Offset.peripheral3: 0,
    DSU.Offset.component0: DSU.Reset.component0, DSU.Offset.component1: DSU.Reset.component1,
    DSU.Offset.component2: DSU.Reset.component2, DSU.Offset.component3: DSU.Reset.component3,
  ]

  private let identification: UInt32
  private var status: UInt32 = 0
  private var channelsWritten: UInt32 = 0
  /// When a checksum is done, what it is and how it went.
  private var running: Checksum?
  private var registers = StoredRegisters([
    .init(DSU.Offset.address, writable: ~3), .init(DSU.Offset.length, writable: ~3),
    .init(DSU.Offset.data), .init(DSU.Offset.channel), .init(DSU.Offset.channel + 4),
  ])

  private struct Checksum: Codable {
    let doneAt: Instant
    let value: UInt32
    let status: UInt32
  }

  public init(_ parameters: DeviceParameters) {
    identification =
      parameters.numbers["deviceIdentification"].map { UInt32(truncatingIfNeeded: $0) }
      ?? DSU.Reset.deviceIdentification
  }

  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    (status, channelsWritten, running) = (0, 0, nil)
  }

  func canonical(_ offset: UInt32) -> UInt32 {
    (Self.external..<Self.external + 0x100).contains(offset) ? offset - Self.external : offset
  }

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    finishChecksum(at: context.now)
    switch register {
    case DSU.Offset.control: return 0
    case DSU.Offset.statusA: return status
    case DSU.Offset.statusB: return DSU.Reset.statusB | channelsWritten
    case DSU.Offset.deviceIdentification: return identification
    case DSU.Offset.channel, DSU.Offset.channel + 4:
      channelsWritten &= ~Self.flag(ofChannel: register)
      return registers[register]
    default: return registers.read(register) ?? Self.constants[register] ?? 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    finishChecksum(at: context.now)
    switch register {
    case DSU.Offset.control:
      if value & DSU.Control.softwareReset != 0 { reset(in: &context) }
      if value & DSU.Control.crc != 0 { startChecksum(in: context) }
    case DSU.Offset.statusA: status &= ~value
    case DSU.Offset.channel, DSU.Offset.channel + 4:
      channelsWritten |= Self.flag(ofChannel: register)
      _ = registers.write(register, value, lanes: lanes)
    default: _ = registers.write(register, value, lanes: lanes)
    }
  }

  private static func flag(ofChannel register: UInt32) -> UInt32 {
    register == DSU.Offset.channel
      ? DSU.StatusB.channel0Written : DSU.StatusB.channel1Written
  }

  // MARK: CRC-32

  /// More than the chip has of any memory.
  private static let longest = 1 << 20

  /// One word a cycle; DATA is where the sum starts from and where it ends (no final inversion).
  private mutating func startChecksum(in context: DeviceContext) {
    let length = Int(registers[DSU.Offset.length])
    let bytes =
      length <= Self.longest
      ? context.environment.readMemory(Address(registers[DSU.Offset.address]), length) : nil
    guard let bytes else {
      running = Checksum(
        doneAt: context.now, value: registers[DSU.Offset.data],
        status: DSU.StatusA.done | DSU.StatusA.busError)
      return
    }
    var sum = registers[DSU.Offset.data]
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    running = Checksum(
      doneAt: context.now + Cycles(UInt64(bytes.count / 4)), value: sum, status: DSU.StatusA.done)
  }

  private mutating func finishChecksum(at now: Instant) {
    guard let done = running, done.doneAt <= now else { return }
    status |= done.status
    _ = registers.write(DSU.Offset.data, done.value)
    running = nil
  }
}
