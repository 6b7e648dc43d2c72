// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Registers

/// An interrupt line of the nested vectored interrupt controller
/// (Armv7-M Architecture Reference Manual, B3.4).
struct Interrupt {
  private static let setEnable = RegisterBlock(at: 0xE000_E100)
  private let number: Int

  init(_ number: Int) { self.number = number }

  func enable() { Self.setEnable[UInt32(number / 32 * 4)] = 1 << UInt32(number % 32) }
}
