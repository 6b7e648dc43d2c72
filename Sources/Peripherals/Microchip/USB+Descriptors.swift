// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// One bank's descriptor in RAM (DS40001882, 32.8.4): ADDR, PCKSIZE, EXTREG, STATUS_BK.
struct EndpointBank {
  /// From the descriptor's start to STATUS_BK, and its bit ERRORFLOW.
  static let statusOffset = 0xA
  static let errorFlow: UInt8 = 1 << 1
  /// PCKSIZE.SIZE in bytes.
  private static let sizes = [8, 16, 32, 64, 128, 256, 512, 1023]
  private static let countMask: UInt32 = 0x3FFF

  let descriptor: Address
  let address: UInt32
  private(set) var packetSize: UInt32

  init?(_ bytes: [UInt8], at descriptor: Address) {
    guard bytes.count == 8 else { return nil }
    func word(_ at: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
    }
    (self.descriptor, address, packetSize) = (descriptor, word(0), word(4))
  }

  var byteCount: UInt32 {
    get { packetSize & Self.countMask }
    set { packetSize = packetSize & ~Self.countMask | newValue & Self.countMask }
  }
  var multiPacketSize: UInt32 {
    get { packetSize >> 14 & Self.countMask }
    set {
      packetSize = packetSize & ~(Self.countMask << 14) | (newValue & Self.countMask) << 14
    }
  }
  /// The largest packet, in bytes.
  var size: Int { Self.sizes[Int(packetSize >> 28 & 7)] }
  var addsZeroLength: Bool { packetSize >> 31 != 0 }
}

extension MicrochipUSB {
  /// Bank 0 takes SETUP and OUT data, bank 1 gives IN data. Nil, and RAMACER, where DESCADD does
  /// not point into RAM.
  mutating func bank(
    _ endpoint: Int, _ number: UInt32, in context: inout DeviceContext
  ) -> EndpointBank? {
    let descriptor = Address(
      stored[Offset.descriptorAddress] &+ UInt32(endpoint) * 0x20 &+ number * 0x10)
    guard let bytes = context.environment.readRAM(descriptor, 8) else {
      refuse(descriptor, 8, in: &context)
      return nil
    }
    return EndpointBank(bytes, at: descriptor)
  }

  mutating func write(_ bank: EndpointBank, in context: inout DeviceContext) {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bank.packetSize >> (8 * UInt32($0))) }
    _ = context.environment.writeRAM(bytes, at: bank.descriptor + ByteCount(4))
  }

  /// Puts a packet into RAM. Where there is room below PCKSIZE.SIZE the controller writes the two
  /// bytes of the packet's CRC behind the data, or the first of them (32.6.2.7).
  mutating func store(
    _ bytes: [UInt8], of bank: inout EndpointBank, at position: UInt32,
    in context: inout DeviceContext
  ) -> Bool {
    let checked = Array((bytes + Self.checksum(of: bytes)).prefix(bank.size))
    let start = Address(bank.address &+ position)
    guard context.environment.writeRAM(checked, at: start) else {
      refuse(start, UInt32(checked.count), in: &context)
      return false
    }
    return true
  }

  mutating func refuse(_ address: Address, _ count: UInt32, in context: inout DeviceContext) {
    raise(SAMD21.USB.Interrupt.memoryAccess)
    context.request(.dmaFault(address, ByteCount(Int(count))))
  }

  /// CRC16 of a data packet, the byte that is sent first first (USB 2.0, 8.3.5.2).
  static func checksum(of bytes: [UInt8]) -> [UInt8] {
    var crc: UInt16 = 0xFFFF
    for byte in bytes {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xA001 }
    }
    crc = ~crc
    return [UInt8(crc & 0xFF), UInt8(crc >> 8)]
  }
}
