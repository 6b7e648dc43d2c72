// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// What the linker made, as far as a build has to look into it: the bytes for flash, in one piece,
/// and the symbols that nobody defines (ELF for the Arm Architecture, 5; System V ABI, 4 and 5).
struct LinkedImage {
  private(set) var bytes: [UInt8] = []
  private(set) var base = Address(0)
  private(set) var entry = Address(0)
  private(set) var undefinedSymbols: [String] = []

  struct Malformed: Error {}

  private let file: [UInt8]

  init(_ file: [UInt8]) throws(Malformed) {
    self.file = file
    guard file.starts(with: [0x7F, 0x45, 0x4C, 0x46, 1, 1]) else { throw Malformed() }
    entry = Address(try word(24))
    try readSegments()
    try readSymbols()
  }

  private mutating func readSegments() throws(Malformed) {
    let (table, size, count) = (try word(28), try half(42), try half(44))
    var segments: [(address: UInt32, bytes: ArraySlice<UInt8>)] = []
    for index in 0..<count {
      let header = Int(table) + Int(index) * Int(size)
      let (kind, length) = (try word(header), try word(header + 16))
      guard kind == 1, length > 0 else { continue }
      segments.append((try word(header + 12), try slice(Int(try word(header + 4)), Int(length))))
    }
    segments.sort { $0.address < $1.address }
    guard let first = segments.first else { throw Malformed() }
    base = Address(first.address)
    for segment in segments {
      let gap = Int(segment.address) - Int(first.address) - bytes.count
      // Segments of one flash lie close together; a wide gap is a section that went astray.
      guard (0...4096).contains(gap) else { throw Malformed() }
      bytes += Array(repeating: 0xFF, count: gap) + segment.bytes
    }
  }

  private mutating func readSymbols() throws(Malformed) {
    let (table, size, count) = (try word(32), try half(46), try half(48))
    for index in 0..<count {
      let header = Int(table) + Int(index) * Int(size)
      guard try word(header + 4) == 2 else { continue }
      let (start, length) = (Int(try word(header + 16)), Int(try word(header + 20)))
      let names = Int(table) + Int(try word(header + 24)) * Int(size)
      let strings = Int(try word(names + 16))
      // The first symbol is the empty one.
      for symbol in stride(from: start + 16, to: start + length, by: 16)
      where try half(symbol + 14) == 0 {
        undefinedSymbols.append(try string(strings + Int(try word(symbol))))
      }
    }
  }

  private func slice(_ offset: Int, _ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard offset >= 0, count >= 0, offset <= file.count, count <= file.count - offset else {
      throw Malformed()
    }
    return file[offset..<offset + count]
  }

  private func word(_ offset: Int) throws(Malformed) -> UInt32 {
    try slice(offset, 4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func half(_ offset: Int) throws(Malformed) -> UInt16 {
    try slice(offset, 2).reversed().reduce(0) { $0 << 8 | UInt16($1) }
  }

  private func string(_ offset: Int) throws(Malformed) -> String {
    let rest = try slice(offset, file.count - offset)
    return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
  }
}
