// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Everything there is to know about one encoding, in one row. Decoder, disassembler, random
/// instruction generator and timing read these rows; nothing states an encoding twice.
///
/// Words that the manual calls UNPREDICTABLE are treated as UNDEFINED wherever its decoding
/// pseudo-code can tell: should-be bits are drawn as fixed bits, and `where` leaves out forbidden
/// registers. What depends on state (a branch inside an IT block) runs as written.
struct Encoding: Sendable {
  /// As the manual heads it: "ADD (register) T1".
  let name: String
  let pattern: BitPattern
  /// What a core must have for these words not to be UNDEFINED.
  let level: Level
  /// GNU syntax; see `Disassembler` for the tokens in braces.
  let assembly: String
  let cost: CostClass
  /// Which of the words that the pattern matches belong to this row.
  private let isValid: @Sendable (Fields) -> Bool
  private let operation: @Sendable (Fields) -> Operation

  /// Where an encoding comes from, as an architecture has it or not.
  enum Level: UInt8, CaseIterable, Sendable {
    case armv6M, armv7M
    /// The DSP extension of ARMv7E-M.
    case dsp
    /// Floating point, single precision, and its moves of doubles.
    case fpv4Single
    case fpv5Single
    case fpv5Double
  }

  /// - Parameter level: by default ARMv6-M for 16 bits and ARMv7-M for 32.
  init(
    _ name: String, level: Level? = nil, _ drawing: String, _ assembly: String,
    _ cost: CostClass = .arithmetic,
    where isValid: @escaping @Sendable (Fields) -> Bool = { _ in true },
    decode operation: @escaping @Sendable (Fields) -> Operation
  ) {
    self.name = name
    self.pattern = BitPattern(drawing)
    self.level = level ?? (pattern.width == 16 ? .armv6M : .armv7M)
    self.assembly = assembly
    self.cost = cost
    self.isValid = isValid
    self.operation = operation
  }

  func matches(_ word: UInt32) -> Bool {
    pattern.matches(word) && isValid(Fields(pattern: pattern, word: word))
  }

  /// The operation of a word that the row matches.
  func decode(_ word: UInt32) -> Operation {
    var decoded = operation(Fields(pattern: pattern, word: word))
    decoded.size = UInt8(pattern.width / 8)
    decoded.cost = cost
    decoded.properties = EffectCollector.effects(of: decoded).properties
    return decoded
  }

  /// A random instruction of this row.
  func randomWord(using generator: inout some RandomNumberGenerator) -> UInt32 {
    while true {
      let free = ~pattern.fixedMask & (pattern.width == 16 ? 0xFFFF : ~0)
      let word = pattern.fixedBits | UInt32.random(in: 0...UInt32.max, using: &generator) & free
      if matches(word) { return word }
    }
  }
}

/// The field values of one word under one pattern.
struct Fields {
  let pattern: BitPattern
  let word: UInt32

  func number(_ name: Character) -> UInt32 { pattern.extract(name, from: word) }
  func register(_ name: Character) -> UInt8 { UInt8(truncatingIfNeeded: number(name)) }
  func flag(_ name: Character) -> Bool { number(name) != 0 }

  var d: UInt8 { register("d") }
  var n: UInt8 { register("n") }
  var m: UInt8 { register("m") }
  var a: UInt8 { register("a") }
  var t: UInt8 { register("t") }

  /// Sign-extended from `bits`.
  func signed(_ name: Character, bits: UInt32) -> UInt32 {
    let unused = 32 - bits
    return UInt32(bitPattern: Int32(bitPattern: number(name) << unused) >> Int32(unused))
  }

  /// Offset i × scale, subtracted unless the U bit is set.
  func offset(scale: UInt32 = 1) -> UInt32 {
    let magnitude = number("i") * scale
    return flag("u") ? magnitude : 0 &- magnitude
  }

  /// Neither sp nor pc (nor, by the name, lr) stands in these fields.
  func ordinary(_ names: String) -> Bool {
    names.allSatisfy { register($0) != 13 && register($0) != 15 }
  }

  /// ThumbExpandImm_C() of the field i (A5.3.2): the constant, and whether C becomes its bit 31.
  var expanded: (value: UInt32, isRotated: Bool) {
    let i = number("i")
    let byte = i & 0xFF
    if i >> 10 != 0 {
      let unrotated = 0x80 | i & 0x7F
      let amount = i >> 7
      return (unrotated >> amount | unrotated << (32 - amount), true)
    }
    switch i >> 8 {
    case 0: return (byte, false)
    case 1: return (byte << 16 | byte, false)
    case 2: return (byte << 24 | byte << 8, false)
    default: return (byte * 0x0101_0101, false)
    }
  }

  /// The constants of which ThumbExpandImm() has no zero byte repeated, UNPREDICTABLE otherwise.
  var hasValidConstant: Bool {
    let i = number("i")
    return i >> 10 != 0 || i >> 8 == 0 || i & 0xFF != 0
  }
}

extension Operation {
  init(
    _ opcode: Opcode, d: UInt8 = 0, n: UInt8 = 0, m: UInt8 = 0, a: UInt8 = 0, amount: UInt8 = 0,
    immediate: UInt32 = 0, extra: UInt32 = 0
  ) {
    self.init(
      opcode: opcode, d: d, n: n, m: m, a: a, amount: amount, immediate: immediate, extra: extra)
  }
}

extension Architecture {
  func has(_ level: Encoding.Level) -> Bool {
    switch level {
    case .armv6M: true
    case .armv7M: profile >= .armv7M
    case .dsp: profile >= .armv7EM
    case .fpv4Single: floatingPoint >= .fpv4Single
    case .fpv5Single: floatingPoint >= .fpv5Single
    case .fpv5Double: floatingPoint >= .fpv5Double
    }
  }
}
