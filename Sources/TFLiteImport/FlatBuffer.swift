// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// A FlatBuffers file whose every read is checked: no offset in it can lead outside of its bytes.
struct FlatBuffer {
  let bytes: [UInt8]

  func require(_ position: Int, count: Int) throws {
    guard position >= 0, count >= 0, position <= bytes.count, count <= bytes.count - position
    else {
      throw ModelError(
        .file(offset: position),
        "\(count) bytes are needed, but the file ends at \(bytes.count)",
        remedy: "the file is truncated or damaged; copy or convert it again")
    }
  }

  func unsigned(_ position: Int, width: Int) throws -> UInt64 {
    try require(position, count: width)
    return (0..<width).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
  }

  func int32(_ position: Int) throws -> Int {
    Int(Int32(truncatingIfNeeded: try unsigned(position, width: 4)))
  }

  /// Follows the unsigned offset at `position`.
  func target(_ position: Int) throws -> Int {
    position + Int(try unsigned(position, width: 4))
  }

  func root() throws -> Table { try Table(self, at: target(0)) }

  /// A table: fields found through its vtable, absent ones having their defaults.
  struct Table {
    let buffer: FlatBuffer
    let position: Int
    private let vtable: Int
    private let vtableSize: Int

    init(_ buffer: FlatBuffer, at position: Int) throws {
      self.buffer = buffer
      self.position = position
      vtable = position - (try buffer.int32(position))
      vtableSize = Int(try buffer.unsigned(vtable, width: 2))
      try buffer.require(vtable, count: max(vtableSize, 4))
    }

    private func field(_ index: Int) throws -> Int? {
      let entry = 4 + 2 * index
      guard entry + 2 <= vtableSize else { return nil }
      let offset = Int(try buffer.unsigned(vtable + entry, width: 2))
      return offset == 0 ? nil : position + offset
    }

    func byte(_ index: Int) throws -> Int {
      guard let field = try field(index) else { return 0 }
      return Int(try buffer.unsigned(field, width: 1))
    }

    func int32(_ index: Int, default value: Int = 0) throws -> Int {
      guard let field = try field(index) else { return value }
      return try buffer.int32(field)
    }

    func uint64(_ index: Int) throws -> UInt64 {
      guard let field = try field(index) else { return 0 }
      return try buffer.unsigned(field, width: 8)
    }

    func float(_ index: Int) throws -> Float {
      guard let field = try field(index) else { return 0 }
      return Float(bitPattern: UInt32(truncatingIfNeeded: try buffer.unsigned(field, width: 4)))
    }

    func table(_ index: Int) throws -> Table? {
      guard let field = try field(index) else { return nil }
      return try Table(buffer, at: buffer.target(field))
    }

    /// The vector in a field; an absent one is empty.
    func vector(_ index: Int, width: Int) throws -> Vector {
      guard let field = try field(index) else {
        return Vector(buffer: buffer, position: 0, count: 0, width: width)
      }
      let start = try buffer.target(field)
      let count = Int(try buffer.unsigned(start, width: 4))
      try buffer.require(start + 4, count: count * width)
      return Vector(buffer: buffer, position: start + 4, count: count, width: width)
    }

    func tables(_ index: Int) throws -> Vector { try vector(index, width: 4) }

    /// A name, printable ASCII only, so that a message or a generated comment can show it.
    func name(_ index: Int) throws -> String {
      let text = try vector(index, width: 1)
      let shown = text.bytes.prefix(120).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
      return String(decoding: shown, as: UTF8.self) + (text.count > 120 ? "..." : "")
    }
  }

  /// A vector whose elements all lie within the file.
  struct Vector {
    let buffer: FlatBuffer
    let position: Int
    let count: Int
    let width: Int

    var bytes: ArraySlice<UInt8> { buffer.bytes[position..<position + count * width] }

    func table(_ index: Int) throws -> Table {
      try Table(buffer, at: buffer.target(position + width * index))
    }

    func int32s() throws -> [Int] {
      try (0..<count).map { try buffer.int32(position + width * $0) }
    }

    func int64s() throws -> [Int] {
      try (0..<count).map {
        Int(truncatingIfNeeded: try buffer.unsigned(position + width * $0, width: 8))
      }
    }

    func floats() throws -> [Float] {
      try (0..<count).map {
        let bits = try buffer.unsigned(position + width * $0, width: 4)
        return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      }
    }
  }
}
