// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A FlatBuffers file from nested values: enough to build small models, well-formed and not.
package indirect enum FlatValue: Sendable {
  case byte(UInt8)
  case int32(Int32)
  case float(Float)
  case bytes([UInt8])
  case int32s([Int32])
  case int64s([Int64])
  case floats([Float])
  case table([Int: FlatValue])
  case tables([[Int: FlatValue]])

  package static func string(_ text: String) -> FlatValue { .bytes(Array(text.utf8)) }
}

package struct FlatBufferWriter {
  private var bytes: [UInt8] = [0, 0, 0, 0]

  package static func file(identifier: String, root: [Int: FlatValue]) -> [UInt8] {
    var writer = FlatBufferWriter()
    writer.bytes += Array(identifier.utf8)
    let position = writer.write(root)
    writer.patch(0, UInt32(position))
    return writer.bytes
  }

  /// Writes vtable, table and then what the table's fields point to.
  private mutating func write(_ fields: [Int: FlatValue]) -> Int {
    align(8)
    let slots = (fields.keys.max() ?? -1) + 1
    let vtable = bytes.count
    append16(4 + 2 * slots)
    append16(4 + 4 * fields.count)
    let sorted = fields.sorted { $0.key < $1.key }
    for slot in 0..<slots {
      let place = sorted.firstIndex { $0.key == slot }
      append16(place.map { 4 + 4 * $0 } ?? 0)
    }
    align(4)
    let table = bytes.count
    append32(UInt32(table - vtable))
    for (_, value) in sorted {
      switch value {
      case .byte(let value): append32(UInt32(value))
      case .int32(let value): append32(UInt32(bitPattern: value))
      case .float(let value): append32(value.bitPattern)
      default: append32(0)
      }
    }
    for (place, field) in sorted.enumerated() {
      let slot = table + 4 + 4 * place
      if let target = writeTarget(field.value) { patch(slot, UInt32(target - slot)) }
    }
    return table
  }

  private mutating func writeTarget(_ value: FlatValue) -> Int? {
    switch value {
    case .byte, .int32, .float: return nil
    case .bytes(let values): return writeVector(values.count, of: values)
    case .int32s(let values):
      return writeVector(
        values.count, of: values.flatMap { little(UInt64(bitPattern: Int64($0)), 4) })
    case .int64s(let values):
      return writeVector(values.count, of: values.flatMap { little(UInt64(bitPattern: $0), 8) })
    case .floats(let values):
      return writeVector(values.count, of: values.flatMap { little(UInt64($0.bitPattern), 4) })
    case .table(let fields): return write(fields)
    case .tables(let tables):
      let vector = writeVector(
        tables.count, of: [UInt8](repeating: 0, count: 4 * tables.count))
      for (index, fields) in tables.enumerated() {
        let slot = vector + 4 + 4 * index
        let target = write(fields)
        patch(slot, UInt32(target - slot))
      }
      return vector
    }
  }

  private mutating func writeVector(_ count: Int, of data: [UInt8]) -> Int {
    align(8)
    bytes += [0, 0, 0, 0]
    let vector = bytes.count
    append32(UInt32(count))
    bytes += data
    align(4)
    return vector
  }

  private mutating func align(_ width: Int) {
    while bytes.count % width != 0 { bytes.append(0) }
  }

  private mutating func append16(_ value: Int) { bytes += little(UInt64(value), 2) }
  private mutating func append32(_ value: UInt32) { bytes += little(UInt64(value), 4) }

  private mutating func patch(_ position: Int, _ value: UInt32) {
    bytes.replaceSubrange(position..<position + 4, with: little(UInt64(value), 4))
  }

  private func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
