// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicSAADCTests {
  private var adc = bench(NordicSAADC.init)
  private static let pad = Pin(port: 0, number: 2)

  /// mbed's configuration: gain 1/4, a quarter of the supply as reference, 12 bits, 10 µs.
  private static let mbed: UInt32 = 0x2_1200

  private mutating func setUp(
    _ configs: [UInt32] = [mbed], resolution: UInt32 = 2, count: UInt32 = 1
  ) {
    adc.write(SAADC.Offset.resolution, resolution)
    adc.write(SAADC.Offset.resultPointer, BenchEnvironment.ramBase)
    adc.write(SAADC.Offset.resultMaximumCount, count)
    for (channel, config) in configs.enumerated() {
      let offset = 16 * UInt32(channel)
      adc.write(SAADC.Offset.config + offset, config)
      adc.write(SAADC.Offset.positiveInput + offset, SAADC.Input.analogue0 + UInt32(channel))
    }
    adc.write(SAADC.Offset.enable, SAADC.Enable.on)
    adc.write(SAADC.Offset.tasksStart, 1)
  }

  private func result(_ index: Int = 0) -> Int16 {
    let ram = adc.environment.ram
    return Int16(truncatingIfNeeded: Int(ram[2 * index]) | Int(ram[2 * index + 1]) << 8)
  }

  private mutating func sample(microseconds: UInt64 = 12) {
    adc.write(SAADC.Offset.tasksSample, 1)
    adc.run(microseconds: microseconds)
  }

  @Test mutating func supplyAsReference_isFullScale() {
    for (volts, expected) in [(0, 0), (1.65, 2048), (3.3, 4095), (5, 4095)] as [(Float, Int16)] {
      adc.environment.volts[Self.pad] = volts
      setUp()
      sample()
      #expect(result() == expected)
    }
  }

  @Test mutating func sample_takesAcquisitionAndConversion() {
    setUp()
    #expect(adc.read(SAADC.Offset.eventsStarted) == 1)
    adc.write(SAADC.Offset.tasksSample, 1)
    #expect(adc.read(SAADC.Offset.status) == 1)
    adc.run(microseconds: 100)
    for event in [SAADC.Offset.eventsDone, SAADC.Offset.eventsResultDone, SAADC.Offset.eventsEnd] {
      #expect(adc.instants(ofEvent: event) == [768])
    }
    #expect(adc.read(SAADC.Offset.status) == 0)
    #expect(adc.read(SAADC.Offset.resultAmount) == 1)
  }

  @Test(arguments: [(0 as UInt32, 85 as Int16), (1, 341), (2, 1365), (3, 5461)])
  mutating func resolution_scalesTheResult(code: UInt32, expected: Int16) {
    adc.environment.volts[Self.pad] = 1.2
    // Gain 1/6 and the internal 0.6 V: 3.6 V is full scale.
    setUp([0x2_0000], resolution: code)
    sample()
    #expect(result() == expected)
  }

  @Test mutating func channels_areScannedInTurn_andInputsDiffer() {
    adc.environment.levels[Pin(port: 0, number: 3)] = .high
    adc.environment.volts[Self.pad] = 1.65
    adc.write(SAADC.Offset.negativeInput + 32, SAADC.Input.analogue0)
    setUp([Self.mbed, Self.mbed, Self.mbed | SAADC.Config.differential], count: 3)
    adc.environment.volts[Pin(port: 0, number: 4)] = 0.825
    sample(microseconds: 36)
    #expect([result(0), result(1), result(2)] == [2048, 4095, -512])
    #expect(
      adc.instants(ofEvent: SAADC.Offset.eventsResultDone) == [768, 1536, 2304])
    #expect(adc.instants(ofEvent: SAADC.Offset.eventsEnd) == [2304])
  }

  @Test(arguments: [(0 as UInt32, 0 as Int16), (1, 0), (2, 4095), (3, 2048)])
  mutating func openInput_followsItsResistor(resistor: UInt32, expected: Int16) {
    setUp([Self.mbed | resistor])
    sample()
    #expect(result() == expected)
  }

  @Test mutating func supply_canBeMeasured() {
    setUp([0x2_0000])
    adc.write(SAADC.Offset.positiveInput, SAADC.Input.supply)
    sample()
    #expect(result() == 3755)
    setUp([0x2_0000])
    adc.write(SAADC.Offset.positiveInput, SAADC.Input.highSupplyDivided)
    sample()
    #expect(result() == 751)
  }

  @Test mutating func oversampling_averagesOverSamples_orInABurst() {
    setUp()
    adc.write(SAADC.Offset.oversample, 1)
    adc.environment.volts[Self.pad] = 0
    sample()
    #expect(adc.instants(ofEvent: SAADC.Offset.eventsResultDone).isEmpty)
    adc.environment.volts[Self.pad] = 1.65
    sample()
    #expect(result() == 1024)
    adc = bench(NordicSAADC.init)
    setUp([Self.mbed | SAADC.Config.burst])
    adc.write(SAADC.Offset.oversample, 2)
    sample(microseconds: 100)
    #expect(adc.instants(ofEvent: SAADC.Offset.eventsEnd) == [3072])
  }

  @Test mutating func limits_fireOutsideTheWindow() {
    adc.write(SAADC.Offset.limit, 2000 << 16 | 1000)
    for (volts, high, low) in [(3.3, 1, 0), (1.2, 0, 0), (0.1, 0, 1)] as [(Float, UInt32, UInt32)] {
      adc.environment.volts[Self.pad] = volts
      adc.write(SAADC.Offset.eventsLimitHigh, 0)
      adc.write(SAADC.Offset.eventsLimitLow, 0)
      setUp()
      sample()
      #expect(adc.read(SAADC.Offset.eventsLimitHigh) == high)
      #expect(adc.read(SAADC.Offset.eventsLimitLow) == low)
    }
  }

  @Test mutating func timer_samplesUntilTheBufferIsFull() {
    adc.environment.volts[Self.pad] = 3.3
    setUp(count: 3)
    adc.write(SAADC.Offset.sampleRate, SAADC.SampleRate.byTimer | 1600)
    sample(microseconds: 1000)
    #expect(adc.instants(ofEvent: SAADC.Offset.eventsResultDone) == [768, 7168, 13568])
    #expect(adc.instants(ofEvent: SAADC.Offset.eventsEnd) == [13568])
  }

  @Test mutating func stop_endsABufferThatIsNotFull() {
    setUp(count: 4)
    sample()
    adc.write(SAADC.Offset.tasksStop, 1)
    #expect(adc.read(SAADC.Offset.eventsEnd) == 1)
    #expect(adc.read(SAADC.Offset.eventsStopped) == 1)
    #expect(adc.read(SAADC.Offset.resultAmount) == 1)
  }

  @Test mutating func calibration_isDoneAfterItsTime() {
    adc.write(SAADC.Offset.enable, SAADC.Enable.on)
    adc.write(
      SAADC.Offset.interruptEnable,
      NordicEvent.interruptMask(of: SAADC.Offset.eventsCalibrateDone))
    adc.write(SAADC.Offset.tasksCalibrateOffset, 1)
    adc.run(microseconds: 100)
    #expect(adc.interruptIsRaised)
  }

  @Test mutating func resultsOutsideRAM_areFaults() {
    setUp()
    adc.write(SAADC.Offset.resultPointer, 0x1000)
    adc.write(SAADC.Offset.tasksStart, 1)
    sample()
    #expect(adc.effects.contains(.dmaFault(Address(0x1000), ByteCount(2))))
    #expect(adc.read(SAADC.Offset.eventsEnd) == 1)
  }
}
