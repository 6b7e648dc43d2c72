// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 RNG (Product Specification v1.7, 6.19): a byte of the machine's seeded generator every
/// 30 µs after 128 µs of start-up, or every 120 µs with bias correction (typical, 6.19.2).
public struct NordicRNG: Peripheral {
  private let startUp: Cycles
  private let period: Cycles
  private let correctedPeriod: Cycles
  private var nextByteAt: Instant?
  private var value: UInt32 = 0
  private var registers = StoredRegisters([
    .init(RNG.Offset.shorts, writable: RNG.Shorts.valueReadyStop),
    .init(RNG.Offset.config, writable: RNG.Config.biasCorrection),
  ])
  private var events = EventRegisters([RNG.Offset.eventsValueReady])

  public init(_ parameters: DeviceParameters) {
    startUp = parameters.microseconds(128)
    period = parameters.microseconds(30)
    correctedPeriod = parameters.microseconds(120)
  }

  public mutating func reset(in context: inout DeviceContext) {
    (nextByteAt, value) = (nil, 0)
    registers.reset()
    events.reset(in: &context)
    context.cancelWake()
  }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    if offset == RNG.Offset.value { return value }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) || registers.write(offset, value) { return }
    switch offset {
    case RNG.Offset.tasksStart:
      if value & 1 != 0, nextByteAt == nil { nextByteAt = context.now + startUp + bytePeriod }
    case RNG.Offset.tasksStop: if value & 1 != 0 { nextByteAt = nil }
    default: context.reportUnmodelled(offset, write: true)
    }
    context.wake(atFirstOf: nextByteAt)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard let due = nextByteAt, due <= context.now else {
      return context.wake(atFirstOf: nextByteAt)
    }
    value = UInt32(truncatingIfNeeded: context.environment.random() >> 56)
    let stops = registers[RNG.Offset.shorts] & RNG.Shorts.valueReadyStop != 0
    nextByteAt = stops ? nil : context.now + bytePeriod
    events.fire(RNG.Offset.eventsValueReady, in: &context)
    context.wake(atFirstOf: nextByteAt)
  }

  private var bytePeriod: Cycles {
    registers[RNG.Offset.config] & RNG.Config.biasCorrection == 0 ? period : correctedPeriod
  }
}
