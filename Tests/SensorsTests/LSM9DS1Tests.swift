// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Sensors

@Suite struct LSM9DS1Tests {
  private static let reference = Frequency(hertz: 64_000_000)
  private var part: LSM9DS1
  private var now = Instant.reset

  init() { part = Self.make(Rest()) }

  private static func make(_ motion: any MotionSource, _ numbers: [String: UInt64] = [:]) -> LSM9DS1
  {
    LSM9DS1(
      DeviceParameters(name: "imu", reference: reference, numbers: numbers), motion: motion)
  }

  private mutating func pass(milliseconds: UInt64) { now = now + Cycles(milliseconds * 64_000) }

  private mutating func write(_ register: UInt8, _ value: UInt8, to address: UInt16 = 0x6B) {
    for signal in [
      I2CSignal.start(address: address, isRead: false), .write(register), .write(value), .stop,
    ] { #expect(part.signal(signal, at: now) == .acknowledged) }
  }

  private mutating func read(_ register: UInt8, _ count: Int = 1, from address: UInt16 = 0x6B)
    -> [UInt8]
  {
    _ = part.signal(.start(address: address, isRead: false), at: now)
    _ = part.signal(.write(register), at: now)
    _ = part.signal(.start(address: address, isRead: true), at: now)
    let bytes = (0..<count).map { _ -> UInt8 in
      guard case .byte(let byte) = part.signal(.read, at: now) else { return 0 }
      return byte
    }
    _ = part.signal(.stop, at: now)
    return bytes
  }

  private mutating func axes(_ register: UInt8, from address: UInt16 = 0x6B) -> [Int] {
    let bytes = read(0x80 | register, 6, from: address)
    return [0, 2, 4].map {
      Int(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8))
    }
  }

  /// What Arduino_LSM9DS1 writes in begin().
  private mutating func begin() {
    write(0x22, 0x05)
    write(0x21, 0x0C, to: 0x1E)
    write(0x10, 0x78)
    write(0x20, 0x70)
    write(0x20, 0xB4, to: 0x1E)
    write(0x21, 0x00, to: 0x1E)
    write(0x22, 0x00, to: 0x1E)
  }

  @Test mutating func identity_isBothParts() {
    #expect(part.answers(to: 0x6B) && part.answers(to: 0x1E) && !part.answers(to: 0x6A))
    #expect(read(0x0F) == [0x68])
    #expect(read(0x0F, from: 0x1E) == [0x3D])
    write(0x0F, 0)
    #expect(read(0x0F) == [0x68])
  }

  @Test mutating func rest_isOneGUpwards_andTheEarthsField() {
    begin()
    pass(milliseconds: 60)
    #expect(axes(0x28) == [0, 0, 8197])
    #expect(axes(0x18) == [0, 0, 0])
    #expect(axes(0x28, from: 0x1E) == [1429, 0, -3214])
  }

  @Test mutating func dataReady_comesAtTheRate_andGoesWithReading() {
    begin()
    #expect(read(0x17)[0] & 3 == 0)
    pass(milliseconds: 9)
    #expect(read(0x17)[0] & 3 == 3)
    _ = axes(0x28)
    #expect(read(0x27)[0] & 3 == 2)
    _ = axes(0x18)
    #expect(read(0x17)[0] & 3 == 0)
    pass(milliseconds: 9)
    #expect(read(0x17)[0] & 3 == 3)
    #expect(read(0x27, from: 0x1E) == [0])
    pass(milliseconds: 40)
    #expect(read(0x27, from: 0x1E) == [0x0F])
    _ = axes(0x28, from: 0x1E)
    #expect(read(0x27, from: 0x1E) == [0])
  }

  /// How often a loop that polls as Arduino's does sees a new sample in a second.
  @Test mutating func rate_is119ASecond() {
    begin()
    var count = 0
    for _ in 0..<1000 {
      pass(milliseconds: 1)
      if read(0x17)[0] & 1 != 0 {
        _ = axes(0x28)
        count += 1
      }
    }
    #expect(count == 119)
  }

  @Test(arguments: [(0x60 as UInt8, 16393), (0x68, 1366), (0x70, 8197), (0x78, 4098)])
  mutating func scale_followsTheRegister(control: UInt8, expected: Int) {
    write(0x20, control)
    pass(milliseconds: 60)
    #expect(axes(0x28) == [0, 0, expected])
  }

  private struct Tilt: MotionSource {
    func motion(at seconds: Double) -> Motion {
      Motion(
        acceleration: Axes(seconds, 0, .nan), rotation: Axes(100 * seconds, -3000, 0),
        field: Axes(0, 0, 0))
    }
  }

  @Test mutating func samples_areOfTheirInstant_andSaturate() {
    part = Self.make(Tilt())
    pass(milliseconds: 500)
    begin()
    #expect(part.motionStart == now)
    pass(milliseconds: 1000)
    // The 119th sample, one second after the part was switched on.
    #expect(axes(0x28) == [8197, 0, 0])
    #expect(axes(0x18) == [1429, -32768, 0])
  }

  @Test mutating func fifo_keepsSamples_oldestFirst() {
    part = Self.make(Tilt())
    begin()
    write(0x23, 0x02)
    write(0x2E, 0xC0)
    #expect(read(0x2F)[0] & 0x3F == 0)
    pass(milliseconds: 100)
    #expect(read(0x2F)[0] & 0x3F == 11)
    let first = axes(0x28)[0]
    let second = axes(0x28)[0]
    #expect(first == Int((1000.0 / 119 / 0.122).rounded()))
    #expect(second > first)
    #expect(read(0x2F)[0] & 0x3F == 9)
    pass(milliseconds: 1000)
    #expect(read(0x2F)[0] == 0x80 | 0x40 | 32)
    write(0x2E, 0x20)
    pass(milliseconds: 1000)
    #expect(read(0x2F)[0] & 0x3F == 32)
    write(0x23, 0x00)
    #expect(read(0x2F) == [0])
  }

  @Test mutating func temperature_isTheBoards() {
    part = Self.make(Rest(), ["milliCelsius": 30_500])
    #expect(read(0x15, 2) == [88, 0])
  }

  @Test mutating func withoutIncrement_oneRegisterIsReadAgain() {
    write(0x22, 0)
    #expect(read(0x0F, 2) == [0x68, 0x68])
    #expect(read(0x0F, 2, from: 0x1E) == [0x3D, 0x3D])
    #expect(read(0x8F, 2, from: 0x1E) == [0x3D, 0x00])
  }

  @Test mutating func savedState_keepsTheMotionThatIsWired() throws {
    part = Self.make(Tilt())
    begin()
    var other = Self.make(Tilt())
    other.restore(part)
    part = other
    pass(milliseconds: 1000)
    #expect(axes(0x28)[0] == 8197)
  }
}
