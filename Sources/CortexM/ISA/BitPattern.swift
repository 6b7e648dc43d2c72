// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The bits of one encoding, written as the Architecture Reference Manual draws them: `0` and `1`
/// are fixed, a letter stands for one bit of the field of that name, `_` separates for the eye.
///
/// A letter may stand in several places: its bits join from left to right, as in i:imm3:imm8.
/// A 32-bit encoding has its first half word in the upper 16 bits. Bits that the manual puts in
/// parentheses (should be 0 or 1) are drawn fixed.
struct BitPattern: Sendable {
  let width: Int
  let fixedMask: UInt32
  let fixedBits: UInt32
  private let fields: [Field]

  private struct Field: Sendable {
    var name: Character
    var mask: UInt32
  }

  init(_ drawing: String) {
    let columns = drawing.filter { $0 != "_" }
    precondition(columns.count == 16 || columns.count == 32, "not 16 or 32 bits: \(drawing)")
    var (mask, bits): (UInt32, UInt32) = (0, 0)
    var fields: [Field] = []
    for (index, column) in columns.reversed().enumerated() {
      let bit: UInt32 = 1 << UInt32(index)
      if column == "0" || column == "1" {
        mask |= bit
        bits |= column == "1" ? bit : 0
      } else if let known = fields.firstIndex(where: { $0.name == column }) {
        fields[known].mask |= bit
      } else {
        fields.append(Field(name: column, mask: bit))
      }
    }
    (width, fixedMask, fixedBits, self.fields) = (columns.count, mask, bits, fields)
  }

  func matches(_ word: UInt32) -> Bool { word & fixedMask == fixedBits }

  /// True when some word matches both patterns.
  func overlaps(_ other: BitPattern) -> Bool {
    width == other.width && (fixedBits ^ other.fixedBits) & fixedMask & other.fixedMask == 0
  }

  /// Every word that matches: for 16-bit patterns, of which there are few.
  var words: some Sequence<UInt32> {
    let free = ~fixedMask & (width == 16 ? 0xFFFF : ~0)
    let first = fixedBits
    return sequence(first: first) { word in
      let filling = (word & free &- free) & free
      return filling == 0 ? nil : first | filling
    }
  }

  func has(_ name: Character) -> Bool { fields.contains { $0.name == name } }

  /// The bits of a field, joined from left to right.
  func extract(_ name: Character, from word: UInt32) -> UInt32 {
    guard let field = fields.first(where: { $0.name == name }) else {
      preconditionFailure("no field \(name)")
    }
    var (value, rest, place): (UInt32, UInt32, UInt32) = (0, field.mask, 0)
    while rest != 0 {
      value |= (word >> UInt32(rest.trailingZeroBitCount) & 1) << place
      rest &= rest - 1
      place += 1
    }
    return value
  }
}
