// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

@testable import Peripherals

/// A controller on the bench with descriptors and buffers in RAM, and a host one transaction at a
/// time at the other end.
struct USBCable {
  typealias Offset = SAMD21.USB.Offset
  static let descriptors = BenchEnvironment.ramBase + 0x100
  /// Where each bank's data lie, 0x100 bytes apart.
  static let buffers = BenchEnvironment.ramBase + 0x400

  var bench = onBench(MicrochipUSB.init)
  var address: UInt8 = 0

  /// Enabled and attached, the bus reset, endpoint 0 ready for a SETUP: what every stack does.
  init() {
    write(Offset.controlA, 1, .byte)
    bench.run(microseconds: 10)
    write(Offset.descriptorAddress, Self.descriptors, .word)
    write(Offset.controlB, 0, .half)
    write(Offset.controlA, 0x06, .byte)
    bench.run(microseconds: 10)
    host(.reset)
    write(Offset.interruptFlags, 0xFFFF, .half)
    configure(0, out: 1, in: 1)
  }

  // MARK: The firmware's side

  mutating func write(_ offset: UInt32, _ value: UInt32, _ width: BusWidth) {
    bench.call { $0.write(offset, value, width, in: &$1) }
  }

  mutating func read(_ offset: UInt32, _ width: BusWidth) -> UInt32 {
    var value: UInt32 = 0
    bench.call { value = $0.read(offset, width, in: &$1) }
    return value
  }

  /// An endpoint register's offset.
  func of(_ endpoint: UInt32, _ register: UInt32) -> UInt32 { register + endpoint * 0x20 }

  mutating func configure(_ endpoint: UInt32, out: UInt32 = 0, in inType: UInt32 = 0) {
    write(of(endpoint, Offset.endpointConfiguration), out | inType << 4, .byte)
    for bank in 0..<2 as Range<UInt32> {
      setWord(bankDescriptor(endpoint, bank), buffer(endpoint, bank))
      setWord(bankDescriptor(endpoint, bank) + 4, 3 << 28)
    }
  }

  func buffer(_ endpoint: UInt32, _ bank: UInt32) -> UInt32 {
    Self.buffers + endpoint * 0x200 + bank * 0x100
  }
  func bankDescriptor(_ endpoint: UInt32, _ bank: UInt32) -> UInt32 {
    Self.descriptors + endpoint * 0x20 + bank * 0x10
  }

  /// Opens bank 0 for data, `multi` being MULTI_PACKET_SIZE.
  mutating func listen(_ endpoint: UInt32, multi: UInt32 = 0) {
    setWord(bankDescriptor(endpoint, 0) + 4, 3 << 28 | multi << 14)
    write(of(endpoint, Offset.endpointStatusClear), 0x40, .byte)
  }

  /// Hands bytes to bank 1; what is left of MULTI_PACKET_SIZE stays, as Arduino's core leaves it.
  mutating func send(_ endpoint: UInt32, _ bytes: [UInt8], zeroLength: Bool = false) {
    _ = bench.environment.writeRAM(bytes, at: Address(buffer(endpoint, 1)))
    let descriptor = bankDescriptor(endpoint, 1) + 4
    let kept = word(descriptor) & (0x3FFF << 14)
    setWord(descriptor, (zeroLength ? 1 << 31 : 0) | 3 << 28 | kept | UInt32(bytes.count))
    write(of(endpoint, Offset.endpointStatusSet), 0x80, .byte)
  }

  mutating func flags(_ endpoint: UInt32) -> UInt32 {
    read(of(endpoint, Offset.endpointInterruptFlags), .byte)
  }
  mutating func status(_ endpoint: UInt32) -> UInt32 {
    read(of(endpoint, Offset.endpointStatus), .byte)
  }
  mutating func clearFlags(_ endpoint: UInt32) {
    write(of(endpoint, Offset.endpointInterruptFlags), 0x7F, .byte)
  }

  /// BYTE_COUNT and what lies in bank 0.
  func received(_ endpoint: UInt32) -> [UInt8] {
    let count = Int(word(bankDescriptor(endpoint, 0) + 4) & 0x3FFF)
    return bench.environment.readRAM(Address(buffer(endpoint, 0)), count) ?? []
  }

  func word(_ address: UInt32) -> UInt32 {
    let bytes = bench.environment.readRAM(Address(address), 4) ?? []
    return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
  func setWord(_ address: UInt32, _ value: UInt32) {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    _ = bench.environment.writeRAM(bytes, at: Address(address))
  }

  // MARK: The host's side

  @discardableResult mutating func host(_ event: USBBusEvent) -> USBHandshake {
    var answer = USBHandshake.none
    bench.call { answer = $0.usb(event, in: &$1) }
    return answer
  }

  @discardableResult mutating func setup(_ bytes: [UInt8]) -> USBHandshake {
    host(.setup(address: address, endpoint: 0, bytes))
  }
  @discardableResult mutating func out(_ endpoint: UInt8, _ bytes: [UInt8]) -> USBHandshake {
    host(.out(address: address, endpoint: endpoint, bytes))
  }
  @discardableResult mutating func take(_ endpoint: UInt8) -> USBHandshake {
    host(.in(address: address, endpoint: endpoint))
  }
}

/// A device with the defaults of a SAM D21, on the bench.
func onBench<Device: Peripheral>(_ make: (DeviceParameters) -> Device) -> Bench<Device> {
  bench(make)
}
