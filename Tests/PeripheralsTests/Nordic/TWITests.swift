// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

/// At 100 kHz a bit is 160 ticks of 16 MHz, 640 cycles: a START and an address take 6400, a byte
/// 5760, a STOP 640.
@Suite struct NordicTWITests {
  private var twi = bench(NordicSharedSerial.init)
  private static let byte: UInt64 = 5760

  private mutating func enable(_ mode: UInt32 = TWI.Enable.on) {
    twi.write(TWI.Offset.pinSelectClock, 15)
    twi.write(TWI.Offset.pinSelectData, 14)
    twi.write(TWI.Offset.frequency, TWIM.Frequency.hertz100000)
    twi.write(TWI.Offset.address, 0x6B)
    twi.write(TWI.Offset.enable, mode)
  }

  /// A part that answers 0x10, 0x11, … and takes everything.
  private mutating func attachPart(refusing refused: @escaping (I2CSignal) -> Bool = { _ in false })
  {
    var next: UInt8 = 0x10
    twi.environment.twoWire = { signal, bus in
      #expect(bus == .pins(data: Pin(port: 0, number: 14), clock: Pin(port: 0, number: 15)))
      if refused(signal) { return .notAcknowledged }
      guard signal == .read else { return .acknowledged }
      defer { next += 1 }
      return .byte(next)
    }
  }

