// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 digital-to-analogue converter (DS40001882, 35): its registers are stored and no voltage
/// comes of them. Synchronisation is seen for some cycles.
public struct MicrochipDAC: LaneRegisters {
  private typealias Offset = SAMD21.DAC.Offset
  private var stored = StoredRegisters([
    .init(Offset.controlA, writable: 6), .init(Offset.controlB, writable: 0xDF),
    .init(Offset.eventControl, writable: 3), .init(Offset.data, writable: 0xFFFF),
    .init(Offset.dataBuffer, writable: 0xFFFF),
  ])
  private var interrupts = InterruptFlags(implemented: 7)
  private var busyUntil = Instant.reset

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    stored.reset()
    interrupts.reset(in: &context)
  }

  var layout: RegisterLayout { Self.layout }
  private static let layout = RegisterLayout(
    bytes: [
      Offset.controlA, Offset.controlB, Offset.eventControl, Offset.interruptEnableClear,
      Offset.interruptEnableSet, Offset.interruptFlags, Offset.status,
    ], halves: [Offset.data, Offset.dataBuffer])

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case Offset.interruptEnableClear, Offset.interruptEnableSet: interrupts.enabled
    case Offset.interruptFlags: interrupts.raised
    case Offset.status: context.now < busyUntil ? SAMD21.DAC.Status.busy : 0
    default: stored[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case Offset.interruptFlags: interrupts.clear(value, in: &context)
    case Offset.controlA where value & SAMD21.DAC.ControlA.softwareReset != 0:
      reset(in: &context)
      busyUntil = context.now + Cycles(24)
    default:
      _ = stored.write(register, value, lanes: lanes)
      busyUntil = context.now + Cycles(24)
    }
  }
}

/// SAM D21 analogue comparators (DS40001882, 34): registers are stored, a comparator is ready once
/// it is switched on, and says that its inputs are equal.
public struct MicrochipAC: LaneRegisters {
  private typealias Offset = SAMD21.AC.Offset
  private var stored = StoredRegisters([
    .init(Offset.controlA, writable: 0x86), .init(Offset.eventControl, writable: 0x313),
    .init(Offset.windowControl, writable: 7),
    .init(Offset.comparatorControl, writable: 0x070B_B76F),
    .init(Offset.comparatorControl + 4, writable: 0x070B_B76F),
    .init(Offset.scaler, writable: 0x3F), .init(Offset.scaler + 1, writable: 0x3F),
  ])
  private var interrupts = InterruptFlags(implemented: 0x13)

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    stored.reset()
    interrupts.reset(in: &context)
  }

  var layout: RegisterLayout { Self.layout }
  private static let layout = RegisterLayout(
    bytes: [
      Offset.controlA, Offset.controlB, Offset.interruptEnableClear, Offset.interruptEnableSet,
      Offset.interruptFlags, Offset.statusA, Offset.statusB, Offset.statusC,
      Offset.windowControl, Offset.scaler, Offset.scaler + 1,
    ], halves: [Offset.eventControl],
    words: [Offset.comparatorControl, Offset.comparatorControl + 4])

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case Offset.interruptEnableClear, Offset.interruptEnableSet: interrupts.enabled
    case Offset.interruptFlags: interrupts.raised
    case Offset.statusB:
      (isOn(0) ? SAMD21.AC.StatusB.ready0 : 0) | (isOn(1) ? SAMD21.AC.StatusB.ready1 : 0)
    default: stored[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case Offset.interruptFlags: interrupts.clear(value, in: &context)
    case Offset.controlA where value & SAMD21.AC.ControlA.softwareReset != 0:
      reset(in: &context)
    default: _ = stored.write(register, value, lanes: lanes)
    }
  }

  private func isOn(_ comparator: UInt32) -> Bool {
    stored[Offset.controlA] & SAMD21.AC.ControlA.enable != 0
      && stored[Offset.comparatorControl + 4 * comparator] & 1 != 0
  }
}
