// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension ARM64Assembler {
  /// General registers. `zr` reads as zero and drops what is written; in addresses, and in
  /// ADD and SUB with immediates or extended registers, number 31 is `sp` instead.
  enum Register: UInt8, CaseIterable {
    case x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18, x19
    case x20, x21, x22, x23, x24, x25, x26, x27, x28, x29, x30, zr

    static var sp: Register { .zr }

    var number: UInt32 { UInt32(rawValue) }
  }

  enum Vector: UInt8, CaseIterable {
    case v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19
    case v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30, v31

    var number: UInt32 { UInt32(rawValue) }
  }

  /// 32 bits, which clears the upper half of the destination, or 64.
  enum Width: UInt32, CaseIterable {
    case w, x

    var bits: UInt32 { self == .w ? 32 : 64 }
    var field: UInt32 { rawValue << 31 }
  }

  enum Shift: UInt32, CaseIterable {
    case lsl, lsr, asr, ror
  }

  enum Extend: UInt32, CaseIterable {
    case uxtb, uxth, uxtw, uxtx, sxtb, sxth, sxtw, sxtx
  }

  enum Condition: UInt8, CaseIterable {
    case eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le, al

    var inverted: Condition { Condition(rawValue: rawValue ^ 1) ?? .al }
    var field: UInt32 { UInt32(rawValue) }
  }

  // MARK: Sums

  enum Arithmetic: UInt32, CaseIterable {
    case add, adds, sub, subs
  }

  /// `shift` may not be ROR.
  mutating func arithmetic(
    _ operation: Arithmetic, _ d: Register, _ n: Register, _ m: Register, _ shift: Shift = .lsl,
    _ amount: UInt32 = 0, width: Width = .w
  ) {
    emit(
      0x0B00_0000 | width.field | operation.rawValue << 29 | shift.rawValue << 22
        | m.number << 16 | (amount & 63) << 10 | n.number << 5 | d.number)
  }

  /// m is extended, then shifted left by 0 to 4; n and, without flags, d may be `sp`.
  mutating func arithmetic(
    _ operation: Arithmetic, _ d: Register, _ n: Register, _ m: Register, _ extend: Extend,
    _ amount: UInt32 = 0, width: Width = .w
  ) {
    emit(
      0x0B20_0000 | width.field | operation.rawValue << 29 | m.number << 16
        | extend.rawValue << 13 | (amount & 7) << 10 | n.number << 5 | d.number)
  }

  /// An immediate of 12 bits, or of 12 bits above 12 zeros; n and, without flags, d may be `sp`.
  mutating func arithmetic(
    _ operation: Arithmetic, _ d: Register, _ n: Register, immediate: UInt32, width: Width = .w
  ) {
    guard Self.isArithmeticImmediate(immediate) else { return fail() }
    let isHigh = immediate > 0xFFF
    emit(
      0x1100_0000 | width.field | operation.rawValue << 29 | (isHigh ? 1 << 22 : 0)
        | (isHigh ? immediate >> 12 : immediate) << 10 | n.number << 5 | d.number)
  }

  static func isArithmeticImmediate(_ value: UInt32) -> Bool {
    value <= 0xFFF || value & 0xFF00_0FFF == 0
  }

  enum CarryArithmetic: UInt32, CaseIterable {
    case adc, adcs, sbc, sbcs
  }

  mutating func arithmetic(
    _ operation: CarryArithmetic, _ d: Register, _ n: Register, _ m: Register, width: Width = .w
  ) {
    emit(
      0x1A00_0000 | width.field | operation.rawValue << 29 | m.number << 16 | n.number << 5
        | d.number)
  }

  // MARK: Logic

  enum Logical: UInt32, CaseIterable {
    case and, bic, orr, orn, eor, eon, ands, bics
  }

  mutating func logical(
    _ operation: Logical, _ d: Register, _ n: Register, _ m: Register, _ shift: Shift = .lsl,
    _ amount: UInt32 = 0, width: Width = .w
  ) {
    emit(
      0x0A00_0000 | width.field | (operation.rawValue >> 1) << 29 | (operation.rawValue & 1) << 21
        | shift.rawValue << 22 | m.number << 16 | (amount & 63) << 10 | n.number << 5 | d.number)
  }

  /// AND, ORR, EOR and ANDS only, with a value that `logicalImmediate` can express.
  mutating func logical(
    _ operation: Logical, _ d: Register, _ n: Register, immediate: UInt64, width: Width = .w
  ) {
    guard operation.rawValue & 1 == 0, let field = Self.logicalImmediate(immediate, width) else {
      return fail()
    }
    emit(
      0x1200_0000 | width.field | (operation.rawValue >> 1) << 29 | field << 10 | n.number << 5
        | d.number)
  }

  /// N, immr and imms for a repeated, rotated run of ones (DecodeBitMasks); nil for other values.
  static func logicalImmediate(_ value: UInt64, _ width: Width) -> UInt32? {
    // A 32-bit pattern is one of 64 bits that repeats.
    let low = value & 0xFFFF_FFFF
    let pattern = width == .x ? value : low | low << 32
    if pattern == 0 || pattern == .max { return nil }
    var size: UInt64 = 64
    while size > 2 {
      let half = size / 2
      let mask = (UInt64(1) << half) - 1
      if pattern & mask != pattern >> half & mask { break }
      size = half
    }
    let mask = size == 64 ? UInt64.max : (1 << size) - 1
    let element = pattern & mask
    let ones = UInt64(element.nonzeroBitCount)
    // The rotation to the right that makes the run of ones from one at bit 0.
    let run = ones == 64 ? UInt64.max : (1 << ones) - 1
    for rotation in 0..<size {
      let rotated = rotation == 0 ? run : (run >> rotation | run << (size - rotation)) & mask
      guard rotated == element else { continue }
      let length = UInt32(truncatingIfNeeded: ~(size * 2 - 1) & 0x3F | (ones - 1))
      return (size == 64 ? 1 << 12 : 0) | UInt32(rotation) << 6 | length & 0x3F
    }
    return nil
  }

  // MARK: Moves

  enum MoveWide: UInt32, CaseIterable {
    case movn = 0
    case movz = 2
    case movk = 3
  }

  /// 16 bits at bit 16 × `position`.
  mutating func move(
    _ operation: MoveWide, _ d: Register, _ immediate: UInt16, at position: UInt32 = 0,
    width: Width = .w
  ) {
    emit(
      0x1280_0000 | width.field | operation.rawValue << 29 | (position & 3) << 21
        | UInt32(immediate) << 5 | d.number)
  }

  mutating func mov(_ d: Register, _ m: Register, width: Width = .w) {
    logical(.orr, d, .zr, m, width: width)
  }

  /// A constant in as few instructions as MOVZ, MOVN, MOVK and ORR can make it.
  mutating func mov(_ d: Register, constant: UInt64) {
    if constant >> 32 == 0 { return mov(d, word: UInt32(truncatingIfNeeded: constant)) }
    if Self.logicalImmediate(constant, .x) != nil {
      return logical(.orr, d, .zr, immediate: constant, width: .x)
    }
    let parts = (0..<4).map { UInt16(truncatingIfNeeded: constant >> (16 * UInt64($0))) }
    let inverts = parts.filter { $0 == .max }.count > parts.filter { $0 == 0 }.count
    let filler: UInt16 = inverts ? .max : 0
    var isFirst = true
    for (index, part) in parts.enumerated() where part != filler {
      let position = UInt32(index)
      if isFirst {
        move(inverts ? .movn : .movz, d, inverts ? ~part : part, at: position, width: .x)
      } else {
        move(.movk, d, part, at: position, width: .x)
      }
      isFirst = false
    }
    if isFirst { move(.movn, d, 0, width: .x) }
  }

  private mutating func mov(_ d: Register, word: UInt32) {
    let (low, high) = (UInt16(truncatingIfNeeded: word), UInt16(truncatingIfNeeded: word >> 16))
    if high == 0 {
      move(.movz, d, low)
    } else if low == 0 {
      move(.movz, d, high, at: 1)
    } else if high == .max {
      move(.movn, d, ~low)
    } else if low == .max {
      move(.movn, d, ~high, at: 1)
    } else if Self.logicalImmediate(UInt64(word), .w) != nil {
      logical(.orr, d, .zr, immediate: UInt64(word))
    } else {
      move(.movz, d, low)
      move(.movk, d, high, at: 1)
    }
  }
}

extension ARM64Assembler {
  /// Gives the MOVZ and MOVK at `place`, of a word's lower and upper half, another word.
  mutating func patch(at place: Int, word: UInt32) {
    for (index, half) in [word & 0xFFFF, word >> 16].enumerated() {
      let instruction = read(at: place + 4 * index)
      write(instruction & ~(0xFFFF << 5) | half << 5, at: place + 4 * index)
    }
  }

  /// RMIF (FEAT_FlagM): the bits of x from `lowest` on, modulo 64, become the flags that `mask`
  /// chooses: N 8, Z 4, C 2, V 1; bit 0 is V's.
  mutating func rmif(_ n: Register, lowest: UInt32, mask: UInt32) {
    emit(0xBA00_0400 | (lowest & 63) << 15 | n.number << 5 | mask & 15)
  }
}
