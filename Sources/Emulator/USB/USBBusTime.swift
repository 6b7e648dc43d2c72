// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// How long things take on a full-speed bus (Universal Serial Bus Specification 2.0, 7.1.7 and
/// 8.4), in cycles of the machine's clock. Stuffed bits are not counted.
struct USBBusTime: Codable {
  private let bits: TickClock
  private let milliseconds: TickClock

  init(_ clock: Frequency) {
    bits = TickClock(Frequency(hertz: 12_000_000), reference: clock)
    milliseconds = TickClock(Frequency(hertz: 1000), reference: clock)
  }

  /// SYNC, packet identifier, address and check bits, end of packet.
  private static let tokenBits: UInt64 = 8 + 8 + 16 + 3
  private static let handshakeBits: UInt64 = 8 + 8 + 3
  /// Between two packets, answering included.
  private static let turnaroundBits: UInt64 = 6

  private static func dataBits(_ count: Int) -> UInt64 { 8 + 8 + 8 * UInt64(count) + 16 + 3 }

  var startOfFrame: Cycles { bits.span(ofTicks: Self.tokenBits) }
  /// Until a device knows that it is asked.
  var token: Cycles { bits.span(ofTicks: Self.tokenBits) }
  var handshake: Cycles {
    bits.span(ofTicks: 2 * Self.turnaroundBits + Self.handshakeBits)
  }

  /// A data packet behind its token.
  func data(_ count: Int) -> Cycles {
    bits.span(ofTicks: Self.turnaroundBits + Self.dataBits(count))
  }

  /// A whole transaction.
  func transaction(_ count: Int) -> Cycles { token + data(count) + handshake }

  func milliseconds(_ count: UInt64) -> Cycles { milliseconds.span(ofTicks: count) }

  /// How long the host leaves an endpoint alone that was not ready so many times in a row; nil is
  /// until the next frame. Shorter at first, for a device that is about to answer; a device that
  /// has nothing to say is asked once a frame.
  func pause(afterRefusals count: Int) -> Cycles? {
    switch count {
    case ...8: bits.span(ofTicks: 240)
    case ...16: bits.span(ofTicks: 1200)
    default: nil
    }
  }
}