  @Test mutating func legacyWrite_sendsByteByByte() {
    enable()
    attachPart()
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.write(TWI.Offset.transmitData, 0x22)
    twi.run(cycles: 6400 + Self.byte)
    #expect(twi.instants(ofEvent: TWI.Offset.eventsTransmitSent) == [6400 + Self.byte])
    twi.write(TWI.Offset.transmitData, 0x05)
    twi.run(cycles: Self.byte)
    twi.write(TWI.Offset.tasksStop, 1)
    twi.run(cycles: 640)
    #expect(twi.read(TWI.Offset.eventsStopped) == 1)
    #expect(
      twi.environment.twoWireSignals == [
        .start(address: 0x6B, isRead: false), .write(0x22), .write(0x05), .stop,
      ])
    #expect(twi.read(TWI.Offset.errorSource) == 0)
  }

  /// How nrfx reads: suspended at each byte boundary, and STOP by shortcut behind the last byte.
  @Test mutating func legacyRead_waitsAtEachBoundary() {
    enable()
    attachPart()
    twi.write(TWI.Offset.shorts, TWI.Shorts.boundarySuspend)
    twi.write(TWI.Offset.tasksStartReceive, 1)
    twi.run(cycles: 100_000)
    #expect(twi.instants(ofEvent: TWI.Offset.eventsReceiveReady) == [6400 + Self.byte])
    #expect(twi.read(TWI.Offset.eventsSuspended) == 1)
    #expect(twi.read(TWI.Offset.receiveData) == 0x10)
    twi.write(TWI.Offset.shorts, TWI.Shorts.boundaryStop)
    twi.write(TWI.Offset.tasksResume, 1)
    twi.run(cycles: 100_000)
    #expect(twi.read(TWI.Offset.receiveData) == 0x11)
    #expect(twi.read(TWI.Offset.eventsStopped) == 1)
    #expect(
      twi.environment.twoWireSignals == [.start(address: 0x6B, isRead: true), .read, .read, .stop])
  }

  @Test mutating func legacyRead_thatNobodyTakes_overruns() {
    enable()
    attachPart()
    twi.write(TWI.Offset.tasksStartReceive, 1)
    twi.run(cycles: 6400 + 2 * Self.byte)
    #expect(twi.read(TWI.Offset.errorSource) == TWIM.ErrorSource.overrun)
    twi.write(TWI.Offset.errorSource, TWIM.ErrorSource.overrun)
    #expect(twi.read(TWI.Offset.errorSource) == 0)
  }

  @Test mutating func nobodyThere_isAnAddressError_andStopEndsIt() {
    enable()
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.write(TWI.Offset.transmitData, 0x22)
    twi.run(cycles: 50_000)
    #expect(twi.instants(ofEvent: TWI.Offset.eventsError) == [6400])
    #expect(twi.read(TWI.Offset.errorSource) == TWIM.ErrorSource.addressNotAcknowledged)
    #expect(twi.environment.twoWireSignals.count == 1)
    twi.write(TWI.Offset.tasksStop, 1)
    twi.run(cycles: 640)
    #expect(twi.read(TWI.Offset.eventsStopped) == 1)
  }

  @Test mutating func refusedByte_isADataError() {
    enable()
    attachPart { $0 == .write(0x22) }
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.write(TWI.Offset.transmitData, 0x22)
    twi.run(cycles: 50_000)
    #expect(twi.read(TWI.Offset.errorSource) == TWIM.ErrorSource.dataNotAcknowledged)
    #expect(twi.instants(ofEvent: TWI.Offset.eventsTransmitSent).isEmpty)
  }

  @Test mutating func suspendedWrite_goesOnWithARepeatedStart() {
    enable()
    attachPart()
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.write(TWI.Offset.transmitData, 0x28)
    twi.run(cycles: 20_000)
    twi.write(TWI.Offset.tasksSuspend, 1)
    #expect(twi.read(TWI.Offset.eventsSuspended) == 1)
    twi.write(TWI.Offset.shorts, TWI.Shorts.boundaryStop)
    twi.write(TWI.Offset.tasksResume, 1)
    twi.write(TWI.Offset.tasksStartReceive, 1)
    twi.run(cycles: 20_000)
    #expect(
      twi.environment.twoWireSignals == [
        .start(address: 0x6B, isRead: false), .write(0x28), .start(address: 0x6B, isRead: true),
        .read, .stop,
      ])
  }

  // MARK: EasyDMA

  private mutating func setBuffers(transmit: Int, receive: Int) {
    twi.environment.ram.replaceSubrange(0..<2, with: [0xA8, 0xA9])
    twi.write(TWIM.Offset.transmitPointer, BenchEnvironment.ramBase)
    twi.write(TWIM.Offset.transmitMaximumCount, UInt32(transmit))
    twi.write(TWIM.Offset.receivePointer, BenchEnvironment.ramBase + 64)
    twi.write(TWIM.Offset.receiveMaximumCount, UInt32(receive))
  }

  @Test mutating func writeThenRead_runsByShortcuts() {
    enable(TWIM.Enable.on)
    attachPart()
    setBuffers(transmit: 1, receive: 3)
    twi.write(
      TWI.Offset.shorts, TWIM.Shorts.lastTransmitStartReceive | TWIM.Shorts.lastReceiveStop)
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.run(cycles: 100_000)
    #expect(
      twi.environment.twoWireSignals == [
        .start(address: 0x6B, isRead: false), .write(0xA8), .start(address: 0x6B, isRead: true),
        .read, .read, .read, .stop,
      ])
    #expect(Array(twi.environment.ram[64..<68]) == [0x10, 0x11, 0x12, 0])
    #expect(twi.read(TWIM.Offset.transmitAmount) == 1)
    #expect(twi.read(TWIM.Offset.receiveAmount) == 3)
    #expect(twi.instants(ofEvent: TWIM.Offset.eventsTransmitStarted) == [0])
    #expect(twi.instants(ofEvent: TWIM.Offset.eventsLastTransmit) == [6400])
    let read = 6400 + Self.byte
    #expect(twi.instants(ofEvent: TWIM.Offset.eventsReceiveStarted) == [read])
    #expect(
      twi.instants(ofEvent: TWIM.Offset.eventsLastReceive) == [read + 6400 + 2 * Self.byte])
    #expect(
      twi.instants(ofEvent: TWI.Offset.eventsStopped) == [read + 6400 + 3 * Self.byte + 640])
  }

  @Test mutating func lastByteSuspend_holdsTheBusUntilResumed() {
    enable(TWIM.Enable.on)
    attachPart()
    setBuffers(transmit: 2, receive: 0)
    twi.write(TWI.Offset.shorts, TWIM.Shorts.lastTransmitSuspend)
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.run(cycles: 100_000)
    #expect(twi.instants(ofEvent: TWI.Offset.eventsSuspended) == [6400 + 2 * Self.byte])
    twi.write(TWI.Offset.tasksResume, 1)
    twi.write(TWI.Offset.tasksStop, 1)
    twi.run(cycles: 640)
    #expect(twi.environment.twoWireSignals.last == .stop)
  }

  @Test mutating func stop_inAByte_finishesItFirst() {
    enable(TWIM.Enable.on)
    attachPart()
    setBuffers(transmit: 2, receive: 0)
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.run(cycles: 7000)
    twi.write(TWI.Offset.tasksStop, 1)
    twi.run(cycles: 100_000)
    #expect(twi.instants(ofEvent: TWI.Offset.eventsStopped) == [6400 + Self.byte + 640])
    #expect(twi.read(TWIM.Offset.transmitAmount) == 1)
  }

  @Test mutating func arrayList_movesThePointerOn() {
    enable(TWIM.Enable.on)
    attachPart()
    setBuffers(transmit: 2, receive: 0)
    twi.write(TWIM.Offset.transmitList, 1)
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    #expect(twi.read(TWIM.Offset.transmitPointer) == BenchEnvironment.ramBase + 2)
  }

  @Test mutating func buffersOutsideRAM_areFaults_andTheTransferEnds() {
    enable(TWIM.Enable.on)
    attachPart()
    setBuffers(transmit: 1, receive: 1)
    twi.write(TWIM.Offset.transmitPointer, 0x1000)
    twi.write(TWIM.Offset.receivePointer, 0x2000)
    twi.write(
      TWI.Offset.shorts, TWIM.Shorts.lastTransmitStartReceive | TWIM.Shorts.lastReceiveStop)
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.run(cycles: 100_000)
    #expect(twi.effects.contains(.dmaFault(Address(0x1000), ByteCount(1))))
    #expect(twi.effects.contains(.dmaFault(Address(0x2000), ByteCount(1))))
    #expect(twi.read(TWI.Offset.eventsStopped) == 1)
  }

  @Test mutating func switchingOff_leavesTheBus() {
    enable(TWIM.Enable.on)
    attachPart()
    setBuffers(transmit: 2, receive: 0)
    twi.write(TWI.Offset.tasksStartTransmit, 1)
    twi.run(cycles: 7000)
    twi.write(TWI.Offset.enable, 0)
    twi.run(cycles: 100_000)
    #expect(twi.environment.twoWireSignals == [.start(address: 0x6B, isRead: false), .stop])
    #expect(twi.read(TWI.Offset.eventsStopped) == 0)
  }

  @Test func instanceWithoutTwoWire_saysSo() {
    var spi = bench(NordicSharedSerial.init, ["twoWire": 0])
    spi.write(TWI.Offset.enable, TWI.Enable.on)
    #expect(spi.effects == [.unmodelled(offset: TWI.Offset.enable, write: true)])
  }
}
