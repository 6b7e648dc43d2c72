// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicUARTETests {
  private var uart = bench(NordicUARTE.init)
  private let buffer = BenchEnvironment.ramBase + 16

  private mutating func enable(baud: UInt32 = UARTE.BaudRate.baud1M) {
    uart.write(UARTE.Offset.baudRate, baud)
    uart.write(UARTE.Offset.enable, UARTE.Enable.on)
  }

  private mutating func send(_ bytes: [UInt8], claiming count: UInt32? = nil) {
    _ = uart.environment.writeRAM(bytes, at: Address(buffer))
    uart.write(UARTE.Offset.transmitPointer, buffer)
    uart.write(UARTE.Offset.transmitMaximumCount, count ?? UInt32(bytes.count))
    uart.write(UARTE.Offset.tasksStartTransmit, 1)
  }

  private mutating func listen(_ count: UInt32, at address: UInt32? = nil) {
    uart.write(UARTE.Offset.receivePointer, address ?? buffer)
    uart.write(UARTE.Offset.receiveMaximumCount, count)
    uart.write(UARTE.Offset.tasksStartReceive, 1)
  }

  private var sent: [UInt8] {
    uart.effects.compactMap { if case .serialOutput(let byte) = $0 { byte } else { nil } }
  }

  /// The rates that the manual says silicon makes of its register values.
  private static let rates: [(register: UInt32, rate: Double)] = [
    (0x0027_5000, 9598), (0x01D6_0000, 115_108), (0x01D7_E000, 115_942), (0x03B0_0000, 231_884),
    (0x0740_0000, 457_143), (0x0F00_0000, 941_176), (0x1000_0000, 1_000_000),
  ]

  @Test(arguments: rates)
  mutating func baudRate_isTheActualOne(register: UInt32, rate: Double) {
    enable(baud: register)
    let bit = Double(uart.device.byteTime.count) / 10 / 64e6
    #expect(abs(1 / bit - rate) < 1)
  }

  @Test mutating func amounts_outliveSwitchingOff() {
    enable()
    send([0x41, 0x42, 0x43])
    listen(2)
    uart.call { device, context in device.receive(0x61, in: &context) }
    uart.call { device, context in device.receive(0x62, in: &context) }
    uart.run(microseconds: 40)
    uart.write(UARTE.Offset.enable, 0)
    #expect(uart.read(UARTE.Offset.transmitAmount) == 3)
    #expect(uart.read(UARTE.Offset.receiveAmount) == 2)
  }

  @Test mutating func transmit_takesTheTimeOfItsBits() {
    enable()
    send([0x41, 0x42, 0x43])
    #expect(uart.read(UARTE.Offset.eventsTransmitStarted) == 1)
    uart.run(microseconds: 29)
    #expect(sent == [0x41, 0x42])
    #expect(uart.read(UARTE.Offset.eventsEndTransmit) == 0)
    uart.run(microseconds: 1)
    #expect(sent == [0x41, 0x42, 0x43])
    #expect(uart.instants(ofEvent: UARTE.Offset.eventsTransmitReady) == [640, 1280, 1920])
    #expect(uart.instants(ofEvent: UARTE.Offset.eventsEndTransmit) == [1920])
    #expect(uart.read(UARTE.Offset.transmitAmount) == 3)
  }

  @Test mutating func parityAndTwoStopBits_lengthenTheByte() {
    uart.write(UARTE.Offset.config, UARTE.Config.parity | UARTE.Config.twoStopBits)
    enable()
    #expect(uart.device.byteTime == Cycles(64 * 12))
  }

  @Test mutating func stopTransmit_finishesTheByteAndReportsTheAmount() {
    enable()
    send([1, 2, 3, 4])
    uart.run(microseconds: 15)
    uart.write(UARTE.Offset.tasksStopTransmit, 1)
    #expect(uart.read(UARTE.Offset.eventsTransmitStopped) == 0)
    uart.run(microseconds: 100)
    #expect(sent == [1, 2])
    #expect(uart.read(UARTE.Offset.eventsEndTransmit) == 1)
    #expect(uart.read(UARTE.Offset.eventsTransmitStopped) == 1)
    #expect(uart.read(UARTE.Offset.transmitAmount) == 2)
  }

  @Test mutating func transmitFromFlash_isADMAFaultThatEnds() {
    enable()
    uart.write(UARTE.Offset.transmitPointer, 0x1000)
    uart.write(UARTE.Offset.transmitMaximumCount, 8)
    uart.write(UARTE.Offset.tasksStartTransmit, 1)
    #expect(uart.effects.contains(.dmaFault(Address(0x1000), ByteCount(8))))
    #expect(uart.read(UARTE.Offset.eventsEndTransmit) == 1)
    #expect(sent.isEmpty)
  }

  @Test mutating func receive_fillsRAMAtTheBaudRate() {
    enable()
    #expect(!uart.device.acceptsSerial)
    listen(3)
    #expect(uart.device.acceptsSerial)
    for byte in [7, 8, 9, 10] as [UInt8] { uart.call { $0.receive(byte, in: &$1) } }
    uart.run(microseconds: 20)
    #expect(uart.environment.ram[16..<19] == [7, 8, 0])
    #expect(uart.read(UARTE.Offset.eventsEndReceive) == 0)
    uart.run(microseconds: 10)
    #expect(uart.environment.ram[16..<20] == [7, 8, 9, 0])
    #expect(uart.read(UARTE.Offset.eventsEndReceive) == 1)
    #expect(uart.read(UARTE.Offset.receiveAmount) == 3)
    listen(1, at: buffer + 8)
    uart.run(microseconds: 10)
    #expect(uart.environment.ram[24] == 10, "the fourth byte waited on the line")
  }

  @Test mutating func endReceiveShortcut_startsTheNextBuffer() {
    enable()
    uart.write(UARTE.Offset.shorts, UARTE.Shorts.endReceiveStartReceive)
    listen(1)
    uart.write(UARTE.Offset.receivePointer, buffer + 4)
    for byte in [1, 2] as [UInt8] { uart.call { $0.receive(byte, in: &$1) } }
    uart.run(microseconds: 20)
    #expect(uart.environment.ram[16] == 1)
    #expect(uart.environment.ram[20] == 2)
    #expect(uart.instants(ofEvent: UARTE.Offset.eventsReceiveStarted).count == 3)
  }

  @Test mutating func stopReceive_endsTheBufferThenTimesOut() {
    enable()
    listen(10)
    uart.call { $0.receive(5, in: &$1) }
    uart.run(microseconds: 10)
    uart.write(UARTE.Offset.tasksStopReceive, 1)
    uart.run(microseconds: 50)
    #expect(uart.read(UARTE.Offset.eventsReceiveTimeout) == 1)
    #expect(uart.read(UARTE.Offset.eventsEndReceive) == 1)
    #expect(uart.read(UARTE.Offset.receiveAmount) == 1)
    #expect(!uart.device.acceptsSerial)
  }

  @Test mutating func receiveOutsideRAM_isADMAFault() {
    enable()
    listen(4, at: 0x0)
    #expect(uart.effects.contains(.dmaFault(Address(0), ByteCount(4))))
  }

  @Test mutating func legacy_sendsAndReceivesByTheByte() {
    uart.write(UARTE.Offset.baudRate, UARTE.BaudRate.baud1M)
    uart.write(UART.Offset.enable, UART.Enable.on)
    uart.write(UART.Offset.tasksStartTransmit, 1)
    uart.write(UART.Offset.tasksStartReceive, 1)
    uart.write(UART.Offset.transmitData, 0x55)
    for byte in [1, 2] as [UInt8] { uart.call { $0.receive(byte, in: &$1) } }
    uart.run(microseconds: 10)
    #expect(sent == [0x55])
    #expect(uart.read(UART.Offset.eventsTransmitReady) == 1)
    #expect(uart.read(UART.Offset.eventsReceiveReady) == 1)
    uart.write(UART.Offset.eventsReceiveReady, 0)
    uart.run(microseconds: 100)
    #expect(uart.read(UART.Offset.eventsReceiveReady) == 0, "RXD has not been read")
    #expect(uart.read(UART.Offset.receiveData) == 1)
    uart.run(microseconds: 10)
    #expect(uart.read(UART.Offset.receiveData) == 2)
  }

  @Test mutating func disabled_ignoresItsTasks() {
    send([1])
    uart.run(microseconds: 1000)
    #expect(sent.isEmpty)
    #expect(uart.read(UARTE.Offset.eventsTransmitStarted) == 0)
  }
}
