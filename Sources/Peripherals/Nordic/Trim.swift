// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Registers at 0x4006E000 that no manual names. Nordic's errata sheet for the nRF52840 (171, 187,
/// 211) and every USB driver unlock them with 0x9375, write, and lock them again.
public struct NordicTrim: Peripheral {
  private static let lock: UInt32 = 0xC00
  private static let key: UInt32 = 0x9375
  private var isUnlocked = false
  private var registers = StoredRegisters([0xC14, 0xC1C, 0xD14].map { .init($0) })

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    isUnlocked = false
    registers.reset()
  }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if offset == Self.lock { return isUnlocked ? 1 : 0 }
    if let value = registers.read(offset) { return value }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if offset == Self.lock {
      if value == Self.key { isUnlocked.toggle() }
    } else if registers.read(offset) == nil {
      context.reportUnmodelled(offset, write: true)
    } else if isUnlocked {
      _ = registers.write(offset, value)
    }
  }
}
