// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An application's answer, as the host reads it. Lines that do not begin with `@` are the
/// application's own.
public enum HostedAnswer: Equatable, Sendable {
  /// Ready for samples, so many bytes a block.
  case begun(blockBytes: Int)
  /// So many blocks have been taken.
  case taken(blocks: Int)
  case ended(blocks: Int)
  case led(isOn: Bool)
  /// Core cycles of one run of a task.
  case cycles(task: String, UInt32)
  /// A network's output, byte by byte.
  case outputs([UInt8])
  /// A frame came damaged, or did not fit.
  case refused(String)

  /// Nil for a line that is no answer, or none that is known.
  public init?(line: String) {
    guard line.utf8.first == InjectionAnswer.prefix else { return nil }
    let words = line.dropFirst().split(separator: " ")
    guard words.count == 2 else { return nil }
    let value = words[1]
    switch words[0] {
    case "begin": self.init(value) { .begun(blockBytes: $0) }
    case "block": self.init(value) { .taken(blocks: $0) }
    case "end": self.init(value) { .ended(blocks: $0) }
    case "led": self.init(value) { .led(isOn: $0 != 0) }
    case "refused": self = .refused(String(value))
    case "outputs":
      guard let bytes = Self.bytes(value) else { return nil }
      self = .outputs(bytes)
    default:
      guard let cycles = UInt32(value) else { return nil }
      self = .cycles(task: String(words[0]), cycles)
    }
  }

  private init?(_ text: Substring, _ make: (Int) -> Self) {
    guard let number = UInt32(text) else { return nil }
    self = make(Int(number))
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
