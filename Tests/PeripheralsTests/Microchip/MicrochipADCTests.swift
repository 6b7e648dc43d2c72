// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct MicrochipADCTests {
  private typealias Offset = SAMD21.ADC.Offset
  private var adc = bench(MicrochipADC.init, ["clock": 30])
  private static let a1 = Pin(port: 11, number: 2)

  init() {
    adc.call { $0.clock(.generic(30), became: Frequency(hertz: 48_000_000), in: &$1) }
  }

  /// As ArduinoCore-samd sets it up: half of the supply, half of the gain, AIN10.
  private mutating func open(controlB: UInt32 = 0x720, average: UInt32 = 0) {
    adc.write(Offset.controlB, controlB, .half)
    adc.write(Offset.samplingControl, 0x3F, .byte)
    adc.write(Offset.averageControl, average, .byte)
    adc.write(Offset.inputControl, 0x0F00_180A)
    adc.write(Offset.referenceControl, 2, .byte)
    adc.write(Offset.controlA, 2, .byte)
  }

  private mutating func convert() -> UInt32 {
    adc.write(Offset.softwareTrigger, 2, .byte)
    adc.run(microseconds: 50_000)
    return adc.read(Offset.result, .half)
  }

  private static let inputs: [(volts: Float, result: UInt32)] = [
    (0, 0), (1.65, 512), (3.3, 1023), (5, 1023), (-1, 0), (.nan, 0),
  ]

  @Test(arguments: inputs) mutating func result_isTheFractionOfTheReference(
    volts: Float, result: UInt32
  ) {
    adc.environment.volts[Self.a1] = volts
    open()
    #expect(convert() == result)
  }

  @Test mutating func pads_thatNothingDrivesAreZero() {
    open()
    #expect(convert() == 0)
  }

  @Test mutating func result_comesAfterItsTime() {
    open()
    adc.write(Offset.interruptEnableSet, 1, .byte)
    adc.write(Offset.softwareTrigger, 2, .byte)
    // 48 MHz / 512; 32 clocks of sampling, one, five for ten bits: 405.3 µs.
    adc.run(microseconds: 405)
    #expect(!adc.interruptIsRaised)
    adc.run(microseconds: 1)
    #expect(adc.interruptIsRaised)
    #expect(adc.instants(ofEvent: Offset.interruptFlags).count == 1)
    _ = adc.read(Offset.result, .half)
    #expect(!adc.interruptIsRaised)
  }

  @Test mutating func resolution_andAlignment() {
    adc.environment.volts[Self.a1] = 1.65
    open(controlB: 0x700)
    #expect(convert() == 2048)
    adc.write(Offset.controlB, 0x730, .half)
    #expect(convert() == 128)
    adc.write(Offset.controlB, 0x732, .half)
    #expect(convert() == 128 << 8)
  }

  @Test mutating func averages_areSumsCutToSixteenBits() {
    adc.environment.volts[Self.a1] = 1.65
    // Four samples, not divided; then 64, divided by four beside the converter's own four.
    open(controlB: 0x710, average: 2)
    #expect(convert() == 8192)
    adc.write(Offset.averageControl, 6 | 4 << 4, .byte)
    #expect(convert() == 2048)
  }

  @Test mutating func differential_isSigned() {
    open(controlB: 0x701)
    adc.environment.volts[Pin(port: 10, number: 4)] = 3.3
    adc.write(Offset.inputControl, 0x0F00_040A)
    #expect(convert() == 0xF800)
  }

  @Test mutating func internalInputs_needNoPad() {
    open(controlB: 0x700)
    adc.write(Offset.inputControl, 0x1B)
    adc.write(Offset.referenceControl, 1, .byte)
    // 0.825 V of 2.23 V.
    #expect(convert() == 1515)
  }

  @Test mutating func freeRun_overrunsWhoDoesNotRead() {
    open(controlB: 0x724)
    adc.run(microseconds: 1300)
    #expect(adc.read(Offset.interruptFlags, .byte) == 3)
    #expect(adc.instants(ofEvent: Offset.interruptFlags).count == 3)
    adc.write(Offset.controlA, 0, .byte)
    adc.run(microseconds: 1300)
    #expect(adc.instants(ofEvent: Offset.interruptFlags).count == 3)
  }

  @Test mutating func window_isWatched() {
    adc.environment.volts[Self.a1] = 1.65
    open()
    adc.write(Offset.windowLower, 500, .half)
    adc.write(Offset.windowUpper, 520, .half)
    for (mode, inside) in [(1, true), (2, true), (3, true), (4, false)] as [(UInt32, Bool)] {
      adc.write(Offset.windowControl, mode, .byte)
      adc.write(Offset.interruptFlags, 4, .byte)
      _ = convert()
      #expect((adc.read(Offset.interruptFlags, .byte) & 4 != 0) == inside)
    }
  }

  @Test mutating func synchronisation_passes() {
    adc.write(Offset.inputControl, 3)
    #expect(adc.read(Offset.status, .byte) == 0x80)
    adc.run(microseconds: 1)
    #expect(adc.read(Offset.status, .byte) == 0)
    adc.write(Offset.controlA, 1, .byte)
    #expect(adc.read(Offset.inputControl) == 0)
  }

  @Test mutating func events_startConversions() {
    open()
    adc.write(MicrochipADC.eventInput, 1)
    adc.run(microseconds: 500)
    #expect(adc.read(Offset.interruptFlags, .byte) == 0)
    adc.write(Offset.eventControl, 1, .byte)
    adc.write(MicrochipADC.eventInput, 1)
    adc.run(microseconds: 500)
    #expect(adc.read(Offset.interruptFlags, .byte) == 1)
  }

  @Test mutating func outputs_areStored() {
    var dac = bench(MicrochipDAC.init)
    dac.write(SAMD21.DAC.Offset.data, 0x3FF, .half)
    #expect(dac.read(SAMD21.DAC.Offset.status, .byte) == 0x80)
    dac.run(microseconds: 1)
    #expect(dac.read(SAMD21.DAC.Offset.status, .byte) == 0)
    #expect(dac.read(SAMD21.DAC.Offset.data, .half) == 0x3FF)
    var comparators = bench(MicrochipAC.init)
    comparators.write(SAMD21.AC.Offset.controlA, 2, .byte)
    comparators.write(SAMD21.AC.Offset.comparatorControl + 4, 1)
    #expect(comparators.read(SAMD21.AC.Offset.statusB, .byte) == 2)
  }
}
