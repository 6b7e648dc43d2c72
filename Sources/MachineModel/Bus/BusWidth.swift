// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How much one bus access moves, in bytes.
public enum BusWidth: UInt8, Codable, Sendable {
  case byte = 1
  case half = 2
  case word = 4
}

extension BusWidth {
  /// The bits of a word that an access of this width moves.
  public var mask: UInt32 { self == .word ? .max : 1 << (8 * UInt32(rawValue)) - 1 }
}
