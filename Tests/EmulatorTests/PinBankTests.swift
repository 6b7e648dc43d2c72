// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Emulator

@Suite struct PinBankTests {
  var pins = PinBank()
  let pin = Pin(port: 0, number: 13)

  @Test mutating func output_setsTheLevel_andSaysOnlyChanges() {
    #expect(pins.drive(pin, .level(.high)) == .high)
    #expect(pins.drive(pin, .level(.high)) == nil)
    #expect(pins.level(of: pin) == .high)
  }

  @Test mutating func floatingPad_followsTheBoard_thenThePull() {
    #expect(pins.level(of: pin) == nil)
    _ = pins.drive(pin, .floating(pull: .high))
    #expect(pins.level(of: pin) == .high)
    #expect(pins.driveFromBoard(pin, .low) == .low)
    #expect(pins.driveFromBoard(pin, nil) == .high)
  }

  @Test mutating func voltage_staysUntilItIsTakenAway() {
    pins.apply(1.5, to: pin)
    #expect(pins.volts(on: pin) == 1.5)
    pins.apply(nil, to: pin)
    #expect(pins.volts(on: pin) == nil)
  }

  @Test mutating func block_hasThePadInPlaceOfGPIO_untilItGivesItBack() {
    #expect(pins.drive(pin, .level(.low)) == .low)
    #expect(pins.multiplex(pin, .level(.high)) == .high)
    #expect(pins.drive(pin, .level(.high)) == nil)
    #expect(pins.drive(pin, .level(.low)) == nil)
    #expect(pins.multiplex(pin, nil) == .low)
  }
}
