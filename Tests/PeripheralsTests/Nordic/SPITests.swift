// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

/// At 8 MHz a byte is 64 cycles.
@Suite struct NordicSPITests {
  private var spi = bench(NordicSharedSerial.init)

  private mutating func enable(_ mode: UInt32, _ frequency: UInt32 = SPIM.Frequency.megahertz8) {
    spi.write(SPIM.Offset.pinSelectClock, 13)
    spi.write(SPIM.Offset.pinSelectOut, 0x21)
    spi.write(SPIM.Offset.pinSelectIn, 0x28)
    spi.write(SPIM.Offset.frequency, frequency)
    spi.write(SPIM.Offset.enable, mode)
    spi.environment.shift = { byte, _ in ~byte }
  }

  private mutating func setBuffers(transmit: Int, receive: Int) {
    spi.environment.ram.replaceSubrange(0..<3, with: [1, 2, 3])
    spi.write(SPIM.Offset.transmitPointer, BenchEnvironment.ramBase)
    spi.write(SPIM.Offset.transmitMaximumCount, UInt32(transmit))
    spi.write(SPIM.Offset.receivePointer, BenchEnvironment.ramBase + 64)
    spi.write(SPIM.Offset.receiveMaximumCount, UInt32(receive))
  }

  @Test mutating func exchange_takesItsTime_andFillsWithORC() {
    enable(SPIM.Enable.on)
    setBuffers(transmit: 2, receive: 4)
    spi.write(SPIM.Offset.overReadCharacter, 0x0F)
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 1000)
    #expect(spi.instants(ofEvent: SPIM.Offset.eventsStarted) == [0])
    #expect(spi.instants(ofEvent: SPIM.Offset.eventsEnd) == [256])
    #expect(spi.instants(ofEvent: SPIM.Offset.eventsEndReceive) == [256])
    #expect(Array(spi.environment.ram[64..<69]) == [0xFE, 0xFD, 0xF0, 0xF0, 0])
    #expect(spi.read(SPIM.Offset.transmitAmount) == 2)
    #expect(spi.read(SPIM.Offset.receiveAmount) == 4)
  }

  private static let fastRates: [(frequency: UInt32, cycles: UInt64)] = [
    (SPIM.Frequency.megahertz16, 32), (SPIM.Frequency.megahertz32, 16),
  ]

  @Test(arguments: fastRates)
  mutating func fastRates_areCodedApart(frequency: UInt32, cycles: UInt64) {
    enable(SPIM.Enable.on, frequency)
    setBuffers(transmit: 1, receive: 0)
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 1000)
    #expect(spi.instants(ofEvent: SPIM.Offset.eventsEnd) == [cycles])
  }

  @Test mutating func stop_comesAfterTheByteThatIsShifted() {
    enable(SPIM.Enable.on)
    setBuffers(transmit: 3, receive: 3)
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 70)
    spi.write(SPIM.Offset.tasksStop, 1)
    #expect(spi.read(SPIM.Offset.receiveAmount) == 2)
    #expect(spi.read(SPIM.Offset.eventsStopped) == 1)
    spi.run(cycles: 1000)
    #expect(spi.instants(ofEvent: SPIM.Offset.eventsEnd) == [70])
  }

  @Test mutating func shortcut_startsAgain_withListsThatMoveOn() {
    enable(SPIM.Enable.on)
    setBuffers(transmit: 1, receive: 1)
    spi.write(SPIM.Offset.transmitList, 1)
    spi.write(SPIM.Offset.receiveList, 1)
    spi.write(SPIM.Offset.shorts, SPIM.Shorts.endStart)
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 64 * 3)
    #expect(Array(spi.environment.ram[64..<67]) == [0xFE, 0xFD, 0xFC])
  }

  @Test mutating func buffersOutsideRAM_areFaults() {
    enable(SPIM.Enable.on)
    setBuffers(transmit: 1, receive: 1)
    spi.write(SPIM.Offset.transmitPointer, 0x1000)
    spi.write(SPIM.Offset.receivePointer, 0x2000)
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 1000)
    #expect(spi.effects.contains(.dmaFault(Address(0x1000), ByteCount(1))))
    #expect(spi.effects.contains(.dmaFault(Address(0x2000), ByteCount(1))))
    #expect(spi.instants(ofEvent: SPIM.Offset.eventsEnd) == [64])
  }

  @Test mutating func legacy_isDoubleBuffered() {
    enable(SPI.Enable.on)
    spi.write(SPI.Offset.transmitData, 1)
    spi.write(SPI.Offset.transmitData, 2)
    spi.run(cycles: 64)
    #expect(spi.instants(ofEvent: SPI.Offset.eventsReady) == [64])
    spi.run(cycles: 64)
    #expect(spi.read(SPI.Offset.receiveData) == 0xFE)
    #expect(spi.instants(ofEvent: SPI.Offset.eventsReady) == [64, 128])
    #expect(spi.read(SPI.Offset.receiveData) == 0xFD)
    #expect(spi.read(SPI.Offset.receiveData) == 0)
  }

  @Test mutating func nobodySelected_theLineHasItsLevel() {
    enable(SPIM.Enable.on)
    spi.environment.shift = { _, _ in nil }
    setBuffers(transmit: 1, receive: 1)
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 64)
    #expect(spi.environment.ram[64] == 0)
    spi.environment.levels[Pin(port: 1, number: 8)] = .high
    spi.write(SPIM.Offset.tasksStart, 1)
    spi.run(cycles: 64)
    #expect(spi.environment.ram[64] == 0xFF)
  }
}
