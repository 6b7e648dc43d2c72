// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// The half that all nRF52 blocks share (Product Specification v1.7, 4.2.3): event registers, the
/// interrupt enables that pick from them, and the interrupt line that follows from both.
///
/// An event that fires stays raised until 0 is written to its register, and is published each time
/// so that PPI can trigger tasks by it.
struct EventRegisters: Codable {
  /// Bit n for the event at 0x100 + 4n, as in INTEN.
  private let implemented: UInt32
  private let hasInterruptEnable: Bool
  private var raised: UInt32 = 0
  private(set) var interruptEnable: UInt32 = 0
  private var lineIsRaised = false

  /// - Parameters:
  ///   - offsets: the event registers that the block has.
  ///   - hasInterruptEnable: whether INTEN exists beside INTENSET and INTENCLR.
  init(_ offsets: [UInt32], hasInterruptEnable: Bool = false) {
    implemented = offsets.reduce(0) { $0 | NordicEvent.interruptMask(of: $1) }
    self.hasInterruptEnable = hasInterruptEnable
  }

  /// True while the event at this offset is raised.
  subscript(offset: UInt32) -> Bool { raised & NordicEvent.interruptMask(of: offset) != 0 }

  /// The value of an event or interrupt enable register; nil where the offset is neither.
  func read(_ offset: UInt32) -> UInt32? {
    switch offset {
    case 0x300 where hasInterruptEnable, 0x304, 0x308: interruptEnable
    case _ where isEvent(offset): self[offset] ? 1 : 0
    default: nil
    }
  }

  /// False where the offset is not an event or interrupt enable register.
  mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) -> Bool {
    switch offset {
    case 0x300 where hasInterruptEnable: interruptEnable = value & implemented
    case 0x304: interruptEnable |= value & implemented
    case 0x308: interruptEnable &= ~value
    case _ where isEvent(offset):
      let mask = NordicEvent.interruptMask(of: offset)
      raised = value == 0 ? raised & ~mask : raised | mask
    default: return false
    }
    updateLine(in: &context)
    return true
  }

  mutating func fire(_ offset: UInt32, in context: inout DeviceContext) {
    raised |= NordicEvent.interruptMask(of: offset)
    context.publish(event: offset)
    updateLine(in: &context)
  }

  /// Raises an event that the event system is not told of (RTC with EVTEN off).
  mutating func raise(_ offset: UInt32, in context: inout DeviceContext) {
    raised |= NordicEvent.interruptMask(of: offset)
    updateLine(in: &context)
  }

  mutating func reset(in context: inout DeviceContext) {
    (raised, interruptEnable) = (0, 0)
    updateLine(in: &context)
  }

  private mutating func updateLine(in context: inout DeviceContext) {
    let level = raised & interruptEnable != 0
    guard level != lineIsRaised else { return }
    lineIsRaised = level
    context.setInterruptLine(level)
  }

  private func isEvent(_ offset: UInt32) -> Bool {
    offset >= 0x100 && offset < 0x180 && offset & 3 == 0
      && implemented & NordicEvent.interruptMask(of: offset) != 0
  }
}
