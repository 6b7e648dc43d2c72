// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

@testable import Peripherals

/// A host's transactions and a driver's register accesses, one at a time.
extension Bench<NordicUSBD> {
  static var attached: Bench {
    var bench = bench(NordicUSBD.init)
    bench.call { _ = $0.usb(.power(true), in: &$1) }
    bench.write(USBD.Offset.enable, 1)
    bench.run(microseconds: 20)
    bench.write(USBD.Offset.eventCause, USBD.Cause.ready)
    bench.write(USBD.Offset.eventsBus, 0)
    bench.write(USBD.Offset.pullUp, 1)
    return bench
  }

  @discardableResult
  mutating func host(_ event: USBBusEvent) -> USBHandshake {
    var handshake = USBHandshake.none
    call { handshake = $0.usb(event, in: &$1) }
    return handshake
  }

  /// The event register's value; clears it.
  mutating func take(_ event: UInt32) -> UInt32 {
    defer { write(event, 0) }
    return read(event)
  }

  mutating func setup(_ bytes: [UInt8], to address: UInt8 = 0) -> USBHandshake {
    host(.setup(address: address, endpoint: 0, bytes))
  }

  /// The driver gives a packet to an endpoint, and waits until EasyDMA has it.
  mutating func give(_ bytes: [UInt8], to endpoint: UInt32) {
    environment.ram.replaceSubrange(0..<bytes.count, with: bytes)
    let block = endpoint * NordicUSBD.blockStride
    write(USBD.Offset.inPointer + block, BenchEnvironment.ramBase)
    write(USBD.Offset.inMaximumCount + block, UInt32(bytes.count))
    write(USBD.Offset.tasksStartIn + 4 * endpoint, 1)
    run(microseconds: 6)
  }

  /// The driver fetches a packet from an endpoint.
  mutating func fetch(from endpoint: UInt32, room: UInt32 = 64) -> [UInt8] {
    let block = endpoint * NordicUSBD.blockStride
    write(USBD.Offset.outPointer + block, BenchEnvironment.ramBase + 256)
    write(USBD.Offset.outMaximumCount + block, room)
    write(USBD.Offset.tasksStartOut + 4 * endpoint, 1)
    run(microseconds: 6)
    let amount = Int(read(USBD.Offset.outAmount + block))
    return Array(environment.ram[256..<256 + amount])
  }
}
