// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicGPIOTests {
  private typealias Configuration = GPIO.PinConfiguration
  private var gpio = bench(NordicGPIO.init)
  private let second: UInt32 = 0x300

  private func configuration(_ pin: UInt32) -> UInt32 { GPIO.Offset.pinConfiguration + 4 * pin }

  @Test mutating func output_drivesOnceThePinIsAnOutput() {
    gpio.write(GPIO.Offset.outSet, 1 << 13)
    #expect(gpio.effects.isEmpty)
    gpio.write(GPIO.Offset.directionSet, 1 << 13)
    gpio.write(GPIO.Offset.outClear, 1 << 13)
    gpio.write(GPIO.Offset.outClear, 1 << 13)
    let pad = Pin(port: 0, number: 13)
    #expect(gpio.effects == [.drive(pad, .level(.high)), .drive(pad, .level(.low))])
    #expect(gpio.read(configuration(13)) == 3)
  }

  @Test mutating func secondPort_hasItsOwnRegisters() {
    gpio.write(second + GPIO.Offset.output, 1 << 3)
    gpio.write(second + configuration(3), Configuration.output)
    #expect(gpio.effects == [.drive(Pin(port: 1, number: 3), .level(.high))])
    #expect(gpio.read(GPIO.Offset.output) == 0)
    gpio.write(second + configuration(20), Configuration.output)
    #expect(gpio.effects.count == 1, "P1 ends at pin 15")
  }

  private static let pulls: [(pull: UInt32, level: Level?)] = [(0, nil), (1, .low), (3, .high)]

  @Test(arguments: pulls)
  mutating func pull_isLeftOnAnInput(pull: UInt32, level: Level?) {
    gpio.write(configuration(2), Configuration.output)
    gpio.write(configuration(2), pull << Configuration.pullShift)
    #expect(gpio.effects.last == .drive(Pin(port: 0, number: 2), .floating(pull: level)))
  }

  @Test mutating func openDrain_drivesOnlyZero() {
    gpio.write(configuration(5), Configuration.output | 6 << Configuration.driveShift)
    gpio.write(GPIO.Offset.outSet, 1 << 5)
    let pad = Pin(port: 0, number: 5)
    #expect(gpio.effects == [.drive(pad, .level(.low)), .drive(pad, .floating(pull: nil))])
  }

  @Test mutating func input_needsItsBuffer() {
    gpio.environment.levels[Pin(port: 0, number: 7)] = .high
    #expect(gpio.read(GPIO.Offset.input) == 0)
    gpio.write(configuration(7), 0)
    #expect(gpio.read(GPIO.Offset.input) == 1 << 7)
  }

  @Test mutating func sense_latchesAndSignalsTheRisingEdgeOfDetect() {
    let pad = Pin(port: 0, number: 11)
    gpio.write(configuration(11), Configuration.senseLow << Configuration.senseShift)
    gpio.environment.levels[pad] = .low
    gpio.call { $0.pin(pad, became: .low, in: &$1) }
    gpio.call { $0.pin(pad, became: .low, in: &$1) }
    #expect(gpio.instants(ofEvent: NordicGPIO.detectSignal).count == 1)
    gpio.environment.levels[pad] = .high
    gpio.call { $0.pin(pad, became: .high, in: &$1) }
    #expect(gpio.read(GPIO.Offset.latch) == 1 << 11)
    gpio.write(GPIO.Offset.latch, 1 << 11)
    #expect(gpio.read(GPIO.Offset.latch) == 0)
  }

  @Test mutating func latchedDetect_signalsAgainWhileAPinStillMeetsItsCondition() {
    gpio.write(GPIO.Offset.detectMode, 1)
    gpio.environment.levels[Pin(port: 0, number: 1)] = .high
    gpio.write(configuration(1), Configuration.senseHigh << Configuration.senseShift)
    gpio.write(GPIO.Offset.latch, 2)
    #expect(gpio.read(GPIO.Offset.latch) == 2)
    #expect(gpio.instants(ofEvent: NordicGPIO.detectSignal).count == 2)
  }

  @Test mutating func reset_letsGoOfEveryPad() {
    gpio.write(configuration(9), Configuration.output)
    gpio.call { $0.reset(in: &$1) }
    #expect(gpio.effects.last == .drive(Pin(port: 0, number: 9), .floating(pull: nil)))
    #expect(gpio.read(configuration(9)) == GPIO.Reset.pinConfiguration)
  }
}
