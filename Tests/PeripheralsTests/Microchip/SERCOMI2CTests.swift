// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct MicrochipSERCOMI2CTests {
  private typealias Offset = SAMD21.SERCOM.Offset
  private var sercom = bench(MicrochipSERCOM.init, ["clock": 25])
  private static let bus = I2CBus.controller("under test")

  init() {
    sercom.call { $0.clock(.generic(25), became: Frequency(hertz: 48_000_000), in: &$1) }
  }

  private mutating func write(_ offset: UInt32, _ value: UInt32, _ width: BusWidth = .word) {
    sercom.call { $0.write(offset, value, width, in: &$1) }
  }
  private mutating func read(_ offset: UInt32, _ width: BusWidth = .word) -> UInt32 {
    var value: UInt32 = 0
    sercom.call { value = $0.read(offset, width, in: &$1) }
    return value
  }
  private mutating func flags() -> UInt32 { read(Offset.interruptFlags, .byte) }
  private mutating func busState() -> UInt32 { read(Offset.status, .half) >> 4 & 3 }
  private mutating func command(_ command: UInt32, acknowledge: Bool = true) {
    write(Offset.controlB, command << 16 | (acknowledge ? 0 : 1 << 18))
  }

  /// 100 kHz, a part at 0x3C that counts upwards.
  private mutating func open(controlB: UInt32 = 0) {
    var next: UInt8 = 0x10
    sercom.environment.twoWire = { signal, bus in
      guard bus == Self.bus else { return .notAcknowledged }
      switch signal {
      case .start(let address, _): return address == 0x3C ? .acknowledged : .notAcknowledged
      case .write(let byte): return byte == 0xEE ? .notAcknowledged : .acknowledged
      case .read:
        next += 1
        return .byte(next)
      case .stop: return .acknowledged
      }
    }
    write(Offset.controlB, controlB)
    write(Offset.baud, 235)
    write(Offset.controlA, 5 << 2 | 2)
    write(Offset.status, 1 << 4, .half)
  }

  @Test mutating func bus_isUnknownUntilFirmwareSaysIdle() {
    write(Offset.controlA, 5 << 2 | 2)
    #expect(busState() == 0)
    write(Offset.address, 0x78)
    sercom.run(microseconds: 1000)
    #expect(flags() == 0)
    write(Offset.status, 1 << 4, .half)
    #expect(read(Offset.synchronisationBusy) == 4)
    #expect(busState() == 1)
  }

  @Test mutating func write_takesNineClocksAByte() {
    open()
    write(Offset.address, 0x3C << 1)
    #expect(busState() == 2)
    sercom.run(microseconds: 99)
    #expect(flags() == 0)
    sercom.run(microseconds: 2)
    #expect(flags() == 1)
    #expect(read(Offset.status, .half) == 0xA0)
    write(Offset.data, 0x55, .byte)
    #expect(flags() == 0)
    sercom.run(microseconds: 91)
    #expect(flags() == 1)
    write(Offset.data, 0xEE, .byte)
    sercom.run(microseconds: 91)
    #expect(read(Offset.status, .half) == 0xA4)
    command(3)
    #expect(busState() == 1)
    #expect(flags() == 0)
    #expect(read(Offset.controlB) == 0)
    #expect(
      sercom.environment.twoWireSignals == [
        .start(address: 0x3C, isRead: false), .write(0x55), .write(0xEE), .stop,
      ])
  }

  @Test mutating func address_thatNobodyHas() {
    open()
    write(Offset.address, 0x3D << 1 | 1)
    sercom.run(microseconds: 300)
    #expect(flags() == 1)
    #expect(read(Offset.status, .half) & 4 == 4)
    command(3)
    #expect(
      sercom.environment.twoWireSignals == [.start(address: 0x3D, isRead: true), .stop])
  }

  @Test mutating func read_bringsTheFirstByteWithTheAddress() {
    open()
    write(Offset.interruptEnableSet, 2, .byte)
    write(Offset.address, 0x3C << 1 | 1)
    sercom.run(microseconds: 180)
    #expect(flags() == 0)
    sercom.run(microseconds: 12)
    #expect(flags() == 2)
    #expect(sercom.interruptIsRaised)
    #expect(read(Offset.data, .byte) == 0x11)
    command(2)
    sercom.run(microseconds: 91)
    #expect(read(Offset.data, .byte) == 0x12)
    command(3, acknowledge: false)
    #expect(!sercom.interruptIsRaised)
    #expect(
      sercom.environment.twoWireSignals == [
        .start(address: 0x3C, isRead: true), .read, .read, .stop,
      ])
  }

  @Test mutating func smartMode_clocksTheNextByteWhenOneIsRead() {
    open(controlB: 1 << 8)
    write(Offset.address, 0x3C << 1 | 1)
    sercom.run(microseconds: 200)
    #expect(read(Offset.data, .byte) == 0x11)
    #expect(flags() == 0)
    sercom.run(microseconds: 91)
    write(Offset.controlB, 1 << 8 | 1 << 18)
    #expect(read(Offset.data, .byte) == 0x12)
    sercom.run(microseconds: 200)
    #expect(flags() == 0)
    write(Offset.controlB, 1 << 8 | 1 << 18 | 3 << 16)
    #expect(busState() == 1)
  }

  @Test mutating func repeatedStart_keepsTheBus() {
    open()
    write(Offset.address, 0x3C << 1)
    sercom.run(microseconds: 101)
    write(Offset.data, 0x0F, .byte)
    sercom.run(microseconds: 91)
    write(Offset.address, 0x3C << 1 | 1)
    sercom.run(microseconds: 200)
    #expect(read(Offset.data, .byte) == 0x11)
    #expect(
      sercom.environment.twoWireSignals == [
        .start(address: 0x3C, isRead: false), .write(0x0F), .start(address: 0x3C, isRead: true),
        .read,
      ])
  }
}
