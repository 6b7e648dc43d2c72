// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

/// A bench's cycle is a tick of the timers' clock unless a test says otherwise.
@Suite struct MicrochipTCTests {
  private typealias Offset = SAMD21.TC.Offset
  private var timer = bench(MicrochipTC.init, ["clock": 27])

  private mutating func open(_ control: UInt32, period: UInt32? = nil, compare: UInt32? = nil) {
    timer.write(Offset.controlA, control, .half)
    if let period { timer.write(Offset.period, period, .byte) }
    if let compare { timer.write(Offset.compare16, compare, control & 4 != 0 ? .byte : .half) }
    timer.write(Offset.controlA, control | 2, .half)
  }

  @Test mutating func count16_overflowsAtTheMostItHolds() {
    open(0)
    timer.run(cycles: 1000)
    #expect(timer.read(Offset.count, .half) == 1000)
    timer.run(cycles: 65535)
    #expect(timer.read(Offset.count, .half) == 999)
    #expect(timer.read(Offset.interruptFlags, .byte) & 1 == 1)
  }

  @Test mutating func matchFrequency_interruptsOncePerRound() {
    open(1 << 5, compare: 99)
    timer.write(Offset.interruptEnableSet, 0x10, .byte)
    timer.run(cycles: 98)
    #expect(!timer.interruptIsRaised)
    timer.run(cycles: 1)
    #expect(timer.interruptIsRaised)
    timer.write(Offset.interruptFlags, 0x10, .byte)
    timer.run(cycles: 99)
    #expect(!timer.interruptIsRaised)
    timer.run(cycles: 1)
    #expect(timer.interruptIsRaised)
    #expect(timer.read(Offset.interruptFlags, .byte) == 0x31)
  }

  private static let prescalers: [UInt64] = [1, 2, 4, 8, 16, 64, 256, 1024]

  @Test(arguments: 0..<8) mutating func prescaler_divides(selection: Int) {
    open(UInt32(selection) << 8)
    timer.run(cycles: Self.prescalers[selection] * 10)
    #expect(timer.read(Offset.count, .half) == 10)
  }

  @Test mutating func count8_endsAtItsPeriod() {
    open(1 << 2, period: 9)
    timer.run(cycles: 25)
    #expect(timer.read(Offset.count, .byte) == 5)
    timer.write(Offset.controlBSet, 1, .byte)
    timer.run(cycles: 3)
    #expect(timer.read(Offset.count, .byte) == 2)
    #expect(timer.read(Offset.controlBClear, .byte) == 1)
  }

  @Test mutating func count32_isAWord() {
    open(2 << 2)
    timer.write(Offset.count, 0xFFFF_FFF0)
    timer.run(cycles: 0x11)
    #expect(timer.read(Offset.count) == 1)
    timer.write(Offset.compare32 + 4, 0x1234_5678)
    #expect(timer.read(Offset.compare32 + 6, .half) == 0x1234)
  }

  @Test mutating func oneShot_stopsAtTheEndOfTheRound() {
    timer.write(Offset.controlBSet, 4, .byte)
    open(1 << 2, period: 49)
    #expect(timer.read(Offset.status, .byte) & 8 == 0)
    timer.run(cycles: 200)
    #expect(timer.read(Offset.status, .byte) & 8 == 8)
    #expect(timer.read(Offset.count, .byte) == 0)
    #expect(timer.read(Offset.interruptFlags, .byte) & 1 == 1)
    timer.write(Offset.controlBSet, 1 << 6, .byte)
    timer.run(cycles: 20)
    #expect(timer.read(Offset.count, .byte) == 20)
    timer.write(Offset.controlBSet, 2 << 6, .byte)
    timer.run(cycles: 20)
    #expect(timer.read(Offset.count, .byte) == 20)
  }

  @Test mutating func clock_isThatOfTheGenerator() {
    timer.call { $0.clock(.generic(27), became: Frequency(hertz: 1_000_000), in: &$1) }
    timer.call { $0.clock(.generic(28), became: Frequency(hertz: 5), in: &$1) }
    open(0)
    timer.run(microseconds: 10)
    #expect(timer.read(Offset.count, .half) == 10)
    timer.call { $0.clock(.generic(27), became: Frequency(hertz: 2_000_000), in: &$1) }
    timer.run(microseconds: 10)
    #expect(timer.read(Offset.count, .half) == 30)
  }

  @Test mutating func synchronisation_passes() {
    open(0)
    #expect(timer.read(Offset.status, .byte) == 0x80)
    timer.run(microseconds: 1)
    #expect(timer.read(Offset.status, .byte) == 0)
    timer.write(Offset.controlA, 1, .half)
    #expect(timer.read(Offset.controlA, .half) == 0)
    #expect(timer.read(Offset.status, .byte) == 0x88)
  }

