// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// ST HTS221 on I2C at 0x5F (datasheet DocID026333): relative humidity and temperature, at a rate
/// or one at a time, with calibration constants that give back what the board file states.
///
/// Parameters: `humidity` in percent (default 45); `milliCelsius` (default 25000).
public struct HTS221: I2CPart {
  public static let address: UInt16 = 0x5F

  private var registers: RegisterFile
  private var cycle: MeasurementCycle
  private let humidity: Int16
  private let temperature: Int16
  private var humidityRead: UInt64 = 0
  private var temperatureRead: UInt64 = 0

  private enum Register {
    static let control1: UInt8 = 0x20  // CTRL_REG1
    static let control2: UInt8 = 0x21  // CTRL_REG2
    static let status: UInt8 = 0x27  // STATUS_REG
    static let humidity: UInt8 = 0x28  // HUMIDITY_OUT_L
    static let temperature: UInt8 = 0x2A  // TEMP_OUT_L

    /// Two points each: 30 % at 0 and 75 % at 18000, 15 °C at 0 and 35 °C at 6400.
    static let resets: [UInt8: UInt8] = [
      0x0F: 0xBC, 0x10: 0x1B, 0x30: 60, 0x31: 150, 0x32: 120, 0x33: 0x18, 0x35: 0x04, 0x3A: 0x50,
      0x3B: 0x46, 0x3E: 0x00, 0x3F: 0x19,
    ]
  }

  private static let rates = [
    nil, Frequency(hertz: 1), Frequency(hertz: 7), Frequency(hertz: 25, over: 2),
  ]

  public init(_ parameters: DeviceParameters) {
    registers = RegisterFile(Register.resets)
    cycle = MeasurementCycle(reference: parameters.reference, microseconds: 5000)
    let percent = Int64(min(parameters.numbers["humidity"] ?? 45, 100))
    humidity = Int16((percent - 30) * 400)
    let stated = Int64(bitPattern: parameters.numbers["milliCelsius"] ?? 25_000)
    temperature = Int16((min(max(stated, -40_000), 85_000) - 15_000) * 320 / 1000)
  }

  public func answers(to address: UInt16) -> Bool { address == Self.address }

  public mutating func signal(_ signal: I2CSignal, at now: Instant) -> I2CAnswer {
    switch signal {
    case .start(_, let isRead): registers.start(isRead: isRead)
    case .write(let byte):
      if case .written(let register, let value) = registers.write(
        byte, advances: { $0 & 0x80 != 0 })
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
    case Register.control1:
      cycle.setRate(value & 0x80 != 0 ? Self.rates[Int(value & 3)] : nil, at: now)
    case Register.control2:
      registers[register] = value & 0x02
      if value & 1 != 0, registers[Register.control1] & 0x80 != 0 { cycle.measureOnce(at: now) }
    default: if let fixed = Register.resets[register] { registers[register] = fixed }
    }
  }

  private mutating func read(at now: Instant) -> UInt8 {
    let register = registers.nextToRead()
    let count = cycle.count(at: now)
    switch register {
    case Register.control2:
      return registers[register] | (cycle.isMeasuringOnce(at: now) ? 1 : 0)
    case Register.status:
      return (count > humidityRead ? 2 : 0) | (count > temperatureRead ? 1 : 0)
    case Register.humidity: return UInt8(truncatingIfNeeded: count > 0 ? humidity : 0)
    case Register.humidity + 1:
      humidityRead = count
      return UInt8(truncatingIfNeeded: (count > 0 ? humidity : 0) >> 8)
    case Register.temperature: return UInt8(truncatingIfNeeded: count > 0 ? temperature : 0)
    case Register.temperature + 1:
      temperatureRead = count
      return UInt8(truncatingIfNeeded: (count > 0 ? temperature : 0) >> 8)
    default: return registers[register]
    }
  }
}
