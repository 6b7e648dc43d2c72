// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Scalar floating point and packed integers, all in VEX form: hosts must have AVX.
extension X86Assembler {
  enum Precision: UInt8, CaseIterable {
    case single, double

    /// The mandatory prefix of scalar arithmetic.
    fileprivate var scalar: UInt8 { self == .single ? 2 : 3 }
    /// The mandatory prefix of packed operations and compares.
    fileprivate var packed: UInt8 { self == .single ? 0 : 1 }
  }

  /// The raw value is the opcode. `sqrt` takes the root of its second operand.
  enum Arithmetic: UInt8, CaseIterable {
    case sqrt = 0x51
    case add = 0x58
    case mul = 0x59
    case sub = 0x5C
    case min = 0x5D
    case div = 0x5E
    case max = 0x5F
  }

  /// VADDSS and its kin; the upper lanes come from `first`.
  mutating func scalar(
    _ operation: Arithmetic, _ precision: Precision, _ destination: Vector, _ first: Vector,
    _ second: Vector
  ) {
    encode(
      VEX(map: 1, prefix: precision.scalar, opcode: operation.rawValue),
      destination.rawValue, first.rawValue, second.rawValue)
  }

  mutating func scalar(
    _ operation: Arithmetic, _ precision: Precision, _ destination: Vector, _ first: Vector,
    _ second: Memory
  ) {
    encode(
      VEX(map: 1, prefix: precision.scalar, opcode: operation.rawValue),
      destination.rawValue, first.rawValue, second)
  }

  /// FMA3; the raw value is the opcode in the order 132.
  enum Fused: UInt8, CaseIterable {
    case madd = 0x99
    case msub = 0x9B
    case nmadd = 0x9D
    case nmsub = 0x9F
  }

  /// Which operands are multiplied, then which one is added: 231 is first = second * third + first.
  enum FusedOrder: UInt8, CaseIterable {
    case o132 = 0
    case o213 = 0x10
    case o231 = 0x20
  }

  mutating func fused(
    _ operation: Fused, _ order: FusedOrder, _ precision: Precision, _ first: Vector,
    _ second: Vector, _ third: Vector
  ) {
    encode(
      VEX(
        map: 2, prefix: 1, opcode: operation.rawValue + order.rawValue,
        isWide: precision == .double),
      first.rawValue, second.rawValue, third.rawValue)
  }

  mutating func fused(
    _ operation: Fused, _ order: FusedOrder, _ precision: Precision, _ first: Vector,
    _ second: Vector, _ third: Memory
  ) {
    encode(
      VEX(
        map: 2, prefix: 1, opcode: operation.rawValue + order.rawValue,
        isWide: precision == .double),
      first.rawValue, second.rawValue, third)
  }

  /// ZF:PF:CF: greater 000, less 001, equal 100, unordered 111.
  mutating func ucomis(_ precision: Precision, _ a: Vector, _ b: Vector) {
    encode(
      VEX(map: 1, prefix: precision.packed, opcode: 0x2E), a.rawValue, 0, b.rawValue)
  }

  mutating func ucomis(_ precision: Precision, _ a: Vector, _ b: Memory) {
    encode(VEX(map: 1, prefix: precision.packed, opcode: 0x2E), a.rawValue, 0, b)
  }

  // MARK: Conversions

  /// From a signed integer; the upper lanes come from `upper`.
  mutating func cvtsi2s(
    _ precision: Precision, _ destination: Vector, _ upper: Vector, _ source: Register,
    _ width: Width = .dword
  ) {
    encode(
      VEX(map: 1, prefix: precision.scalar, opcode: 0x2A, isWide: width == .qword),
      destination.rawValue, upper.rawValue, source.rawValue)
  }