  @Test mutating func events_countAndStart() {
    timer.write(Offset.eventControl, 0x22, .half)
    open(0)
    timer.run(cycles: 100)
    #expect(timer.read(Offset.count, .half) == 0)
    for _ in 0..<3 { timer.write(MicrochipTC.eventInput, 1) }
    #expect(timer.read(Offset.count, .half) == 3)
    timer.write(Offset.controlA, 0, .half)
    timer.write(Offset.eventControl, 0x23, .half)
    timer.write(Offset.controlA, 2, .half)
    timer.run(cycles: 100)
    #expect(timer.read(Offset.count, .half) == 0)
    timer.write(MicrochipTC.eventInput, 1)
    timer.run(cycles: 100)
    #expect(timer.read(Offset.count, .half) == 100)
  }

  @Test mutating func outputs_arePublished() {
    timer.write(Offset.eventControl, 0x1100, .half)
    open(1 << 2, period: 9)
    timer.write(Offset.compare8, 4, .byte)
    timer.run(cycles: 20)
    #expect(timer.instants(ofEvent: Offset.interruptFlags) == [10, 20])
    #expect(timer.instants(ofEvent: Offset.interruptFlags + 4) == [4, 14])
  }
}

@Suite struct MicrochipTCCTests {
  private typealias Offset = SAMD21.TCC.Offset
  private var timer = bench(MicrochipTCC.init, ["clock": 26])

  @Test mutating func normalPWM_countsToItsPeriod() {
    timer.write(Offset.waveform, 2)
    timer.write(Offset.period, 99)
    timer.write(Offset.compare + 4, 25)
    timer.write(Offset.interruptEnableSet, 1 << 17)
    timer.write(Offset.controlA, 2)
    timer.run(cycles: 24)
    #expect(!timer.interruptIsRaised)
    timer.run(cycles: 1)
    #expect(timer.interruptIsRaised)
    timer.run(cycles: 100)
    #expect(timer.read(Offset.count) == 25)
    // Compare channels at zero match at the beginning of each round.
    #expect(timer.read(Offset.interruptFlags) == 0xF_0001)
  }

  @Test mutating func dualSlope_goesUpAndDown() {
    timer.write(Offset.waveform, 5)
    timer.write(Offset.period, 100)
    timer.write(Offset.controlA, 2)
    timer.run(cycles: 130)
    #expect(timer.read(Offset.count) == 70)
    timer.run(cycles: 75)
    #expect(timer.read(Offset.count) == 5)
  }

  /// As analogWrite does it: a new duty waits for the end of the round.
  @Test mutating func buffers_areTakenOverAtTheOverflow() {
    timer.write(Offset.waveform, 2)
    timer.write(Offset.period, 99)
    timer.write(Offset.compare, 10)
    timer.write(Offset.controlA, 2)
    timer.run(cycles: 50)
    timer.write(Offset.controlBSet, 2, .byte)
    timer.write(Offset.compareBuffer, 77)
    timer.run(cycles: 100)
    #expect(timer.read(Offset.compare) == 10)
    #expect(timer.read(Offset.status) == 1 << 16)
    timer.write(Offset.controlBClear, 2, .byte)
    timer.run(cycles: 100)
    #expect(timer.read(Offset.compare) == 77)
    #expect(timer.read(Offset.status) == 0)
    timer.write(Offset.controlA, 0)
    timer.write(Offset.compareBuffer, 5)
    #expect(timer.read(Offset.compare) == 5)
  }

  @Test mutating func registers_areAsWideAsTheInstance() {
    var small = bench(MicrochipTCC.init, ["bits": 16, "channels": 2])
    small.write(Offset.period, .max)
    small.write(Offset.compare + 8, 5)
    #expect(small.read(Offset.period) == 0xFFFF)
    #expect(small.read(Offset.compare + 8) == 0)
    #expect(timer.read(Offset.period) == 0xFF_FFFF)
  }

  @Test mutating func synchronisation_namesTheRegister() {
    timer.write(Offset.compare + 4, 1)
    timer.write(Offset.period, 1)
    #expect(timer.read(Offset.synchronisationBusy) == 1 << 9 | 1 << 7)
    timer.run(microseconds: 1)
    #expect(timer.read(Offset.synchronisationBusy) == 0)
    timer.write(Offset.controlA, 1)
    #expect(timer.read(Offset.synchronisationBusy) & 1 == 1)
  }

  @Test mutating func commands_stopAndStartAgain() {
    timer.write(Offset.controlA, 2)
    timer.run(cycles: 40)
    timer.write(Offset.controlBSet, 2 << 5, .byte)
    timer.run(cycles: 40)
    #expect(timer.read(Offset.count) == 40)
    #expect(timer.read(Offset.status) == 1)
    timer.write(Offset.controlBSet, 1 << 5, .byte)
    timer.run(cycles: 7)
    #expect(timer.read(Offset.count) == 7)
    #expect(timer.read(Offset.interruptFlags) & 2 == 2)
  }
}
