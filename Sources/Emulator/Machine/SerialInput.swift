// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Bytes on their way from the user to the board's console UART, one every byte time.
struct SerialInput: Codable {
  private var waiting: [UInt8] = []
  private(set) var nextAt = Instant.never
  /// 10 bits at 115,200 baud; a board that listens faster still sees every byte.
  private static let bytesPerSecond: UInt64 = 11520

  var isEmpty: Bool { waiting.isEmpty }

  mutating func append(_ bytes: some Collection<UInt8>, at now: Instant) {
    guard !bytes.isEmpty else { return }
    if waiting.isEmpty { nextAt = now }
    waiting += bytes
  }

  /// Up to `count` bytes at once, for a program that asks its host.
  mutating func take(_ count: Int) -> [UInt8] {
    let taken = Array(waiting.prefix(count))
    waiting.removeFirst(taken.count)
    if waiting.isEmpty { nextAt = .never }
    return taken
  }

  /// The byte that is due, if the receiver is on; else it is offered again a byte time later.
  mutating func pop(at now: Instant, clock: Frequency, ready: Bool) -> UInt8? {
    guard !waiting.isEmpty, nextAt <= now else { return nil }
    nextAt = now + Cycles(max(1, clock.numerator / clock.denominator / Self.bytesPerSecond))
    guard ready else { return nil }
    let byte = waiting.removeFirst()
    if waiting.isEmpty { nextAt = .never }
    return byte
  }
}
