// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 WDT (Product Specification v1.7, 6.36): counts the 32.768 kHz clock down from CRV; all
/// enabled reload requests start it afresh, else TIMEOUT fires and, two clock periods later, the
/// chip is reset. Once started it cannot be stopped or configured.
///
/// CONFIG is kept but the counter never pauses: the chip's sleep is not a wire that devices see.
public struct NordicWDT: Peripheral {
  private var counter: TickCounter
  private var deadline: UInt64 = 0
  private var hasTimedOut = false
  /// Reload registers that still have to be written before the counter starts afresh.
  private var pending: UInt32 = 0
  private var events = EventRegisters([WDT.Offset.eventsTimeout])
  private var registers = StoredRegisters([
    .init(WDT.Offset.counterReload, reset: WDT.Reset.counterReload),
    .init(WDT.Offset.reloadRequestEnable, writable: 0xFF, reset: WDT.Reset.reloadRequestEnable),
    .init(
      WDT.Offset.config, writable: WDT.Config.runInSleep | WDT.Config.runInHalt,
      reset: WDT.Reset.config),
  ])

  public init(_ parameters: DeviceParameters) {
    counter = TickCounter(Frequency(hertz: 32_768), reference: parameters.reference)
  }

  public mutating func reset(in context: inout DeviceContext) {
    counter.stop(at: context.now)
    counter.set(0, at: context.now)
    (deadline, pending, hasTimedOut) = (0, 0, false)
    registers.reset()
    events.reset(in: &context)
    context.cancelWake()
  }

  /// Software and lockup resets leave the watchdog running (5.3.6.8).
  public mutating func reset(
    after cause: DeviceContext.ResetCause, in context: inout DeviceContext
  ) {
    switch cause {
    case .software, .lockup: events.reset(in: &context)
    case .powerOn, .watchdog, .pin: reset(in: &context)
    }
  }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    switch offset {
    case WDT.Offset.runStatus: return counter.isRunning ? 1 : 0
    case WDT.Offset.requestStatus: return counter.isRunning ? pending : WDT.Reset.requestStatus
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if let channel = element(of: offset, in: WDT.Offset.reloadRequest, count: 8) {
      if value == WDT.ReloadRequest.reload { request(channel, in: &context) }
    } else if registers.read(offset) != nil {
      // Locked once the watchdog runs.
      if !counter.isRunning { _ = registers.write(offset, value) }
    } else if offset == WDT.Offset.tasksStart {
      guard value & 1 != 0, !counter.isRunning else { return }
      counter.start(at: context.now)
      reload(in: &context)
    } else {
      context.reportUnmodelled(offset, write: true)
    }
  }

  private mutating func request(_ channel: Int, in context: inout DeviceContext) {
    guard counter.isRunning, !hasTimedOut else { return }
    pending &= ~(1 << UInt32(channel))
    if pending == 0 { reload(in: &context) }
  }

  /// Starts the count from CRV; the period is (CRV + 1) / 32.768 kHz.
  private mutating func reload(in context: inout DeviceContext) {
    pending = registers[WDT.Offset.reloadRequestEnable]
    counter.set(0, at: context.now)
    deadline = UInt64(registers[WDT.Offset.counterReload]) + 1
    context.wake(at: counter.instant(of: deadline) ?? .never)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard counter.isRunning else { return }
    guard counter.count(at: context.now) >= deadline else {
      return context.wake(at: counter.instant(of: deadline) ?? .never)
    }
    guard !hasTimedOut else { return context.request(.systemReset(.watchdog)) }
    hasTimedOut = true
    deadline += 2
    events.fire(WDT.Offset.eventsTimeout, in: &context)
    context.wake(at: counter.instant(of: deadline) ?? .never)
  }
}
