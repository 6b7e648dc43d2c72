// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 UICR, one page of flash that configures the chip (Product Specification v1.7, 4.5).
/// Erased it reads all ones; a store clears bits; NVMC erases it.
///
/// Parameters: the words that the board's factory wrote, by the manual's names: `REGOUT0`,
/// `NFCPINS`, `APPROTECT`, `DEBUGCTRL`, `PSELRESET0`, `NRFFW0`, `NRFHW0`, `CUSTOMER0` and so on;
/// and `page`, its size in bytes (default 4 KiB).
public struct NordicUICR: Peripheral {
  private let size: UInt32
  /// Words that are not all ones.
  private var words: [UInt32: UInt32] = [:]

  public init(_ parameters: DeviceParameters) {
    size = UInt32(clamping: parameters.numbers["page"] ?? 0x1000)
    let singles = [
      ("APPROTECT", UICR.Offset.accessPortProtection), ("NFCPINS", UICR.Offset.nfcPins),
      ("DEBUGCTRL", UICR.Offset.debugControl), ("REGOUT0", UICR.Offset.regulatorOutput0),
    ]
    let arrays = [
      ("NRFFW", UICR.Offset.firmware, 13), ("NRFHW", UICR.Offset.hardware, 12),
      ("CUSTOMER", UICR.Offset.customer, 32), ("PSELRESET", UICR.Offset.pinSelectReset, 2),
    ]
    var named = singles
    for (name, first, count) in arrays {
      named += (0..<count).map { ("\(name)\($0)", first + 4 * UInt32($0)) }
    }
    for (name, offset) in named {
      if let value = parameters.numbers[name] { words[offset] = UInt32(truncatingIfNeeded: value) }
    }
  }

  /// Flash keeps its contents.
  public mutating func reset(in context: inout DeviceContext) {}

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    words[offset] ?? 0xFFFF_FFFF
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    apply(.word(value), at: offset)
  }

  public mutating func apply(_ write: DeviceContext.FlashWrite, at offset: UInt32) {
    guard offset < size else { return }
    switch write {
    case .word(let value): words[offset & ~3] = (words[offset & ~3] ?? 0xFFFF_FFFF) & value
    case .erase: words = [:]
    }
  }
}
