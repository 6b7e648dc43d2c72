// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup

/// What the nRF52840's errata sheet asks of a USB driver, for every revision that boards carry
/// (1 and later). The registers have no names there either.
enum NordicUSBErrata {
  private static let trim = RegisterBlock(at: 0x4006_E000)
  private static let lock: UInt32 = 0xC00
  private static let key: UInt32 = 0x9375
  private static let start: UInt32 = 0xC14
  private static let wake: UInt32 = 0xD14
  private static let index: UInt32 = 0x800
  private static let value: UInt32 = 0x804
  private static let busy: UInt32 = 0xC1C

  /// 187 and 211 (USBD cannot be enabled; stays suspended too long), 171 (might not reach its
  /// active state): before ENABLE.
  static func beginStart() {
    write(3, at: wake)
    write(0xC0, at: start)
  }

  /// READY has come. 211 keeps its register until the block is switched off.
  static func endStart() { write(0, at: start) }

  static func stop() { write(0, at: wake) }

  /// 166: double buffering of isochronous endpoints.
  static func start(_ usbd: RegisterBlock) {
    usbd[index] = 0x7E3
    usbd[value] = 0x40
    dataMemoryBarrier()
    usbd[USBD.Offset.isoSplit] = USBD.IsoSplit.halfIn
  }

  /// 199: no token may be lost while EasyDMA runs.
  static func beginTransfer(_ usbd: RegisterBlock) { usbd[busy] = 0x82 }
  static func endTransfer(_ usbd: RegisterBlock) { usbd[busy] = 0 }

  private static func write(_ value: UInt32, at offset: UInt32) {
    let wasLocked = trim[lock] == 0
    if wasLocked { trim[lock] = key }
    trim[offset] = value
    if wasLocked { trim[lock] = key }
  }
}
