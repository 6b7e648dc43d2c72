// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 TEMP (Product Specification v1.7, 6.28): a conversion of 36 µs whose result, in
/// quarters of a degree, is always the temperature that the board file states.
///
/// Parameters: `milliCelsius`, from -40 °C (two's complement) to 105 °C, default 25000.
public struct NordicTEMP: Peripheral {
  private let quarterDegrees: UInt32
  private let conversion: Cycles
  private var readyAt: Instant?
  private var result: UInt32 = 0
  private var events = EventRegisters([TEMP.Offset.eventsDataReady])
  private var calibration = StoredRegisters(
    Self.array(TEMP.Offset.slope, bits: 0xFFF, Self.slopes)
      + Self.array(TEMP.Offset.intercept, bits: 0x3FFF, Self.intercepts)
      + Self.array(TEMP.Offset.segment, bits: 0xFF, Self.segments))

  private static let slopes = [
    TEMP.Reset.slope0, TEMP.Reset.slope1, TEMP.Reset.slope2, TEMP.Reset.slope3, TEMP.Reset.slope4,
    TEMP.Reset.slope5,
  ]
  private static let intercepts = [
    TEMP.Reset.intercept0, TEMP.Reset.intercept1, TEMP.Reset.intercept2, TEMP.Reset.intercept3,
    TEMP.Reset.intercept4, TEMP.Reset.intercept5,
  ]
  private static let segments = [
    TEMP.Reset.segment0, TEMP.Reset.segment1, TEMP.Reset.segment2, TEMP.Reset.segment3,
    TEMP.Reset.segment4,
  ]

  public init(_ parameters: DeviceParameters) {
    let stated = Int64(bitPattern: parameters.numbers["milliCelsius"] ?? 25_000)
    quarterDegrees = UInt32(
      bitPattern: Int32(truncatingIfNeeded: min(max(stated, -40_000), 105_000) / 250))
    conversion = parameters.microseconds(36)
  }

  public mutating func reset(in context: inout DeviceContext) {
    (readyAt, result) = (nil, 0)
    calibration.reset()
    events.reset(in: &context)
    context.cancelWake()
  }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? calibration.read(offset) { return value }
    if offset == TEMP.Offset.temperature { return result }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) || calibration.write(offset, value) { return }
    switch offset {
    case TEMP.Offset.tasksStart: if value & 1 != 0 { readyAt = context.now + conversion }
    case TEMP.Offset.tasksStop: if value & 1 != 0 { readyAt = nil }
    default: context.reportUnmodelled(offset, write: true)
    }
    context.wake(atFirstOf: readyAt)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard let due = readyAt, due <= context.now else { return context.wake(atFirstOf: readyAt) }
    readyAt = nil
    result = quarterDegrees
    events.fire(TEMP.Offset.eventsDataReady, in: &context)
  }

  private static func array(
    _ first: UInt32, bits: UInt32, _ values: [UInt32]
  ) -> [StoredRegisters.Register] {
    values.enumerated().map {
      StoredRegisters.Register(first + 4 * UInt32($0.offset), writable: bits, reset: $0.element)
    }
  }
}
