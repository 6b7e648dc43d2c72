// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 EIC (DS40001882, EIC): sixteen lines and the non-maskable one, by edge or level, from
/// the pads that PORT's multiplexer gives to function A.
///
/// The filters and the wake-up bits are kept; no clock is needed for edges. Events are published at
/// `MicrochipEIC.event` for EVSYS.
///
/// Parameters: `port`, the base of the PORT whose pads are wired here (default 0x4100_4400).
public struct MicrochipEIC: LaneRegisters {
  private typealias EIC = SAMD21.EIC
  /// Line 16 is the non-maskable one.
  private static let lineCount = 16
  private static let nonMaskable = 16
  /// Where PORT's levels arrive: a place among the registers where the chip has none.
  private static let inputs: UInt32 = 0x200

  static let table = RegisterLayout(
    bytes: [
      EIC.Offset.control, EIC.Offset.status, EIC.Offset.nonMaskableControl,
      EIC.Offset.nonMaskableFlag,
    ],
    words: [
      EIC.Offset.eventControl, EIC.Offset.interruptEnableClear, EIC.Offset.interruptEnableSet,
      EIC.Offset.interruptFlags, EIC.Offset.wakeUp, EIC.Offset.configuration,
      EIC.Offset.configuration + 4,
    ])
  var layout: RegisterLayout { Self.table }

  private let base: Address
  private let port: Address
  private var levels = [Level](repeating: .low, count: Self.lineCount + 1)
  private var nonMaskableFlag = false
  private var interrupts = InterruptFlags(implemented: 0xFFFF)
  private var registers = StoredRegisters([
    .init(EIC.Offset.control, writable: EIC.Control.enable),
    .init(EIC.Offset.status, writable: 0),
    .init(EIC.Offset.nonMaskableControl, writable: 0xF),
    .init(EIC.Offset.eventControl, writable: 0xFFFF),
    .init(EIC.Offset.wakeUp, writable: 0xFFFF),
    .init(EIC.Offset.configuration), .init(EIC.Offset.configuration + 4),
  ])

  public init(_ parameters: DeviceParameters) {
    base = parameters.base
    port = Address(
      UInt32(truncatingIfNeeded: parameters.numbers["port"] ?? UInt64(SAMD21.Base.port)))
  }

  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    interrupts.reset(in: &context)
    nonMaskableFlag = false
  }

  // MARK: Registers

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case EIC.Offset.interruptEnableClear, EIC.Offset.interruptEnableSet: interrupts.enabled
    case EIC.Offset.interruptFlags: interrupts.raised
    case EIC.Offset.nonMaskableFlag: nonMaskableFlag ? EIC.NonMaskable.flag : 0
    default: registers[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case EIC.Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case EIC.Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case EIC.Offset.interruptFlags:
      interrupts.clear(value, in: &context)
      senseLevels(in: &context)
    case EIC.Offset.nonMaskableFlag:
      if value & EIC.NonMaskable.flag != 0 { nonMaskableFlag = false }
    case EIC.Offset.control:
      if value & EIC.Control.softwareReset != 0 { return reset(in: &context) }
      _ = registers.write(register, value, lanes: lanes)
      senseLevels(in: &context)
    default:
      _ = registers.write(register, value, lanes: lanes)
      senseLevels(in: &context)
    }
  }

  /// Levels arrive as task writes.
  public mutating func write(
    _ offset: UInt32, _ value: UInt32, in context: inout DeviceContext
  ) {
    guard let place = element(of: offset, in: Self.inputs, count: 2 * (Self.lineCount + 1)) else {
      return writeRegisters(offset, value, .word, in: &context)
    }
    let line = place / 2
    let level: Level = place & 1 == 0 ? .low : .high
    let before = levels[line]
    levels[line] = level
    sense(line, from: before, in: &context)
  }

  public func tasks(triggeredBy event: Address) -> [Address] {
    let place = event.bits &- port.bits
    let inputs = Self.inputs..<Self.inputs + 8 * UInt32(Self.lineCount + 1)
    return inputs.contains(place) ? [Address(base.bits &+ place)] : []
  }

  // MARK: Sensing

  private enum Sense {
    static let rising: UInt32 = 1
    static let falling: UInt32 = 2
    static let both: UInt32 = 3
    static let high: UInt32 = 4
    static let low: UInt32 = 5
  }

  /// The place of the event of a line, for EVSYS.
  static func event(_ line: Int) -> UInt32 { 0x300 + UInt32(line) * 4 }

  private func choice(of line: Int) -> UInt32 {
    guard line < Self.lineCount else {
      return registers[EIC.Offset.nonMaskableControl] & EIC.NonMaskable.sense
    }
    let word = registers[EIC.Offset.configuration + UInt32(line / 8) * 4]
    return word >> (UInt32(line % 8) * 4) & EIC.Configuration.sense
  }

  private mutating func sense(_ line: Int, from before: Level, in context: inout DeviceContext) {
    let level = levels[line]
    let moves = before != level
    let senses =
      switch choice(of: line) {
      case Sense.rising: moves && level == .high
      case Sense.falling: moves && level == .low
      case Sense.both: moves
      case Sense.high: level == .high
      case Sense.low: level == .low
      default: false
      }
    if senses { detect(line, in: &context) }
  }

  private mutating func detect(_ line: Int, in context: inout DeviceContext) {
    // NMI works without the block being enabled.
    guard line < Self.lineCount else {
      if !nonMaskableFlag { context.request(.nonMaskableInterrupt) }
      nonMaskableFlag = true
      return
    }
    guard registers[EIC.Offset.control] & EIC.Control.enable != 0 else { return }
    let bit: UInt32 = 1 << UInt32(line)
    interrupts.raise(bit, in: &context)
    if registers[EIC.Offset.eventControl] & bit != 0 { context.publish(event: Self.event(line)) }
  }

  /// A level that stands is sensed again and again.
  private mutating func senseLevels(in context: inout DeviceContext) {
    for line in levels.indices where choice(of: line) >= Sense.high {
      sense(line, from: levels[line], in: &context)
    }
  }
}
