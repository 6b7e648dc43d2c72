// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Sensors

/// A part on the bench, read and written as Arduino's libraries do.
private struct Bus<Part: I2CPart> {
  var part: Part
  let address: UInt16
  var now = Instant.reset

  init(_ make: (DeviceParameters) -> Part, at address: UInt16, _ numbers: [String: UInt64] = [:]) {
    part = make(
      DeviceParameters(
        name: "part", reference: Frequency(hertz: 64_000_000), numbers: numbers))
    self.address = address
  }

  mutating func pass(milliseconds: UInt64) { now = now + Cycles(milliseconds * 64_000) }

  mutating func write(_ bytes: UInt8...) {
    _ = part.signal(.start(address: address, isRead: false), at: now)
    for byte in bytes { #expect(part.signal(.write(byte), at: now) == .acknowledged) }
    _ = part.signal(.stop, at: now)
  }

  mutating func read(_ register: UInt8, _ count: Int = 1) -> Int {
    write(register)
    _ = part.signal(.start(address: address, isRead: true), at: now)
    var value = 0
    for index in 0..<count {
      if case .byte(let byte) = part.signal(.read, at: now) { value |= Int(byte) << (8 * index) }
    }
    _ = part.signal(.stop, at: now)
    return value
  }
}

@Suite struct EnvironmentSensorTests {
  @Test(arguments: [(45 as UInt64, 25_000 as UInt64), (0, 85_000), (100, 0)])
  func hts221_givesBackWhatIsStated(percent: UInt64, milliCelsius: UInt64) {
    var bus = Bus(
      HTS221.init, at: 0x5F, ["humidity": percent, "milliCelsius": milliCelsius])
    #expect(bus.part.answers(to: 0x5F) && !bus.part.answers(to: 0x5E))
    #expect(bus.read(0x0F) == 0xBC)
    func word(_ register: UInt8) -> Double {
      Double(Int16(truncatingIfNeeded: bus.read(0x80 | register, 2)))
    }
    let humiditySlope =
      Double(bus.read(0x31) - bus.read(0x30)) / (2 * (word(0x3A) - word(0x36)))
    let t0 = bus.read(0x32) | (bus.read(0x35) & 3) << 8
    let t1 = bus.read(0x33) | (bus.read(0x35) & 12) << 6
    let temperatureSlope = Double(t1 - t0) / (8 * (word(0x3E) - word(0x3C)))
    bus.write(0x20, 0x84)
    #expect(bus.read(0x27) == 0)
    bus.write(0x21, 0x01)
    #expect(bus.read(0x21) == 1)
    bus.pass(milliseconds: 5)
    #expect(bus.read(0x21) == 0)
    #expect(bus.read(0x27) == 3)
    #expect(abs(word(0x28) * humiditySlope + 30 - Double(percent)) < 0.01)
    #expect(bus.read(0x27) == 1)
    #expect(abs(word(0x2A) * temperatureSlope + 15 - Double(milliCelsius) / 1000) < 0.01)
    #expect(bus.read(0x27) == 0)
  }

  @Test func hts221_measuresAtItsRate() {
    var bus = Bus(HTS221.init, at: 0x5F)
    bus.write(0x20, 0x81)
    bus.pass(milliseconds: 999)
    #expect(bus.read(0x27) == 0)
    bus.pass(milliseconds: 2)
    #expect(bus.read(0x27) == 3)
    bus.write(0x30, 0)
    #expect(bus.read(0x30) == 60)
  }

  @Test func lps22hb_measuresOnce_andAtARate() {
    var bus = Bus(LPS22HB.init, at: 0x5C, ["pascal": 98_765, "milliCelsius": 21_500])
    #expect(bus.part.answers(to: 0x5C))
    #expect(bus.read(0x0F) == 0xB1)
    #expect(bus.read(0x28, 3) == 0)
    bus.write(0x11, 0x11)
    #expect(bus.read(0x11) == 0x11)
    bus.pass(milliseconds: 15)
    #expect(bus.read(0x11) == 0x10)
    #expect(bus.read(0x27) == 3)
    #expect(bus.read(0x28, 3) == 4_045_414)
    #expect(bus.read(0x27) == 2)
    #expect(bus.read(0x2B, 2) == 2150)
    #expect(bus.read(0x27) == 0)
    bus.write(0x10, 0x50)
    bus.pass(milliseconds: 14)
    #expect(bus.read(0x27) == 3)
    bus.write(0x11, 0x04)
    #expect(bus.read(0x27) == 0)
    #expect(bus.read(0x10) == 0)
  }

  @Test func apds9960_integratesLight() {
    var bus = Bus(APDS9960.init, at: 0x39, ["light": 1000, "proximity": 7])
    #expect(bus.part.answers(to: 0x39))
    #expect(bus.read(0x92) == 0xAB)
    // What Arduino_APDS9960 sets: four steps of 2.78 ms, a gain of 16.
    bus.write(0x81, 252)
    bus.write(0x8F, 0x02)
    bus.write(0x80, 0x03)
    #expect(bus.read(0x93) == 0)
    bus.pass(milliseconds: 12)
    #expect(bus.read(0x93) == 1)
    #expect(bus.read(0x94, 8) == 0x0053_0053_0053_00FA)
    #expect(bus.read(0x93) == 0)
    bus.write(0x80, 0x05)
    bus.pass(milliseconds: 12)
    #expect(bus.read(0x93) == 2)
    #expect(bus.read(0x9C) == 7)
    bus.write(0x80, 0)
    #expect(bus.read(0x93) == 0)
  }

  @Test func apds9960_saturates() {
    var bus = Bus(APDS9960.init, at: 0x39, ["light": 65_535])
    bus.write(0x81, 255)
    bus.write(0x8F, 0x03)
    bus.write(0x80, 0x03)
    bus.pass(milliseconds: 3)
    #expect(bus.read(0x94, 2) == 1025)
  }
}
