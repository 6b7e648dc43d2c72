// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// What the firmware printed, cut into lines, each with the instant of its first byte.
public struct Console: Sendable {
  public struct Line: Sendable, Equatable {
    public let instant: Instant
    public let text: String
  }

  public private(set) var lines: [Line] = []
  public private(set) var byteCount = 0
  private var pending: [UInt8] = []
  private var begunAt = Instant.reset
  /// A line that never ends is cut, so that a runaway guest cannot fill the host's memory.
  private static let longestLine = 4096
  private static let lineLimit = 1_000_000

  /// Takes one byte; answers the line that it completed.
  mutating func receive(_ byte: UInt8, at instant: Instant) -> Line? {
    byteCount += 1
    if byte == UInt8(ascii: "\n") { return flush() }
    let cut = pending.count < Self.longestLine ? nil : flush()
    if pending.isEmpty { begunAt = instant }
    pending.append(byte)
    return cut
  }

  /// Ends the line that is under way, if any.
  mutating func flush() -> Line? {
    if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
    let line = Line(instant: begunAt, text: Self.printable(pending))
    pending = []
    guard !line.text.isEmpty else { return nil }
    if lines.count < Self.lineLimit { lines.append(line) }
    return line
  }

  /// The unfinished line, for `--until` texts that no newline follows.
  var unfinished: String { Self.printable(pending) }

  /// Control characters would let a guest play with the user's terminal.
  private static func printable(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let safe = text.unicodeScalars.filter {
      $0.value == 0x09 || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    return String(String.UnicodeScalarView(safe))
  }
}
