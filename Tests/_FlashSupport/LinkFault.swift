// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// What becomes of one frame on its way: of what a host sends at once, or a device answers at once.
package enum LinkFault: Equatable, Sendable {
  case drop
  case double
  /// One byte, counted in 256ths of the frame's length, is changed in these bits.
  case corrupt(place: UInt8, bits: UInt8)
  case delay(Duration)
  /// Only so many 256ths of it arrive: a short write.
  case truncate(UInt8)
  /// It arrives in two pieces, the second one later.
  case split(UInt8, Duration)
  /// The cable is pulled out, and stays out.
  case unplug

  /// One of each kind, some of them in several strengths.
  package static let all: [LinkFault] = [
    .drop, .double, .corrupt(place: 0, bits: 0x01), .corrupt(place: 128, bits: 0x20),
    .corrupt(place: 255, bits: 0x80), .delay(.milliseconds(100)), .delay(.milliseconds(1500)),
    .delay(.seconds(20)), .truncate(0), .truncate(128), .truncate(255),
    .split(128, .milliseconds(20)), .split(1, .seconds(3)), .unplug,
  ]

  package static func random(_ random: inout SplitMix64) -> LinkFault {
    let place = UInt8(random.int(0...255))
    switch random.int(0...6) {
    case 0: return .drop
    case 1: return .double
    case 2: return .corrupt(place: place, bits: UInt8(random.int(1...255)))
    case 3: return .delay(.milliseconds(random.int(1...8000)))
    case 4: return .truncate(place)
    case 5: return .split(place, .milliseconds(random.int(1...8000)))
    default: return .unplug
    }
  }

  /// What arrives, and how much later; nil for a pulled cable.
  package func apply(to frame: [UInt8]) -> [(late: Duration, bytes: [UInt8])]? {
    func cut(_ part: UInt8) -> Int { min(frame.count - 1, frame.count * Int(part) / 256) }
    switch self {
    case .drop: return []
    case .double: return [(.zero, frame), (.zero, frame)]
    case .corrupt(let place, let bits):
      var changed = frame
      changed[cut(place)] ^= bits
      return [(.zero, changed)]
    case .delay(let time): return [(time, frame)]
    case .truncate(let part): return [(.zero, Array(frame.prefix(cut(part))))]
    case .split(let part, let time):
      return [(.zero, Array(frame.prefix(cut(part)))), (time, Array(frame.dropFirst(cut(part))))]
    case .unplug: return nil
    }
  }
}
