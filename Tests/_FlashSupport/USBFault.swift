// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// What becomes of one USB transfer on its way.
package enum USBFault: Equatable, Sendable {
  /// The device never hears of it.
  case drop
  /// The device does it, but the host does not hear the answer.
  case deafen
  case double
  /// Answered STALL by something that is not the device's program.
  case stall
  /// The device does it and then answers STALL.
  case stallAfter
  /// One byte, counted in 256ths of the data's length, is changed in these bits.
  case corrupt(place: UInt8, bits: UInt8)
  case delay(Duration)
  /// Only so many 256ths of the data come through.
  case truncate(UInt8)
  /// The operating system refuses.
  case refuse
  /// The cable is pulled out, and stays out.
  case unplug

  /// One of each kind, some of them in several strengths.
  package static let all: [USBFault] = [
    .drop, .deafen, .double, .stall, .stallAfter, .corrupt(place: 0, bits: 0x01),
    .corrupt(place: 128, bits: 0x20), .corrupt(place: 255, bits: 0x80),
    .delay(.milliseconds(100)), .delay(.seconds(4)), .delay(.seconds(20)), .truncate(0),
    .truncate(128), .truncate(255), .refuse, .unplug,
  ]

  package static func random(_ random: inout SplitMix64) -> USBFault {
    let place = UInt8(random.int(0...255))
    switch random.int(0...9) {
    case 0: return .drop
    case 1: return .deafen
    case 2: return .double
    case 3: return .stall
    case 4: return .stallAfter
    case 5: return .corrupt(place: place, bits: UInt8(random.int(1...255)))
    case 6: return .delay(.milliseconds(random.int(1...20_000)))
    case 7: return .truncate(place)
    case 8: return .refuse
    default: return .unplug
    }
  }

  /// The data as they arrive.
  func apply(to bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    func place(_ part: UInt8) -> Int { min(bytes.count - 1, bytes.count * Int(part) / 256) }
    switch self {
    case .corrupt(let part, let bits):
      var changed = bytes
      changed[place(part)] ^= bits
      return changed
    case .truncate(let part): return Array(bytes.prefix(place(part)))
    default: return bytes
    }
  }
}
