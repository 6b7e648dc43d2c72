// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What ST's boards say of a memory in the string of an alternate setting (UM0424, 10.3.2):
/// `@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg`.
public struct DfuSeLayout: Equatable, Sendable {
  public struct Sector: Equatable, Sendable {
    public var start: UInt32
    public var size: UInt32
    public var isReadable: Bool
    public var isErasable: Bool
    public var isWritable: Bool

    /// The last address that belongs to it.
    public var last: UInt32 { start &+ (size &- 1) }
  }

  public var name: String
  /// In order of their addresses as the string has them.
  public var sectors: [Sector]

  /// More than any chip has, so that a lying device cannot fill the host's memory.
  static let sectorLimit = 65536

  public init(_ text: String) throws(DescriptorError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard text.first == "@", parts.count >= 3, parts.count % 2 == 1 else {
      throw Self.error(text, at: 0, "it is not @name/address/sectors")
    }
    name = String(parts[0].dropFirst()).trimmed
    sectors = []
    for index in stride(from: 1, to: parts.count, by: 2) {
      let digits = parts[index].trimmed
      guard digits.hasPrefix("0x") || digits.hasPrefix("0X"),
        var address = UInt64(digits.dropFirst(2), radix: 16), address < 1 << 32
      else { throw Self.error(text, at: index, "\"\(digits)\" is no 32-bit address") }
      for run in parts[index + 1].split(separator: ",") {
        try append(run: String(run).trimmed, at: &address, part: index + 1, of: text)
      }
    }
  }

  /// The sector that an address lies in.
  public func sector(at address: UInt32) -> Sector? {
    sectors.first { $0.start <= address && address <= $0.last }
  }

  private mutating func append(
    run: String, at address: inout UInt64, part: Int, of text: String
  ) throws(DescriptorError) {
    let fields = run.split(separator: "*", maxSplits: 1).map(String.init)
    guard fields.count == 2, let count = Int(fields[0].trimmed), count >= 0 else {
      throw Self.error(text, at: part, "\"\(run)\" is not count*size")
    }
    let digits = fields[1].prefix { $0.isASCII && $0.isNumber }
    let letters = Array(fields[1].dropFirst(digits.count).utf8)
    guard let number = UInt64(digits), (1...2).contains(letters.count), let last = letters.last,
      (0x61...0x67).contains(last)
    else { throw Self.error(text, at: part, "\"\(run)\" has no size and type") }
    var unit: UInt64 = 1
    if letters.count == 2 {
      switch letters[0] {
      case UInt8(ascii: "B"), UInt8(ascii: " "): unit = 1
      case UInt8(ascii: "K"): unit = 1024
      case UInt8(ascii: "M"): unit = 1024 * 1024
      default: throw Self.error(text, at: part, "\"\(run)\" has an unknown unit")
      }
    }
    guard number > 0, number <= 1 << 20, count <= Self.sectorLimit - sectors.count,
      address + UInt64(count) * number * unit <= 1 << 32
    else { throw Self.error(text, at: part, "\"\(run)\" reaches behind the address space") }
    for _ in 0..<count {
      sectors.append(
        Sector(
          start: UInt32(truncatingIfNeeded: address),
          size: UInt32(truncatingIfNeeded: number * unit),
          isReadable: last & 1 != 0, isErasable: last & 2 != 0, isWritable: last & 4 != 0))
      address += number * unit
    }
  }

  private static func error(_ text: String, at part: Int, _ problem: String) -> DescriptorError {
    DescriptorError("memory layout \"\(text.prefix(80))\"", at: part, problem)
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
