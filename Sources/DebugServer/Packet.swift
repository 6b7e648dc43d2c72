// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The framing of GDB's remote serial protocol (GDB manual, E.1): `$body#checksum`, answered by `+`
/// or `-`, and the byte 3 for Ctrl-C.
struct PacketReader {
  enum Event: Equatable {
    /// A whole packet, escapes undone.
    case packet([UInt8])
    /// The checksum was wrong, or the packet too long.
    case damaged
    /// Ctrl-C.
    case interrupt
    case acknowledged
    case refused
  }

  private enum State {
    case idle, body, firstDigit
    case secondDigit(UInt8)
  }

  /// The longest body that is accepted; what the server says its packet size is.
  static let longest = 0x4000

  private var state = State.idle
  private var body: [UInt8] = []
  private var sum: UInt8 = 0
  private var isTooLong = false

  /// What the bytes complete, in order. Bytes between packets that mean nothing are dropped.
  mutating func receive(_ bytes: some Sequence<UInt8>) -> [Event] {
    bytes.compactMap { receive($0) }
  }

  private mutating func receive(_ byte: UInt8) -> Event? {
    switch state {
    case .idle: return begin(byte)
    case .body: append(byte)
    case .firstDigit:
      state = .secondDigit(byte)
    case .secondDigit(let first):
      state = .idle
      guard !isTooLong, let high = Hexadecimal.digit(first), let low = Hexadecimal.digit(byte),
        high << 4 | low == sum
      else { return .damaged }
      return .packet(Self.unescaped(body))
    }
    return nil
  }

  private mutating func begin(_ byte: UInt8) -> Event? {
    switch byte {
    case UInt8(ascii: "$"):
      (state, sum, isTooLong) = (.body, 0, false)
      body.removeAll(keepingCapacity: true)
      return nil
    case UInt8(ascii: "+"): return .acknowledged
    case UInt8(ascii: "-"): return .refused
    case 3: return .interrupt
    default: return nil
    }
  }

  private mutating func append(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "#"): state = .firstDigit
    // A packet begins anew: the end of the one before was lost.
    case UInt8(ascii: "$"): _ = begin(byte)
    default:
      sum &+= byte
      if body.count < Self.longest { body.append(byte) } else { isTooLong = true }
    }
  }

  /// `}` comes before a byte with bit 5 inverted.
  private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(UInt8(ascii: "}")) else { return bytes }
    var plain: [UInt8] = []
    var isEscape = false
    for byte in bytes {
      if isEscape {
        plain.append(byte ^ 0x20)
        isEscape = false
      } else if byte == UInt8(ascii: "}") {
        isEscape = true
      } else {
        plain.append(byte)
      }
    }
    return plain
  }
}

enum Packet {
  /// The body with what goes round it.
  static func framed(_ body: [UInt8]) -> [UInt8] {
    let escaped = body.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "}"), UInt8(ascii: "*"):
        [UInt8(ascii: "}"), byte ^ 0x20]
      default: [byte]
      }
    }
    let sum = escaped.reduce(UInt8(0)) { $0 &+ $1 }
    return [UInt8(ascii: "$")] + escaped + [UInt8(ascii: "#")] + Hexadecimal.text([sum])
  }
}

enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  static func text(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// nil where the text is not pairs of digits.
  static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var high: UInt8?
    for character in text {
      guard let value = digit(character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  /// A number, big-endian, as the protocol writes addresses and lengths; nil for none and for one
  /// too large.
  static func number(_ text: some Collection<UInt8>) -> UInt64? {
    guard !text.isEmpty, text.count <= 16 else { return nil }
    var number: UInt64 = 0
    for character in text {
      guard let value = digit(character) else { return nil }
      number = number << 4 | UInt64(value)
    }
    return number
  }

  static func string(_ number: some BinaryInteger) -> String { String(number, radix: 16) }
}
