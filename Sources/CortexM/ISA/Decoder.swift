// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// From half words to operations, by the rows of `Encoding.all`.
enum Decoder {
  struct Decoded: Sendable {
    /// Index into `Encoding.all`; nil when the word is UNDEFINED.
    var encoding: Int?
    var operation: Operation
  }

  /// Decodes one instruction. `second` matters only when `first` begins a 32-bit one.
  static func decode(_ first: UInt16, _ second: UInt16) -> Decoded {
    guard isWide(first) else {
      let index = tables.narrow[Int(first)]
      return decoded(index == noRow ? nil : Int(index), UInt32(first), size: 2)
    }
    let word = UInt32(first) << 16 | UInt32(second)
    let index = tables.wide[Int(first >> 4 & 0x1FF)].first { Encoding.all[Int($0)].matches(word) }
    return decoded(index.map(Int.init), word, size: 4)
  }

  /// Half words that begin a 32-bit instruction: 0b11101, 0b11110 and 0b11111 (A5.1).
  @inline(__always) static func isWide(_ first: UInt16) -> Bool { first >> 11 >= 0x1D }

  private static func decoded(_ index: Int?, _ word: UInt32, size: UInt8) -> Decoded {
    if let index { return Decoded(encoding: index, operation: Encoding.all[index].decode(word)) }
    var operation = Operation(.undefined)
    operation.size = size
    operation.properties = [.raises, .endsBlock]
    return Decoded(encoding: nil, operation: operation)
  }

  private static let noRow = UInt16.max
  private static let tables = Tables()

  private struct Tables: Sendable {
    /// The row of every half word.
    var narrow = [UInt16](repeating: noRow, count: 1 << 16)
    /// Candidate rows by bits 12…4 of the first half word.
    var wide = [[UInt16]](repeating: [], count: 1 << 9)

    init() {
      for (index, encoding) in Encoding.all.enumerated() {
        let pattern = encoding.pattern
        if pattern.width == 16 {
          for word in pattern.words where encoding.matches(word) {
            narrow[Int(word)] = UInt16(index)
          }
        } else {
          for bucket in 0..<UInt32(1 << 9) {
            let mask = pattern.fixedMask >> 20 & 0x1FF
            if (bucket ^ pattern.fixedBits >> 20) & mask == 0 {
              wide[Int(bucket)].append(UInt16(index))
            }
          }
        }
      }
    }
  }
}