  /// To a signed integer, towards zero; out of range gives the lowest integer.
  mutating func cvtts2si(
    _ precision: Precision, _ destination: Register, _ source: Vector, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 1, prefix: precision.scalar, opcode: 0x2C, isWide: width == .qword),
      destination.rawValue, 0, source.rawValue)
  }

  /// To a signed integer, rounded as MXCSR says.
  mutating func cvts2si(
    _ precision: Precision, _ destination: Register, _ source: Vector, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 1, prefix: precision.scalar, opcode: 0x2D, isWide: width == .qword),
      destination.rawValue, 0, source.rawValue)
  }

  /// From `precision` to the other one.
  mutating func cvts2s(
    _ precision: Precision, _ destination: Vector, _ upper: Vector, _ source: Vector
  ) {
    encode(
      VEX(map: 1, prefix: precision.scalar, opcode: 0x5A),
      destination.rawValue, upper.rawValue, source.rawValue)
  }

  // MARK: Moves

  mutating func movd(_ destination: Vector, _ source: Register, _ width: Width = .dword) {
    encode(
      VEX(map: 1, prefix: 1, opcode: 0x6E, isWide: width == .qword),
      destination.rawValue, 0, source.rawValue)
  }

  mutating func movd(_ destination: Register, _ source: Vector, _ width: Width = .dword) {
    encode(
      VEX(map: 1, prefix: 1, opcode: 0x7E, isWide: width == .qword),
      source.rawValue, 0, destination.rawValue)
  }

  /// A load; clears the upper lanes.
  mutating func movs(_ precision: Precision, _ destination: Vector, _ source: Memory) {
    encode(VEX(map: 1, prefix: precision.scalar, opcode: 0x10), destination.rawValue, 0, source)
  }

  mutating func movs(_ precision: Precision, _ destination: Memory, _ source: Vector) {
    encode(VEX(map: 1, prefix: precision.scalar, opcode: 0x11), source.rawValue, 0, destination)
  }

  /// All lanes.
  mutating func movaps(_ destination: Vector, _ source: Vector) {
    // The form whose rm operand is not extended is a byte shorter.
    if source.rawValue >= 8 && destination.rawValue < 8 {
      encode(VEX(map: 1, prefix: 0, opcode: 0x29), source.rawValue, 0, destination.rawValue)
    } else {
      encode(VEX(map: 1, prefix: 0, opcode: 0x28), destination.rawValue, 0, source.rawValue)
    }
  }

  // MARK: Packed

  /// Bitwise operations on all lanes, and packed integers; the raw value is prefix and opcode.
  enum Packed: UInt16, CaseIterable {
    case andps = 0x054
    case andnps = 0x055
    case orps = 0x056
    case xorps = 0x057
    case pmaddwd = 0x1F5
    case pmullw = 0x1D5
    case pmulhw = 0x1E5
    case paddb = 0x1FC
    case paddw = 0x1FD
    case paddd = 0x1FE
    case psubb = 0x1F8
    case psubw = 0x1F9
    case psubd = 0x1FA
    case paddsb = 0x1EC
    case paddsw = 0x1ED
    case paddusb = 0x1DC
    case paddusw = 0x1DD
    case psubsb = 0x1E8
    case psubsw = 0x1E9
    case psubusb = 0x1D8
    case psubusw = 0x1D9
    case pavgb = 0x1E0
    case pavgw = 0x1E3
    case psadbw = 0x1F6
    case pcmpeqb = 0x174
    case pcmpeqw = 0x175
    case pcmpgtb = 0x164
    case pcmpgtw = 0x165
    case pand = 0x1DB
    case pandn = 0x1DF
    case por = 0x1EB
    case pxor = 0x1EF
  }

  mutating func packed(
    _ operation: Packed, _ destination: Vector, _ first: Vector, _ second: Vector
  ) {
    encode(
      VEX(
        map: 1, prefix: UInt8(operation.rawValue >> 8),
        opcode: UInt8(truncatingIfNeeded: operation.rawValue)),
      destination.rawValue, first.rawValue, second.rawValue)
  }

  mutating func packed(
    _ operation: Packed, _ destination: Vector, _ first: Vector, _ second: Memory
  ) {
    encode(
      VEX(
        map: 1, prefix: UInt8(operation.rawValue >> 8),
        opcode: UInt8(truncatingIfNeeded: operation.rawValue)),
      destination.rawValue, first.rawValue, second)
  }

  // MARK: Control and status

  mutating func ldmxcsr(_ source: Memory) {
    encode(VEX(map: 1, prefix: 0, opcode: 0xAE), 2, 0, source)
  }

  mutating func stmxcsr(_ destination: Memory) {
    encode(VEX(map: 1, prefix: 0, opcode: 0xAE), 3, 0, destination)
  }
}
