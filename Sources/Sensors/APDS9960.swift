// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Broadcom APDS-9960 on I2C at 0x39 (datasheet AV02-4191EN): ambient light and proximity, new
/// after each integration time. There are no gestures, and the interrupt pin stays quiet.
///
/// Parameters: `light`, the counts of the clear channel at the longest integration and a gain of
/// one (default 500); `proximity`, 0 (far, default) to 255.
public struct APDS9960: I2CPart {
  public static let address: UInt16 = 0x39

  private var registers = RegisterFile(Register.resets)
  private var light: OutputClock
  private var nearness: OutputClock
  private let brightness: UInt64
  private let proximity: UInt8
  private var lightRead: UInt64 = 0
  private var proximityRead: UInt64 = 0

  /// Less the top bit, which every register of the part has.
  private enum Register {
    static let enable: UInt8 = 0x00  // ENABLE
    static let integration: UInt8 = 0x01  // ATIME
    static let control: UInt8 = 0x0F  // CONTROL
    static let identity: UInt8 = 0x12  // ID
    static let status: UInt8 = 0x13  // STATUS
    static let clear: UInt8 = 0x14  // CDATAL
    static let proximity: UInt8 = 0x1C  // PDATA
    static let resets: [UInt8: UInt8] = [
      integration: 0xFF, 0x03: 0xFF, 0x0D: 0x40, 0x0E: 0x40, 0x10: 0x01, identity: 0xAB,
    ]
  }

  private enum Enable {
    static let power: UInt8 = 1 << 0  // PON
    static let light: UInt8 = 1 << 1  // AEN
    static let proximity: UInt8 = 1 << 2  // PEN
  }

  public init(_ parameters: DeviceParameters) {
    light = OutputClock(reference: parameters.reference)
    nearness = OutputClock(reference: parameters.reference)
    brightness = min(parameters.numbers["light"] ?? 500, 65_535)
    proximity = UInt8(min(parameters.numbers["proximity"] ?? 0, 255))
  }

  public func answers(to address: UInt16) -> Bool { address == Self.address }

  public mutating func signal(_ signal: I2CSignal, at now: Instant) -> I2CAnswer {
    switch signal {
    case .start(_, let isRead): registers.start(isRead: isRead)
    case .write(let byte):
      if case .written(let register, _) = registers.write(byte, advances: { _ in true }) {
        wrote(register, at: now)
      }
    case .read: return .byte(read(at: now))
    case .stop: break
    }
    return .acknowledged
  }

  private mutating func wrote(_ register: UInt8, at now: Instant) {
    switch register {
    case Register.identity, Register.status:
      registers[register] = Register.resets[register] ?? 0
    case Register.enable, Register.integration:
      let enable = registers[Register.enable]
      let isOn = enable & Enable.power != 0
      // 2.78 ms for each step of ATIME; proximity is measured as often.
      let integration = Frequency(hertz: 100_000, over: 278 * integrationSteps)
      setClock(\.light, \.lightRead, isOn && enable & Enable.light != 0, integration, now)
      setClock(
        \.nearness, \.proximityRead, isOn && enable & Enable.proximity != 0, integration, now)
    default: break
    }
  }

  private mutating func setClock(
    _ clock: WritableKeyPath<APDS9960, OutputClock>, _ read: WritableKeyPath<APDS9960, UInt64>,
    _ isOn: Bool, _ rate: Frequency, _ now: Instant
  ) {
    let before = self[keyPath: clock].ticks
    self[keyPath: clock].set(isOn ? rate : nil, at: now)
    if self[keyPath: clock].ticks != before { self[keyPath: read] = 0 }
  }

  private var integrationSteps: UInt64 { 256 - UInt64(registers[Register.integration]) }

  private mutating func read(at now: Instant) -> UInt8 {
    let register = registers.nextToRead()
    switch register {
    case Register.status:
      return (light.count(at: now) > lightRead ? 1 : 0)
        | (nearness.count(at: now) > proximityRead ? 2 : 0)
    case Register.clear..<Register.clear + 8:
      if register == Register.clear { lightRead = light.count(at: now) }
      let value = channel(Int(register - Register.clear) / 2)
      return UInt8(truncatingIfNeeded: register & 1 == 0 ? value : value >> 8)
    case Register.proximity:
      proximityRead = nearness.count(at: now)
      return proximityRead > 0 ? proximity : 0
    default: return registers[register]
    }
  }

  /// Clear, red, green, blue: grey light, a third each. Full scale is 1025 a step of ATIME.
  private func channel(_ index: Int) -> UInt64 {
    guard lightRead > 0 else { return 0 }
    let gain: UInt64 = [1, 4, 16, 64][Int(registers[Register.control] & 3)]
    let whole = min(
      brightness * gain * integrationSteps / 256, min(1025 * integrationSteps, 65_535))
    return index == 0 ? whole : whole / 3
  }
}
