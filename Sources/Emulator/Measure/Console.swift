// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// What the firmware printed, cut into lines, each with the instant of its first byte.
public struct Console: Codable, Sendable {
  /// Where text comes from. Lines of different sources do not mix.
  public enum Source: String, CaseIterable, Codable, Sendable {
    /// The console UART, and calls by semihosting.
    case serial
    /// Stimulus port 0 of the ITM.
    case itm
    /// Up-channel 0 of Real-Time Transfer.
    case rtt
    /// The board's own USB serial port.
    case usb
  }

  public struct Line: Codable, Sendable, Equatable {
    public let instant: Instant
    public let text: String
    public var source = Source.serial
  }

  public private(set) var lines: [Line] = []
  public private(set) var byteCount = 0
  private var pending: [Source: Pending] = [:]
  private var echoes = Echoes()
  /// A line that never ends is cut, so that a runaway guest cannot fill the host's memory.
  private static let longestLine = 4096
  private static let lineLimit = 1_000_000

  /// A line that has not ended.
  private struct Pending: Codable {
    var bytes: [UInt8] = []
    var begunAt: Instant
  }

  /// Firmware may say everything by UART and by USB; that is shown once. Which of the two comes
  /// first depends on their speeds, so a line of USB waits while the UART is busy.
  private struct Echoes: Codable {
    /// The last lines by UART that did not come by USB.
    var serial: [String] = []
    var waiting: [Line] = []
    var lastSerialAt = Instant.never

    static let memory = 64
    /// Bytes of a UART at 9600 baud are a millisecond apart.
    static let quiet: UInt64 = 20
  }

  /// Takes one byte; answers the line that it completed.
  mutating func receive(
    _ byte: UInt8, from source: Source = .serial, at instant: Instant
  ) -> Line? {
    byteCount += 1
    if source == .serial { echoes.lastSerialAt = instant }
    if byte == UInt8(ascii: "\n") { return flush(source) }
    let isFull = pending[source].map { $0.bytes.count >= Self.longestLine } ?? false
    let cut = isFull ? flush(source) : nil
    pending[source, default: Pending(begunAt: instant)].bytes.append(byte)
    return cut
  }

  /// Ends the line that is under way, if any.
  mutating func flush(_ source: Source = .serial) -> Line? {
    guard var ended = pending.removeValue(forKey: source) else { return nil }
    if ended.bytes.last == UInt8(ascii: "\r") { ended.bytes.removeLast() }
    let line = Line(
      instant: ended.begunAt, text: Self.printable(ended.bytes), source: source)
    guard !line.text.isEmpty, !isHeldBack(line) else { return nil }
    keep(line)
    return line
  }

  private mutating func keep(_ line: Line) {
    if lines.count < Self.lineLimit { lines.append(line) }
  }

  /// Whether a line is the echo of another, or may yet turn out to be.
  private mutating func isHeldBack(_ line: Line) -> Bool {
    switch line.source {
    case .serial:
      if let index = echoes.waiting.firstIndex(where: { $0.text == line.text }) {
        echoes.waiting.remove(at: index)
      } else {
        echoes.serial.append(line.text)
        if echoes.serial.count > Echoes.memory { echoes.serial.removeFirst() }
      }
      return false
    case .usb:
      if let index = echoes.serial.firstIndex(of: line.text) {
        echoes.serial.remove(at: index)
        return true
      }
      guard echoes.lastSerialAt != .never else { return false }
      echoes.waiting.append(line)
      return true
    case .itm, .rtt: return false
    }
  }

  /// Whether lines wait for the UART to be quiet.
  var isHoldingBack: Bool { !echoes.waiting.isEmpty }

  /// Lines that were held back and are no echoes.
  /// - Parameter now: nil at the end of the run.
  mutating func release(at now: Instant?, millisecond: Cycles) -> [Line] {
    if let now {
      let quiet = millisecond * Echoes.quiet
      guard now >= echoes.lastSerialAt + quiet else { return [] }
    } else {
      dropCutEchoes()
    }
    defer { echoes.waiting = [] }
    for line in echoes.waiting { keep(line) }
    return echoes.waiting
  }

  /// A run may end between a line and its echo, in the middle of either.
  private mutating func dropCutEchoes() {
    let serial = echoes.serial + (lines.last { $0.source == .serial }.map { [$0.text] } ?? [])
    echoes.waiting.removeAll { line in
      serial.contains { $0.hasPrefix(line.text) || line.text.hasPrefix($0) }
    }
  }

  /// Whether a line that has not ended contains a text, for `--until` texts that no newline
  /// follows.
  func isPrinting(_ text: String) -> Bool {
    pending.values.contains { Self.printable($0.bytes).contains(text) }
  }

  /// Control characters would let a guest play with the user's terminal.
  private static func printable(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let safe = text.unicodeScalars.filter {
      $0.value == 0x09 || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    return String(String.UnicodeScalarView(safe))
  }
}
