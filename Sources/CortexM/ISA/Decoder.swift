// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// From half words to operations, by the rows of `Encoding.all` that an architecture has. Tables
/// are made once per architecture, when it is first asked for.
struct Decoder: Sendable {
  struct Decoded: Sendable {
    /// Index into `Encoding.all`; nil when the word is UNDEFINED.
    var encoding: Int?
    var operation: Operation
  }

  /// The row of every half word.
  private var narrow = [UInt16](repeating: noRow, count: 1 << 16)
  /// Candidate rows by bits 12…4 of the first half word.
  private var wide = [[UInt16]](repeating: [], count: 1 << 9)
  /// What the coprocessor space of a missing floating-point unit raises.
  private let missingFloatingPoint: Opcode

  private static let noRow = UInt16.max

  private init(_ architecture: Architecture) {
    let isNOCP = architecture.isMainline && architecture.floatingPoint == .none
    missingFloatingPoint = isNOCP ? .noCoprocessor : .undefined
    for (index, row) in Encoding.all.enumerated() where architecture.has(row.level) {
      let pattern = row.pattern
      if pattern.width == 16 {
        for word in pattern.words where row.matches(word) { narrow[Int(word)] = UInt16(index) }
        continue
      }
      let mask = pattern.fixedMask >> 20 & 0x1FF
      for bucket in 0..<UInt32(1 << 9) where (bucket ^ pattern.fixedBits >> 20) & mask == 0 {
        wide[Int(bucket)].append(UInt16(index))
      }
    }
  }

  /// Decodes one instruction. `second` matters only when `first` begins a 32-bit one.
  func decode(_ first: UInt16, _ second: UInt16) -> Decoded {
    guard Self.isWide(first) else {
      let index = narrow[Int(first)]
      guard index != Self.noRow else { return Self.undefined(.undefined, size: 2) }
      return Self.decoded(Int(index), UInt32(first))
    }
    let word = UInt32(first) << 16 | UInt32(second)
    for index in wide[Int(first >> 4 & 0x1FF)] where Encoding.all[Int(index)].matches(word) {
      return Self.decoded(Int(index), word)
    }
    // Coprocessors 10 and 11 in the space of coprocessor instructions (A5.3.18).
    let isFloatingPoint =
      word & 0xEC00_0E00 == 0xEC00_0A00 && word & 0x0300_0000 != 0x0300_0000
    return Self.undefined(isFloatingPoint ? missingFloatingPoint : .undefined, size: 4)
  }

  /// Half words that begin a 32-bit instruction: 0b11101, 0b11110 and 0b11111 (A5.1).
  @inline(__always) static func isWide(_ first: UInt16) -> Bool { first >> 11 >= 0x1D }

  private static func decoded(_ index: Int, _ word: UInt32) -> Decoded {
    Decoded(encoding: index, operation: Encoding.all[index].decode(word))
  }

  private static func undefined(_ opcode: Opcode, size: UInt8) -> Decoded {
    var operation = Operation(opcode)
    operation.size = size
    operation.properties = [.raises, .endsBlock]
    return Decoded(encoding: nil, operation: operation)
  }
}

extension Decoder {
  private static let armv6M = Decoder(Architecture(.armv6M))
  private static let armv7M = Decoder(Architecture(.armv7M))
  private static let armv7EM = Decoder(Architecture(.armv7EM))
  private static let fpv4Single = Decoder(Architecture(.armv7EM, .fpv4Single))
  private static let fpv5Single = Decoder(Architecture(.armv7EM, .fpv5Single))
  private static let fpv5Double = Decoder(Architecture(.armv7EM, .fpv5Double))

  static func of(_ architecture: Architecture) -> Decoder {
    switch (architecture.profile, architecture.floatingPoint) {
    case (.armv6M, _): armv6M
    case (.armv7M, _): armv7M
    case (.armv7EM, .none): armv7EM
    case (.armv7EM, .fpv4Single): fpv4Single
    case (.armv7EM, .fpv5Single): fpv5Single
    case (.armv7EM, .fpv5Double): fpv5Double
    }
  }

  /// By the rows of `architecture`, that of Cortex-M4F unless another one is named.
  static func decode(
    _ first: UInt16, _ second: UInt16, for architecture: Architecture = .cortexM4F
  ) -> Decoded {
    of(architecture).decode(first, second)
  }
}

extension Architecture {
  static let cortexM4F = Architecture(.armv7EM, .fpv4Single)
}
