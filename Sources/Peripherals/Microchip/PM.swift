// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 PM, the power manager (DS40001882, PM): why the chip was reset, dividers and masks of
/// the bus clocks, sleep.
///
/// The dividers and masks are kept but nothing runs slower or stands still by them: firmware sets
/// the masks of what it uses, and the core's clock is that of virtual time.
public struct MicrochipPM: LaneRegisters {
  private typealias PM = SAMD21.PM

  static let table = RegisterLayout(
    bytes: [
      PM.Offset.control, PM.Offset.sleep, PM.Offset.cpuSelect, PM.Offset.bridgeASelect,
      PM.Offset.bridgeBSelect, PM.Offset.bridgeCSelect, PM.Offset.interruptEnableClear,
      PM.Offset.interruptEnableSet, PM.Offset.interruptFlags, PM.Offset.resetCause,
    ],
    words: [
      PM.Offset.busMask, PM.Offset.bridgeAMask, PM.Offset.bridgeBMask, PM.Offset.bridgeCMask,
    ])
  var layout: RegisterLayout { Self.table }

  private var cause = PM.Cause.powerOn
  private var interrupts = InterruptFlags(implemented: PM.Interrupt.clockReady)
  private var registers = StoredRegisters([
    .init(PM.Offset.control, writable: 0),
    .init(PM.Offset.sleep, writable: 3),
    .init(PM.Offset.cpuSelect, writable: 7),
    .init(PM.Offset.bridgeASelect, writable: 7),
    .init(PM.Offset.bridgeBSelect, writable: 7),
    .init(PM.Offset.bridgeCSelect, writable: 7),
    .init(PM.Offset.busMask, writable: 0x7F, reset: PM.Reset.busMask),
    .init(PM.Offset.bridgeAMask, writable: 0x7F, reset: PM.Reset.bridgeAMask),
    .init(PM.Offset.bridgeBMask, writable: 0x7F, reset: PM.Reset.bridgeBMask),
    .init(PM.Offset.bridgeCMask, writable: 0x1F_3FFF, reset: PM.Reset.bridgeCMask),
  ])

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    reset(after: .powerOn, in: &context)
  }

  public mutating func reset(
    after reason: DeviceContext.ResetCause, in context: inout DeviceContext
  ) {
    registers.reset()
    interrupts.reset(in: &context)
    switch reason {
    case .powerOn: cause = PM.Cause.powerOn
    case .pin: cause = PM.Cause.pin
    case .watchdog: cause = PM.Cause.watchdog
    case .software, .lockup: cause = PM.Cause.software
    }
  }

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case PM.Offset.interruptEnableClear, PM.Offset.interruptEnableSet: interrupts.enabled
    case PM.Offset.interruptFlags: interrupts.raised
    case PM.Offset.resetCause: cause
    default: registers[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case PM.Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case PM.Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case PM.Offset.interruptFlags: interrupts.clear(value, in: &context)
    default:
      let before = registers[register]
      _ = registers.write(register, value, lanes: lanes)
      let selects = PM.Offset.cpuSelect...PM.Offset.bridgeCSelect
      // The new dividers hold at once.
      if selects.contains(register), registers[register] != before {
        interrupts.raise(PM.Interrupt.clockReady, in: &context)
      }
    }
  }
}
