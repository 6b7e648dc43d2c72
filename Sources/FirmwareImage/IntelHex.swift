// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Intel's hexadecimal object format (1988), record types 0 to 5.
struct IntelHex {
  private let name: String
  private var segments: [Image.Segment] = []
  /// What record types 2 and 4 add to the 16-bit addresses of data records.
  private var base: UInt32 = 0
  private var entry: Address?
  private var ended = false
  /// The one being read, from 1.
  private var line = 0

  private init(name: String) { self.name = name }

  static func parse(_ bytes: [UInt8], name: String) throws(ImageError) -> Image {
    var parser = IntelHex(name: name)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let isSpace = { (byte: UInt8) in " \t\r".utf8.contains(byte) }
      let start = line.drop(while: isSpace)
      let end = start.lastIndex { !isSpace($0) } ?? start.startIndex
      guard !start.isEmpty else { continue }
      parser.line = index + 1
      try parser.take(start[...end])
    }
    guard parser.ended else {
      throw ImageError(
        name, at: .line(lines.count), "there is no end record (:00000001FF)",
        remedy: "copy the file again or rebuild it: it seems cut short")
    }
    return Image(
      format: .intelHex, name: name, segments: try Image.sorted(parser.segments, name: name),
      entry: parser.entry)
  }

  private func refuse(_ problem: String) -> ImageError {
    ImageError(name, at: .line(line), problem, remedy: "copy the file again or rebuild it")
  }

  private mutating func take(_ text: ArraySlice<UInt8>) throws(ImageError) {
    guard !ended else { throw refuse("text follows the end record") }
    guard text.first == UInt8(ascii: ":") else { throw refuse("a record must begin with ':'") }
    guard let record = Self.decode(text.dropFirst()) else {
      throw refuse("a record is an even number of hexadecimal digits")
    }
    guard record.count >= 5 else { throw refuse("the record is cut short") }
    guard record.count == Int(record[0]) + 5 else {
      throw refuse("the record says \(record[0]) B of data and has \(record.count - 5)")
    }
    let sum = record.reduce(0, &+)
    guard sum == 0 else {
      let stated = record[record.count - 1]
      let right = String(stated &- sum, radix: 16, uppercase: true)
      throw refuse("the checksum should be \(right.count < 2 ? "0" : "")\(right)")
    }
    try apply(record)
  }

  private mutating func apply(_ record: [UInt8]) throws(ImageError) {
    let offset = UInt32(record[1]) << 8 | UInt32(record[2])
    let data = record[4..<record.count - 1]
    let value = data.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    switch (record[3], data.count) {
    case (0, _): try append(data, at: offset)
    case (1, 0): ended = true
    case (2, 2): base = value << 4
    case (3, 4): entry = Address((value >> 16) << 4 &+ value & 0xFFFF)
    case (4, 2): base = value << 16
    case (5, 4): entry = Address(value & ~1)
    default: throw refuse("record type \(record[3]) with \(data.count) B is not in the format")
    }
  }

  private mutating func append(
    _ data: ArraySlice<UInt8>, at offset: UInt32
  ) throws(ImageError) {
    let (address, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, UInt64(address) + UInt64(data.count) <= 1 << 32 else {
      throw refuse("the data reaches behind the 32-bit address space")
    }
    if let last = segments.indices.last, segments[last].end == UInt64(address) {
      segments[last].bytes += data
    } else {
      segments.append(Image.Segment(address: Address(address), bytes: Array(data)))
    }
  }

  private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    // 255 bytes of data and 5 around them.
    guard text.count % 2 == 0, text.count <= 520 else { return nil }
    var (bytes, high): ([UInt8], UInt8?) = ([], nil)
    for character in text {
      guard let digit = hexDigit(character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }
}
