// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// A fingerprint of everything observable that a run did, and when: bytes sent, pins moved,
/// exceptions entered, tasks marked; at the end registers and RAM. Same image, board, inputs and
/// seed: same hash, on every host, in debug and release (FNV-1a, 64 bit).
public struct TraceHash: Codable, Sendable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  enum Event: UInt8 {
    case serialByte, pin, exceptionEntry, taskBegin, taskEnd, reset, final, usbPacket
  }

  mutating func record(_ event: Event, _ detail: UInt64, at instant: Instant) {
    mix(UInt64(event.rawValue))
    mix(detail)
    mix(instant.sinceReset.count)
  }

  mutating func mix(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { mix(byte: UInt8(word >> shift & 0xFF)) }
  }

  mutating func mix(byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
