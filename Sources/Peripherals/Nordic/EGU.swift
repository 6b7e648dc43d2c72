// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 EGU, event generator unit (Product Specification v1.7, 6.7): sixteen tasks, each of
/// which fires the event of the same number. Software interrupts, and fan-out of PPI.
public struct NordicEGU: Peripheral {
  private static let channels = 16
  private var events = EventRegisters(
    (0..<16).map { EGU.Offset.eventsTriggered + 4 * UInt32($0) }, hasInterruptEnable: true)

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) { events.reset(in: &context) }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) { return value }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if let channel = element(of: offset, in: EGU.Offset.tasksTrigger, count: Self.channels) {
      if value & 1 != 0 {
        events.fire(EGU.Offset.eventsTriggered + 4 * UInt32(channel), in: &context)
      }
    } else {
      context.reportUnmodelled(offset, write: true)
    }
  }
}
