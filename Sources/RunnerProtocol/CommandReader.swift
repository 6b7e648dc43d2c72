// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Makes commands of the bytes that come over the line, one at a time and in constant memory: what
/// follows `db ` is handed on as bytes, however long it is.
public struct CommandReader {
  public enum Event: Equatable, Sendable {
    /// One byte of input.
    case byte(UInt8)
    /// A command that is complete.
    case command(RunnerCommand)
  }

  public static let terminator = UInt8(ascii: "%")
  /// The longest command but for `db` with bytes.
  public static let capacity = 80

  private var text = InlineArray<80, UInt8>(repeating: 0)
  private var count = 0
  private var isReadingBytes = false
  private var upperDigit: UInt8?
  private var mistake: RunnerMistake?
  /// The text is the last command's.
  private var isStale = false

  public init() {}

  public mutating func push(_ byte: UInt8) -> Event? {
    if isStale { (count, isStale) = (0, false) }
    if byte == Self.terminator { return .command(finish()) }
    // A terminal's line ends mean nothing.
    if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") || mistake != nil { return nil }
    if isReadingBytes { return pushDigit(byte) }
    if beginsBytes(byte) {
      isReadingBytes = true
      return pushDigit(byte)
    }
    guard count < Self.capacity else {
      mistake = .tooLong
      return nil
    }
    text[count] = byte
    count &+= 1
    return nil
  }

  /// What was read of a command that is not known, for the answer.
  public func forEachByteOfText(_ body: (UInt8) -> Void) {
    for index in 0..<count { body(text[index]) }
  }

  private mutating func finish() -> RunnerCommand {
    let command = parse()
    isReadingBytes = false
    upperDigit = nil
    mistake = nil
    // The text stays for `forEachByteOfText`, until the next command begins.
    if case .wrong(.unknown) = command { isStale = true } else { count = 0 }
    return command
  }

  // MARK: Bytes

  private func beginsBytes(_ byte: UInt8) -> Bool {
    guard Self.value(ofDigit: byte) != nil, count >= 3 else { return false }
    var words = Words(text, count)
    guard words.next(is: "db") else { return false }
    return words.isAtEnd && text[count &- 1] == UInt8(ascii: " ")
  }

  private mutating func pushDigit(_ byte: UInt8) -> Event? {
    guard let digit = Self.value(ofDigit: byte) else {
      if byte != UInt8(ascii: " ") { mistake = .invalidDigit }
      return nil
    }
    guard let upper = upperDigit else {
      upperDigit = digit
      return nil
    }
    upperDigit = nil
    return .byte(upper &<< 4 | digit)
  }

  private static func value(ofDigit byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
  }

  // MARK: Words

  private func parse() -> RunnerCommand {
    if let mistake { return .wrong(mistake) }
    if isReadingBytes { return upperDigit == nil ? .bytes : .wrong(.oddDigits) }
    var words = Words(text, count)
    if words.isAtEnd { return .empty }
    if words.next(is: "name") { return .name }
    if words.next(is: "timestamp") { return .timestamp }
    if words.next(is: "profile") { return .profile }
    if words.next(is: "help") { return .help }
    if words.next(is: "results") { return .results }
    if words.next(is: "outputs") { return .outputs }
    if words.next(is: "layers") { return .layers }
    if words.next(is: "cycles") { return .cycles }
    if words.next(is: "db") { return buffer(&words) }
    if words.next(is: "infer") { return infer(&words) }
    return .wrong(.unknown)
  }

  private func buffer(_ words: inout Words) -> RunnerCommand {
    if words.isAtEnd { return .wrong(.missingSubcommand) }
    if words.next(is: "print") { return .printBytes }
    guard words.next(is: "load") else { return .wrong(.invalidDigit) }
    guard let count = words.number() else { return .wrong(.missingCount) }
    return count > 0 ? .load(byteCount: count) : .wrong(.zeroCount)
  }

  private func infer(_ words: inout Words) -> RunnerCommand {
    // Defaults of the benchmark's own firmware.
    if words.isAtEnd { return .infer(count: 1, warmup: 10) }
    guard let count = words.number() else { return .wrong(.missingCount) }
    guard count > 0 else { return .wrong(.zeroCount) }
    if words.isAtEnd { return .infer(count: count, warmup: 10) }
    guard let warmup = words.number() else { return .wrong(.missingCount) }
    return .infer(count: count, warmup: warmup)
  }
}

/// Words between spaces.
private struct Words {
  private let text: InlineArray<80, UInt8>
  private let end: Int
  private var position = 0

  init(_ text: InlineArray<80, UInt8>, _ end: Int) {
    (self.text, self.end) = (text, end)
    skipSpaces()
  }

  var isAtEnd: Bool { position == end }

  /// Takes the next word if it is this one.
  mutating func next(is word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard end &- position >= length else { return false }
    for index in 0..<length where text[position &+ index] != word.utf8Start[index] { return false }
    let after = position &+ length
    guard after == end || text[after] == UInt8(ascii: " ") else { return false }
    position = after
    skipSpaces()
    return true
  }

  /// Takes the next word if it is a decimal number of at most nine digits.
  mutating func number() -> Int? {
    var (value, digits) = (0, 0)
    while position < end, text[position] != UInt8(ascii: " ") {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit <= 9, digits < 9 else { return nil }
      value = value &* 10 &+ Int(digit)
      digits &+= 1
      position &+= 1
    }
    skipSpaces()
    return digits > 0 ? value : nil
  }

  private mutating func skipSpaces() {
    while position < end, text[position] == UInt8(ascii: " ") { position &+= 1 }
  }
}
