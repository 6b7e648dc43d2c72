// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel

/// A program as it goes into flash, whatever file it came from.
public struct Image: Equatable, Sendable {
  public enum Format: String, Sendable {
    case elf = "ELF"
    case intelHex = "Intel HEX"
    case uf2 = "UF2"
    case raw = "raw binary"
  }

  /// Bytes at their load address.
  public struct Segment: Equatable, Sendable {
    public var address: Address
    public var bytes: [UInt8]

    public init(address: Address, bytes: [UInt8]) {
      self.address = address
      self.bytes = bytes
    }

    /// The first address behind it, at most 2^32.
    public var end: UInt64 { UInt64(address.bits) + UInt64(bytes.count) }

    public func contains(_ address: Address) -> Bool {
      self.address <= address && UInt64(address.bits) < end
    }
  }

  /// Memory that the program occupies while it runs, known from ELF only.
  public struct Placement: Equatable, Sendable {
    public var address: Address
    public var size: ByteCount

    public var end: UInt64 { UInt64(address.bits) + UInt64(size.count) }
    /// In ARMv7-M's SRAM region (DDI 0403E, B3.1).
    var isRAM: Bool { (0x2000_0000..<0x4000_0000).contains(address.bits) }
  }

  /// A section of an ELF file that takes memory while the program runs.
  public struct Section: Equatable, Sendable {
    public var name: String
    /// Where it lies while the program runs.
    public var address: Address
    /// Where its bytes lie in the image; nil for memory that starts as zeros or is only reserved.
    public var loadAddress: Address?
    public var size: ByteCount

    /// The first address behind it, at most 2^32.
    public var end: UInt64 { UInt64(address.bits) + UInt64(size.count) }
  }

  /// The most bytes that one image may hold.
  public static let sizeLimit = ByteCount(64 * 1024 * 1024)

  public var format: Format
  /// The file's name, for messages.
  public var name: String
  /// In order of their addresses, at least one, none empty, without overlaps.
  public var segments: [Segment]
  /// Where execution starts, bit 0 cleared; nil where the file does not say. (A Cortex-M starts by
  /// its vector table whatever this says.)
  public var entry: Address?
  /// In order of their addresses; empty for all formats but ELF.
  public var symbols: [Symbol]
  /// Where variables, stacks and heaps of fixed size lie; empty for all formats but ELF.
  public var placements: [Placement]
  /// In order of their addresses; empty for all formats but ELF.
  public var sections: [Section] = []
  /// The chip family that a UF2 file names.
  public var uf2Family: UInt32?

  init(
    format: Format, name: String, segments: [Segment], entry: Address? = nil,
    symbols: [Symbol] = [], placements: [Placement] = [], uf2Family: UInt32? = nil
  ) {
    self.format = format
    self.name = name
    self.segments = segments
    self.entry = entry
    self.symbols = symbols
    self.placements = placements
    self.uf2Family = uf2Family
  }

  /// Where the vector table is taken to be: the lowest address.
  public var vectorTable: Address { segments.first?.address ?? Address(0) }

  /// Bytes that go into flash.
  public var flashBytes: ByteCount {
    segments.reduce(ByteCount(0)) { $0 + ByteCount($1.bytes.count) }
  }

  /// Variables, initialised or zeroed, without stacks and heaps; nil where the file does not say.
  public var staticRAMBytes: ByteCount? {
    guard format == .elf else { return nil }
    return placements.filter(\.isRAM).reduce(ByteCount(0)) { $0 + $1.size }
  }

  /// The little-endian word at an address, nil outside the segments.
  public func word(at address: Address) -> UInt32? {
    guard let segment = segments.first(where: { $0.contains(address) }) else { return nil }
    return ByteReader(segment.bytes).word(at: Int(address.bits - segment.address.bits))
  }
}

extension Image {
  /// Reads any of the formats, told apart by content.
  /// - Parameters:
  ///   - name: the file's name, for messages and to notice that a damaged `.elf` is none.
  ///   - rawLoadAddress: where a raw binary goes, since it does not say.
  public static func parse(
    _ bytes: [UInt8], name: String, rawLoadAddress: Address
  ) throws(ImageError) -> Image {
    guard !bytes.isEmpty else {
      throw ImageError(name, "the file is empty", remedy: "build it again")
    }
    // Hexadecimal text is more than twice the size of what it holds.
    guard bytes.count <= 3 * sizeLimit.count else {
      throw ImageError(
        name, "the file has \(ByteCount.grouped(bytes.count)) B",
        remedy: "firmware for these boards is far below \(sizeLimit)")
    }
    switch try detect(bytes, name: name) {
    case .elf: return try ELF(bytes, name: name).image()
    case .intelHex: return try IntelHex.parse(bytes, name: name)
    case .uf2: return try UF2.parse(bytes, name: name)
    case .raw:
      let segment = Segment(address: rawLoadAddress, bytes: bytes)
      return Image(
        format: .raw, name: name, segments: try sorted([segment], name: name))
    }
  }

  /// Sorted by address; refuses what is too large, ends behind 4 GiB or overlaps.
  static func sorted(_ segments: [Segment], name: String) throws(ImageError) -> [Segment] {
    let sorted = segments.filter { !$0.bytes.isEmpty }.sorted { $0.address < $1.address }
    guard !sorted.isEmpty else {
      throw ImageError(name, "it holds nothing to load", remedy: "build it again")
    }
    let total = sorted.reduce(0) { $0 + $1.bytes.count }
    guard total <= sizeLimit.count else {
      throw ImageError(
        name, "it holds \(ByteCount.grouped(total)) B",
        remedy: "an image may have at most \(sizeLimit)")
    }
    for segment in sorted where segment.end > 1 << 32 {
      throw ImageError(
        name,
        "\(segment.bytes.count) B at \(segment.address) reach behind the 32-bit address space",
        remedy: "check the linker script's addresses")
    }
    for (lower, upper) in zip(sorted, sorted.dropFirst())
    where UInt64(upper.address.bits) < lower.end {
      let last = Address(UInt32(truncatingIfNeeded: lower.end - 1))
      throw ImageError(
        name, "bytes at \(lower.address)...\(last) overlap those from \(upper.address) on",
        remedy: "each address may be loaded once")
    }
    return sorted
  }
}
