// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Scalar floating point.
extension ARM64Assembler {
  enum Precision: UInt32, CaseIterable {
    case single, double

    fileprivate var field: UInt32 { rawValue << 22 }
  }

  enum FloatArithmetic: UInt32, CaseIterable {
    case fmul, fdiv, fadd, fsub, fmax, fmin, fmaxnm, fminnm, fnmul
  }

  mutating func float(
    _ operation: FloatArithmetic, _ d: Vector, _ n: Vector, _ m: Vector,
    _ precision: Precision = .single
  ) {
    emit(
      0x1E20_0800 | precision.field | m.number << 16 | operation.rawValue << 12 | n.number << 5
        | d.number)
  }

  enum FloatUnary: UInt32, CaseIterable {
    case fmov, fabs, fneg, fsqrt
  }

  mutating func float(
    _ operation: FloatUnary, _ d: Vector, _ n: Vector, _ precision: Precision = .single
  ) {
    emit(0x1E20_4000 | precision.field | operation.rawValue << 15 | n.number << 5 | d.number)
  }

  /// Rounded once: a + n × m, a - n × m, -a - n × m, -a + n × m.
  enum FloatFused: UInt32, CaseIterable {
    case fmadd = 0x1F00_0000
    case fmsub = 0x1F00_8000
    case fnmadd = 0x1F20_0000
    case fnmsub = 0x1F20_8000
  }

  mutating func float(
    _ operation: FloatFused, _ d: Vector, _ n: Vector, _ m: Vector, _ a: Vector,
    _ precision: Precision = .single
  ) {
    emit(
      operation.rawValue | precision.field | m.number << 16 | a.number << 10 | n.number << 5
        | d.number)
  }

  /// To NZCV; a quiet NaN is invalid only when `signaling` (FCMPE).
  mutating func fcmp(
    _ n: Vector, _ m: Vector, signaling: Bool = false, _ precision: Precision = .single
  ) {
    emit(
      0x1E20_2000 | precision.field | m.number << 16 | n.number << 5 | (signaling ? 16 : 0))
  }

  /// Single to double, or double to single.
  mutating func fcvt(_ d: Vector, _ n: Vector, from precision: Precision) {
    emit(
      (precision == .single ? 0x1E22_C000 : 0x1E62_4000) | n.number << 5 | d.number)
  }

  /// Bits between register files: words with singles, 64 bits with doubles.
  mutating func fmov(_ d: Vector, _ n: Register, _ precision: Precision = .single) {
    emit((precision == .single ? 0x1E27_0000 : 0x9E67_0000) | n.number << 5 | d.number)
  }

  mutating func fmov(_ d: Register, _ n: Vector, _ precision: Precision = .single) {
    emit((precision == .single ? 0x1E26_0000 : 0x9E66_0000) | n.number << 5 | d.number)
  }

  /// To an integer, saturating: towards zero, or to the nearest, ties to even.
  enum FloatToInteger: UInt32, CaseIterable {
    case fcvtns = 0x1E20_0000
    case fcvtnu = 0x1E21_0000
    case fcvtzs = 0x1E38_0000
    case fcvtzu = 0x1E39_0000
  }

  mutating func convert(
    _ operation: FloatToInteger, _ d: Register, _ n: Vector, width: Width = .w,
    _ precision: Precision = .single
  ) {
    emit(
      operation.rawValue | width.field | precision.field | n.number << 5 | d.number)
  }

  /// From an integer, rounded as FPCR says.
  enum IntegerToFloat: UInt32, CaseIterable {
    case scvtf = 0x1E22_0000
    case ucvtf = 0x1E23_0000
  }

  mutating func convert(
    _ operation: IntegerToFloat, _ d: Vector, _ n: Register, width: Width = .w,
    _ precision: Precision = .single
  ) {
    emit(
      operation.rawValue | width.field | precision.field | n.number << 5 | d.number)
  }

  /// To or from words with 0 to 32 bits of fraction; FCVTZS, FCVTZU, SCVTF and UCVTF only.
  mutating func convert(
    _ operation: FloatToInteger, _ d: Register, _ n: Vector, fractionBits: UInt32
  ) {
    fixed(operation.rawValue, fractionBits, n.number, d.number)
  }

  mutating func convert(
    _ operation: IntegerToFloat, _ d: Vector, _ n: Register, fractionBits: UInt32
  ) {
    fixed(operation.rawValue, fractionBits, n.number, d.number)
  }

  /// Bit 21 tells integers from fixed point, whose scale is 64 minus the bits of fraction.
  private mutating func fixed(
    _ opcode: UInt32, _ fractionBits: UInt32, _ n: UInt32, _ d: UInt32
  ) {
    if fractionBits == 0 { return emit(opcode | n << 5 | d) }
    emit(opcode & ~(1 << 21) | (64 - (fractionBits & 63)) << 10 | n << 5 | d)
  }
}
