// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// ST LPS22HB on I2C at 0x5C (datasheet DocID027083): air pressure and temperature, at a rate or
/// one at a time. FIFO, interrupts and reference pressure are only stored.
///
/// Parameters: `pascal` (default 101325); `milliCelsius` (default 25000).
public struct LPS22HB: I2CPart {
  public static let address: UInt16 = 0x5C

  private var registers: RegisterFile
  private var cycle: MeasurementCycle
  /// 4096 steps a hectopascal.
  private let pressure: UInt32
  /// Hundredths of a degree.
  private let temperature: Int16
  private var pressureRead: UInt64 = 0
  private var temperatureRead: UInt64 = 0

  private enum Register {
    static let whoAmI: UInt8 = 0x0F  // WHO_AM_I
    static let control1: UInt8 = 0x10  // CTRL_REG1
    static let control2: UInt8 = 0x11  // CTRL_REG2
    static let status: UInt8 = 0x27  // STATUS
    static let pressure: UInt8 = 0x28  // PRESS_OUT_XL
    static let temperature: UInt8 = 0x2B  // TEMP_OUT_L
    static let resets: [UInt8: UInt8] = [whoAmI: 0xB1, control2: 0x10]
  }

  private enum Control2 {
    static let oneShot: UInt8 = 1 << 0  // ONE_SHOT
    static let reset: UInt8 = 1 << 2  // SWRESET
    static let advances: UInt8 = 1 << 4  // IF_ADD_INC
    static let boot: UInt8 = 1 << 7  // BOOT
  }

  private static let rates: [Frequency?] = [
    nil, Frequency(hertz: 1), Frequency(hertz: 10), Frequency(hertz: 25), Frequency(hertz: 50),
    Frequency(hertz: 75), nil, nil,
  ]

  public init(_ parameters: DeviceParameters) {
    registers = RegisterFile(Register.resets)
    cycle = MeasurementCycle(reference: parameters.reference, microseconds: 15_000)
    let pascal = min(max(parameters.numbers["pascal"] ?? 101_325, 26_000), 126_000)
    pressure = UInt32(pascal * 4096 / 100)
    let stated = Int64(bitPattern: parameters.numbers["milliCelsius"] ?? 25_000)
    temperature = Int16(min(max(stated, -40_000), 85_000) / 10)
  }

  public func answers(to address: UInt16) -> Bool { address == Self.address }

  public mutating func signal(_ signal: I2CSignal, at now: Instant) -> I2CAnswer {
    switch signal {
    case .start(_, let isRead): registers.start(isRead: isRead)
    case .write(let byte):
      let advances = registers[Register.control2] & Control2.advances != 0
      if case .written(let register, let value) = registers.write(byte, advances: { _ in advances })
      {
        wrote(register, value, at: now)
      }
    case .read: return .byte(read(at: now))
    case .stop: break
    }
    return .acknowledged
  }

  private mutating func wrote(_ register: UInt8, _ value: UInt8, at now: Instant) {
    switch register {
    case Register.control1: cycle.setRate(Self.rates[Int(value >> 4 & 7)], at: now)
    case Register.control2:
      if value & (Control2.reset | Control2.boot) != 0 {
        registers.reset()
        cycle.reset(at: now)
        (pressureRead, temperatureRead) = (0, 0)
      } else {
        registers[register] = value & ~Control2.oneShot
        if value & Control2.oneShot != 0 { cycle.measureOnce(at: now) }
      }
    case Register.whoAmI: registers[register] = Register.resets[register] ?? 0
    default: break
    }
  }

  private mutating func read(at now: Instant) -> UInt8 {
    let register = registers.nextToRead()
    let count = cycle.count(at: now)
    switch register {
    case Register.control2:
      return registers[register] | (cycle.isMeasuringOnce(at: now) ? Control2.oneShot : 0)
    case Register.status:
      return (count > pressureRead ? 1 : 0) | (count > temperatureRead ? 2 : 0)
    case Register.pressure..<Register.pressure + 3:
      if register == Register.pressure + 2 { pressureRead = count }
      let shift = 8 * UInt32(register - Register.pressure)
      return UInt8(truncatingIfNeeded: (count > 0 ? pressure : 0) >> shift)
    case Register.temperature, Register.temperature + 1:
      if register == Register.temperature + 1 { temperatureRead = count }
      let value = count > 0 ? temperature : 0
      return UInt8(truncatingIfNeeded: register == Register.temperature ? value : value >> 8)
    default: return registers[register]
    }
  }
}
