// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct MicrochipSERCOMSerialTests {
  private typealias Offset = SAMD21.SERCOM.Offset
  private var sercom = bench(MicrochipSERCOM.init, ["clock": 25])

  /// The core clock is 48 MHz, of a machine that counts at 64 MHz.
  init() {
    sercom.call {
      $0.clock(.generic(25), became: Frequency(hertz: 48_000_000), in: &$1)
      $0.clock(.generic(24), became: Frequency(hertz: 1), in: &$1)
      $0.clock(.generic(25), became: nil, in: &$1)
    }
  }

  private mutating func write(_ offset: UInt32, _ value: UInt32, _ width: BusWidth = .word) {
    sercom.call { $0.write(offset, value, width, in: &$1) }
  }
  private mutating func read(_ offset: UInt32, _ width: BusWidth = .word) -> UInt32 {
    var value: UInt32 = 0
    sercom.call { value = $0.read(offset, width, in: &$1) }
    return value
  }
  private mutating func receive(_ byte: UInt8) {
    sercom.call { $0.receive(byte, in: &$1) }
  }
  private mutating func flags() -> UInt32 { read(Offset.interruptFlags, .byte) }
  private var sent: [UInt8] {
    sercom.effects.compactMap { if case .serialOutput(let byte) = $0 { byte } else { nil } }
  }

  /// As ArduinoCore-samd sets it up: fractional, sixteen samples a bit.
  private mutating func openUSART(baud: UInt32 = 1_000_000, extra: UInt32 = 0) {
    let eighths = 48_000_000 * 8 / (16 * baud)
    write(Offset.baud, eighths / 8 | (eighths % 8) << 13, .half)
    write(Offset.controlB, 0x30000)
    write(Offset.controlA, 1 << 2 | 1 << 13 | extra)
    write(Offset.controlA, read(Offset.controlA) | 2)
  }

  @Test mutating func softwareReset_isSeenInBothRegisters() {
    openUSART()
    write(Offset.controlA, 1)
    #expect(read(Offset.controlA) == 1)
    #expect(read(Offset.synchronisationBusy) == 1)
    sercom.run(microseconds: 1)
    #expect(read(Offset.controlA) == 0)
    #expect(read(Offset.synchronisationBusy) == 0)
    #expect(read(Offset.controlB) == 0)
  }

  @Test mutating func usart_sendsInTheTimeOfTenBits() {
    openUSART()
    #expect(flags() == 1)
    write(Offset.data, 0x41, .half)
    #expect(flags() == 1)
    write(Offset.data, 0x42, .half)
    #expect(flags() == 0)
    sercom.run(microseconds: 9)
    #expect(sent == [])
    sercom.run(microseconds: 2)
    #expect(sent == [0x41])
    #expect(flags() == 1)
    sercom.run(microseconds: 10)
    #expect(sent == [0x41, 0x42])
    #expect(flags() == 3)
    write(Offset.data, 0x43, .half)
    #expect(flags() == 1)
  }

  /// Rates that ArduinoCore-samd and ASF make of 48 MHz: CTRLA.SAMPR, BAUD, baud.
  private static let rates: [(sampling: UInt32, baud: UInt32, rate: Double)] = [
    (1, 26, 115_384.6), (1, 312 | 4 << 13, 9600), (0, 63019, 115_203), (0, 65326, 9613),
    (2, 60503, 460_748), (3, 13 | 0 << 13, 461_538), (4, 0, 16_000_000), (0, 65535, 45.8),
    (1, 0, 24_000_000),
  ]

  @Test(arguments: rates)
  mutating func usart_rateIsThatOfTheManual(sampling: UInt32, baud: UInt32, rate: Double) {
    openUSART()
    write(Offset.controlA, 1 << 2 | sampling << 13)
    write(Offset.baud, baud, .half)
    let bit = Double(sercom.device.characterTime.count) / 10 / 64e6
    #expect(abs(1 / bit / rate - 1) < 0.05)
  }

  @Test mutating func usart_frameHasItsParityAndStopBits() {
    openUSART()
    let plain = sercom.device.characterTime.count
    write(Offset.controlA, 1 << 2 | 1 << 13 | 1 << 24)
    write(Offset.controlB, 0x30041)
    #expect(sercom.device.characterTime.count == plain * 13 / 10)
    write(Offset.controlB, 0x30005)
    #expect(sercom.device.characterTime.count == plain * 8 / 10)
  }

  @Test mutating func usart_receivesIntoTwoBytesAndThenWaits() {
    openUSART()
    write(Offset.interruptEnableSet, 4, .byte)
    for byte in 1...3 as ClosedRange<UInt8> { receive(byte) }
    #expect(!sercom.interruptIsRaised)
    sercom.run(microseconds: 11)
    #expect(sercom.interruptIsRaised)
    sercom.run(microseconds: 100)
    #expect(read(Offset.data, .half) == 1)
    #expect(read(Offset.data, .half) == 2)
    #expect(flags() == 1)
    #expect(!sercom.interruptIsRaised)
    sercom.run(microseconds: 11)
    #expect(read(Offset.data, .half) == 3)
    #expect(read(Offset.data, .half) == 3)
    #expect(
      sercom.effects.filter { $0 == .event(offset: MicrochipSERCOM.receiveEvent) }.count == 3)
  }

  @Test mutating func usart_acceptsWhileItsReceiverIsOn() {
    #expect(!sercom.device.acceptsSerial)
    openUSART()
    #expect(sercom.device.acceptsSerial)
    for _ in 0..<70 { receive(0) }
    #expect(!sercom.device.acceptsSerial)
    write(Offset.controlB, 0x10000)
    sercom.run(microseconds: 1000)
    #expect(flags() == 1)
  }

  @Test mutating func usart_saysNothingWhileDisabled() {
    write(Offset.controlB, 0x30000)
    write(Offset.controlA, 1 << 2)
    write(Offset.data, 0x41, .half)
    sercom.run(microseconds: 10_000)
    #expect(sent == [])
    #expect(flags() == 0)
  }

  @Test mutating func interrupts_followTheirFlags() {
    openUSART()
    write(Offset.interruptEnableSet, 0x83, .byte)
    #expect(read(Offset.interruptEnableClear, .byte) == 0x83)
    #expect(sercom.interruptIsRaised)
    write(Offset.interruptEnableClear, 0x01, .byte)
    #expect(!sercom.interruptIsRaised)
    write(Offset.data, 0x41, .half)
    sercom.run(microseconds: 11)
    #expect(sercom.interruptIsRaised)
    // A read-modify-write of INTFLAG clears TXC and leaves the state of DATA alone.
    let events = sercom.effects.count
    write(Offset.interruptFlags, 0xFF, .byte)
    #expect(!sercom.interruptIsRaised)
    #expect(flags() == 1)
    #expect(sercom.effects.count == events)
  }

  @Test mutating func slaveModes_areNamed() {
    write(Offset.controlA, 2 << 2)
    write(Offset.controlA, 2 << 2 | 2)
    #expect(sercom.effects == [.unmodelled(offset: Offset.controlA, write: true)])
  }

  // MARK: SPI

  private mutating func openSPI(baud: UInt32, extra: UInt32 = 0) {
    write(Offset.controlB, 1 << 17)
    write(Offset.baud, baud, .byte)
    write(Offset.controlA, 3 << 2 | 2 | extra)
  }

  @Test mutating func spi_exchangesInEightClocks() {
    sercom.environment.shift = { byte, bus in bus == .controller("under test") ? ~byte : nil }
    openSPI(baud: 23)
    write(Offset.data, 0x0F)
    sercom.run(microseconds: 7)
    #expect(flags() == 1)
    sercom.run(microseconds: 2)
    #expect(flags() == 7)
    #expect(read(Offset.data) == 0xF0)
    #expect(flags() == 3)
    #expect(sercom.environment.shifted == [0x0F])
  }

  @Test mutating func spi_leastSignificantBitFirst() {
    sercom.environment.shift = { byte, _ in byte }
    openSPI(baud: 0, extra: 1 << 30)
    write(Offset.data, 0b0000_0011)
    sercom.run(microseconds: 1)
    #expect(sercom.environment.shifted == [0b1100_0000])
    #expect(read(Offset.data) == 0b0000_0011)
  }

  @Test mutating func spi_overflowsBehindTwoBytes() {
    openSPI(baud: 0)
    for value in 1...3 as ClosedRange<UInt32> {
      write(Offset.data, value)
      sercom.run(microseconds: 1)
    }
    #expect(read(Offset.status, .half) == 4)
    #expect(flags() == 0x87)
    #expect(read(Offset.data) == 0xFF)
    write(Offset.status, 4, .half)
    #expect(read(Offset.status, .half) == 0)
  }
}
