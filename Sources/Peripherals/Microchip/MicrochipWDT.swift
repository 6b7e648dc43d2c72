// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 WDT (DS40001882, WDT): resets the chip unless CLEAR gets its key in time; in window mode
/// not too early either; with an interrupt before that. Any other value in CLEAR resets at once.
///
/// It counts generic clock 3. SYNCBUSY stands for three of its periods after a write to CTRL or
/// CLEAR. CTRL, CONFIG and EWCTRL after reset are the factory's user row: off.
public struct MicrochipWDT: LaneRegisters {
  private typealias WDT = SAMD21.WDT
  private static let key: UInt32 = 0xA5
  private static let clockLine = ClockLine.generic(3)

  static let table = RegisterLayout(bytes: [
    WDT.Offset.control, WDT.Offset.configuration, WDT.Offset.earlyWarning,
    WDT.Offset.interruptEnableClear, WDT.Offset.interruptEnableSet, WDT.Offset.interruptFlags,
    WDT.Offset.status, WDT.Offset.clear,
  ])
  var layout: RegisterLayout { Self.table }

  private let parameters: DeviceParameters
  private var counter: TickCounter?
  private var busyUntil = Instant.reset
  /// Ticks at which the warning comes and the chip is reset; ticks before which CLEAR is too early.
  private var warning: UInt64 = .max
  private var deadline: UInt64 = .max
  private var opening: UInt64 = 0
  private var interrupts = InterruptFlags(implemented: WDT.EarlyWarning.flag)
  private var registers = StoredRegisters([
    .init(
      WDT.Offset.control,
      writable: WDT.Control.enable | WDT.Control.windowEnable | WDT.Control.alwaysOn),
    .init(WDT.Offset.configuration, writable: 0xFF, reset: WDT.Reset.configuration),
    .init(WDT.Offset.earlyWarning, writable: 0xF, reset: WDT.Reset.earlyWarning),
  ])

  public init(_ parameters: DeviceParameters) { self.parameters = parameters }

  /// The clock is wired and stays.
  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    interrupts.reset(in: &context)
    busyUntil = context.now
    restart(in: &context)
  }

  // MARK: Registers

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case WDT.Offset.interruptEnableClear, WDT.Offset.interruptEnableSet: interrupts.enabled
    case WDT.Offset.interruptFlags: interrupts.raised
    case WDT.Offset.status: context.now < busyUntil ? WDT.Status.busy : 0
    default: registers[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    let control = registers[WDT.Offset.control]
    let isOn = control & WDT.Control.enable != 0
    switch register {
    case WDT.Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case WDT.Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case WDT.Offset.interruptFlags: interrupts.clear(value, in: &context)
    case WDT.Offset.clear: if isOn { clear(value, in: &context) }
    case WDT.Offset.control:
      // Always on means until power-on.
      guard control & WDT.Control.alwaysOn == 0 else { return }
      _ = registers.write(register, value)
      restart(in: &context)
      synchronize(at: context.now)
    default:
      // Enable-protected.
      if !isOn { _ = registers.write(register, value) }
    }
  }

  private mutating func clear(_ value: UInt32, in context: inout DeviceContext) {
    let ticks = counter?.count(at: context.now) ?? 0
    guard value == Self.key, ticks >= opening else {
      return context.request(.systemReset(.watchdog))
    }
    restart(in: &context)
    synchronize(at: context.now)
  }

  private mutating func synchronize(at now: Instant) {
    guard let counter else { return }
    busyUntil = counter.instant(of: counter.count(at: now) &+ 3) ?? now
  }

  // MARK: Time

  /// 8 periods of the clock at 0, each step twice as many, at most 16384.
  private func periods(_ choice: UInt32) -> UInt64 { 8 << UInt64(min(choice, 11)) }

  /// The count starts afresh; a closed window comes before the open one.
  private mutating func restart(in context: inout DeviceContext) {
    let control = registers[WDT.Offset.control]
    guard control & (WDT.Control.enable | WDT.Control.alwaysOn) != 0 else {
      (warning, deadline, opening) = (.max, .max, 0)
      counter?.stop(at: context.now)
      return context.cancelWake()
    }
    let configuration = registers[WDT.Offset.configuration]
    let hasWindow = control & WDT.Control.windowEnable != 0
    let window = (configuration & WDT.Configuration.window) >> WDT.Configuration.windowShift
    opening = hasWindow ? periods(window) : 0
    deadline = opening + periods(configuration & WDT.Configuration.period)
    // In window mode the warning is the opening of the window.
    warning = hasWindow ? opening : periods(registers[WDT.Offset.earlyWarning])
    counter?.set(0, at: context.now)
    counter?.start(at: context.now)
    schedule(in: &context)
  }

  private func schedule(in context: inout DeviceContext) {
    context.wake(at: counter?.instant(of: min(warning, deadline)) ?? .never)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard let ticks = counter?.count(at: context.now) else { return }
    if warning <= ticks {
      warning = .max
      interrupts.raise(WDT.EarlyWarning.flag, in: &context)
    }
    if deadline <= ticks {
      deadline = .max
      return context.request(.systemReset(.watchdog))
    }
    schedule(in: &context)
  }

  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {
    guard line == Self.clockLine else { return }
    let count = counter?.count(at: context.now) ?? 0
    let isRunning = deadline != .max
    counter = frequency.map { TickCounter($0, reference: parameters.reference) }
    counter?.set(count, at: context.now)
    guard isRunning else { return }
    counter?.start(at: context.now)
    schedule(in: &context)
  }
}
