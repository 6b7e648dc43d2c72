// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Bit fields, shifts, products, selections.
extension ARM64Assembler {
  enum Bitfield: UInt32, CaseIterable {
    case sbfm, bfm, ubfm
  }

  mutating func bitfield(
    _ operation: Bitfield, _ d: Register, _ n: Register, _ immr: UInt32, _ imms: UInt32,
    width: Width = .w
  ) {
    emit(
      0x1300_0000 | width.field | operation.rawValue << 29 | width.rawValue << 22
        | (immr & 63) << 16 | (imms & 63) << 10 | n.number << 5 | d.number)
  }

  /// By a constant, less than the width.
  mutating func shift(
    _ shift: Shift, _ d: Register, _ n: Register, _ amount: UInt32, width: Width = .w
  ) {
    let top = width.bits - 1
    switch shift {
    case .lsl: bitfield(.ubfm, d, n, (width.bits - amount) & top, top - amount, width: width)
    case .lsr: bitfield(.ubfm, d, n, amount, top, width: width)
    case .asr: bitfield(.sbfm, d, n, amount, top, width: width)
    case .ror: extract(d, n, n, amount, width: width)
    }
  }

  /// Zero- or sign-extends the low `bits`.
  mutating func extend(
    _ d: Register, _ n: Register, bits: UInt32, signed: Bool, width: Width = .w
  ) {
    bitfield(signed ? .sbfm : .ubfm, d, n, 0, bits - 1, width: width)
  }

  /// UBFX, SBFX: `bits` from bit `lowest`.
  mutating func field(
    _ d: Register, _ n: Register, lowest: UInt32, bits: UInt32, signed: Bool, width: Width = .w
  ) {
    bitfield(signed ? .sbfm : .ubfm, d, n, lowest, lowest + bits - 1, width: width)
  }

  /// BFI: the low `bits` of n to bit `lowest` of d, whose other bits stay.
  mutating func insert(
    _ d: Register, _ n: Register, lowest: UInt32, bits: UInt32, width: Width = .w
  ) {
    bitfield(.bfm, d, n, (width.bits - lowest) & (width.bits - 1), bits - 1, width: width)
  }

  /// EXTR: the width's bits of n:m from bit `lowest`.
  mutating func extract(
    _ d: Register, _ n: Register, _ m: Register, _ lowest: UInt32, width: Width = .w
  ) {
    emit(
      0x1380_0000 | width.field | width.rawValue << 22 | m.number << 16 | (lowest & 63) << 10
        | n.number << 5 | d.number)
  }

  /// Two sources. The shifts are by m modulo the width; division by zero gives zero.
  enum TwoSource: UInt32, CaseIterable {
    case udiv = 2
    case sdiv = 3
    case lslv = 8
    case lsrv = 9
    case asrv = 10
    case rorv = 11
  }

  mutating func binary(
    _ operation: TwoSource, _ d: Register, _ n: Register, _ m: Register, width: Width = .w
  ) {
    emit(
      0x1AC0_0000 | width.field | m.number << 16 | operation.rawValue << 10 | n.number << 5
        | d.number)
  }

  enum OneSource: UInt32, CaseIterable {
    case rbit = 0
    case rev16 = 1
    /// The bytes of each word; of a 32-bit register, REV.
    case rev32 = 2
    /// 64 bits only.
    case rev64 = 3
    case clz = 4
    case cls = 5
  }

  mutating func unary(_ operation: OneSource, _ d: Register, _ n: Register, width: Width = .w) {
    emit(0x5AC0_0000 | width.field | operation.rawValue << 10 | n.number << 5 | d.number)
  }

  /// a plus or minus n times m; the long ones take words and give 64 bits.
  enum Product: UInt32, CaseIterable {
    case madd = 0x1B00_0000
    case msub = 0x1B00_8000
    case smaddl = 0x9B20_0000
    case smsubl = 0x9B20_8000
    case umaddl = 0x9BA0_0000
    case umsubl = 0x9BA0_8000
  }

  /// `width` counts for MADD and MSUB.
  mutating func multiply(
    _ operation: Product, _ d: Register, _ n: Register, _ m: Register, _ a: Register = .zr,
    width: Width = .w
  ) {
    let isLong = operation.rawValue >> 31 != 0
    emit(
      operation.rawValue | (isLong ? 0 : width.field) | m.number << 16 | a.number << 10
        | n.number << 5 | d.number)
  }

  /// SMULH, UMULH: the upper 64 of 128 bits.
  mutating func multiplyHigh(_ d: Register, _ n: Register, _ m: Register, signed: Bool) {
    emit(
      (signed ? 0x9B40_7C00 : 0x9BC0_7C00) | m.number << 16 | n.number << 5 | d.number)
  }

  // MARK: Conditions

  /// n where the condition holds, else m as it is, plus 1, inverted or negated.
  enum Selection: UInt32, CaseIterable {
    case csel = 0x1A80_0000
    case csinc = 0x1A80_0400
    case csinv = 0x5A80_0000
    case csneg = 0x5A80_0400
  }

  mutating func select(
    _ operation: Selection, _ d: Register, _ n: Register, _ m: Register, _ condition: Condition,
    width: Width = .w
  ) {
    emit(
      operation.rawValue | width.field | m.number << 16 | condition.field << 12 | n.number << 5
        | d.number)
  }

  /// CSET: 1 where the condition, which may not be AL, holds.
  mutating func set(_ d: Register, _ condition: Condition) {
    select(.csinc, d, .zr, .zr, condition.inverted)
  }

  enum Comparison: UInt32, CaseIterable {
    case ccmn = 0x3A40_0000
    case ccmp = 0x7A40_0000
  }

  /// Compares where the condition holds, else takes `flags` for NZCV.
  mutating func compare(
    _ operation: Comparison, _ n: Register, _ m: Register, else flags: UInt32,
    _ condition: Condition, width: Width = .w
  ) {
    emit(
      operation.rawValue | width.field | m.number << 16 | condition.field << 12 | n.number << 5
        | flags & 15)
  }

  /// With an immediate of 5 bits.
  mutating func compare(
    _ operation: Comparison, _ n: Register, immediate: UInt32, else flags: UInt32,
    _ condition: Condition, width: Width = .w
  ) {
    emit(
      operation.rawValue | width.field | 1 << 11 | (immediate & 31) << 16 | condition.field << 12
        | n.number << 5 | flags & 15)
  }

  /// Floating-point and condition registers.
  enum SystemRegister: UInt32, CaseIterable {
    /// N, Z, C and V in bits 31 to 28.
    case nzcv = 0x5A10
    case fpcr = 0x5A20
    case fpsr = 0x5A21
  }

  mutating func mrs(_ d: Register, _ register: SystemRegister) {
    emit(0xD530_0000 | register.rawValue << 5 | d.number)
  }

  mutating func msr(_ register: SystemRegister, _ n: Register) {
    emit(0xD510_0000 | register.rawValue << 5 | n.number)
  }
}
