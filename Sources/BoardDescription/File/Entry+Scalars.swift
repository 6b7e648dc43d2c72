// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Yams

/// Scalars with their units.
extension Entry {
  func text() throws(BoardFileError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty, scalar.string.count <= 200,
      !scalar.string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw error(expected: "one line of text") }
    return scalar.string
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _: Choice.Type
  ) throws(BoardFileError) -> Choice where Choice.RawValue == String {
    let word = try text()
    if let choice = Choice(rawValue: word) { return choice }
    throw error(expected: suggestion(for: word, among: Choice.allCases.map(\.rawValue)))
  }

  func flag() throws(BoardFileError) -> Bool {
    switch plain {
    case "true": return true
    case "false": return false
    default: throw error(expected: "true or false")
    }
  }

  func integer(in range: ClosedRange<UInt64>) throws(BoardFileError) -> UInt64 {
    if let value = plain.flatMap(parseInteger), range.contains(value) { return value }
    throw error(expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
  }

  func count(in range: ClosedRange<Int>) throws(BoardFileError) -> Int {
    if let value = plain.flatMap(parseInteger).flatMap(Int.init(exactly:)), range.contains(value) {
      return value
    }
    throw error(expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
  }

  func address() throws(BoardFileError) -> Address {
    if let value = plain.flatMap(parseInteger).flatMap(UInt32.init(exactly:)), value % 4 == 0 {
      return Address(value)
    }
    throw error(expected: "an address that is a multiple of 4, such as 0x20000000")
  }

  /// Bytes, or a multiple of KiB or MiB: words of memory, at least one.
  func size(atMost limit: ByteCount) throws(BoardFileError) -> ByteCount {
    let units: [String: UInt64] = ["B": 1, "KiB": 1024, "MiB": 1024 * 1024]
    let parts = (plain ?? "").split(separator: " ", omittingEmptySubsequences: false)
    let unit = parts.count == 2 ? units[String(parts[1])] : parts.count == 1 ? 1 : nil
    guard let unit, let number = parts.first.flatMap({ parseInteger(String($0)) }),
      case (let bytes, let overflow) = number.multipliedReportingOverflow(by: unit), !overflow,
      (4...UInt64(limit.count)).contains(bytes), bytes % 4 == 0
    else {
      throw error(expected: "a size such as 256 KiB, 1 MiB or 0x1000, at most \(limit)")
    }
    return ByteCount(Int(bytes))
  }

  /// Hertz up to 10 GHz, exactly: `64 MHz`, `32.768 kHz`.
  func frequency() throws(BoardFileError) -> Frequency {
    let units: [String: UInt64] = ["Hz": 1, "kHz": 1000, "MHz": 1_000_000, "GHz": 1_000_000_000]
    let parts = (plain ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let unit = units[String(parts[1])],
      let (digits, scale) = parseDecimal(parts[0]),
      case (let hertz, let overflow) = digits.multipliedReportingOverflow(by: unit), !overflow,
      hertz > 0, hertz / scale <= 10_000_000_000
    else { throw error(expected: "a frequency such as 64 MHz or 32768 Hz") }
    return hertz % scale == 0
      ? Frequency(hertz: hertz / scale) : Frequency(hertz: hertz, over: scale)
  }

  /// A pad of the chip (`P0.13`) or one of the board's names for it (`D13`).
  func pin(_ names: [String: Pin]) throws(BoardFileError) -> Pin {
    let word = try text()
    if let pin = Pin(padName: word) ?? names[word] { return pin }
    let expected = "a pad such as P0.13 or PA20"
    throw error(
      expected: names.isEmpty
        ? expected : expected + " or " + suggestion(for: word, among: Array(names.keys)))
  }

  /// The text of a scalar without quotes, nil for anything else: "1" in quotes is no number.
  var plain: String? {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return nil
    }
    return scalar.string
  }

  /// Decimal or 0x hexadecimal, `_` between digits.
  private func parseInteger(_ text: String) -> UInt64? {
    guard text.first?.isNumber == true, text.last != "_" else { return nil }
    let digits = text.filter { $0 != "_" }
    return digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
  }

  /// `32.768` as (32768, 1000).
  private func parseDecimal(_ text: Substring) -> (digits: UInt64, scale: UInt64)? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      let digits = UInt64(parts.joined()), parts.dropFirst().allSatisfy({ $0.count <= 6 })
    else { return nil }
    let places = parts.count == 2 ? parts[1].count : 0
    return (digits, (0..<places).reduce(1) { scale, _ in scale * 10 })
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension Pin {
  /// `P1.09`, in Nordic's spelling, or `PA20`, in Microchip's; a port has at most 32 pads.
  init?(padName: String) {
    if let lettered = Pin(letteredName: padName) {
      self = lettered
      return
    }
    let parts = padName.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard padName.hasPrefix("P"), parts.count == 2,
      parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) }),
      let port = UInt8(parts[0]), let number = UInt8(parts[1]), number < 32
    else { return nil }
    self.init(port: port, number: number)
  }

  private init?(letteredName: String) {
    let bytes = Array(letteredName.utf8)
    let digits = letteredName.dropFirst(2)
    guard (3...4).contains(bytes.count), bytes[0] == UInt8(ascii: "P"),
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[1]),
      digits.allSatisfy(\.isASCIIDigit), let number = UInt8(digits), number < 32
    else { return nil }
    self.init(port: Self.firstLetteredPort + (bytes[1] - UInt8(ascii: "A")), number: number)
  }
}
