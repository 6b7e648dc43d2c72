// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Integer arithmetic.
extension X86Assembler {
  /// The eight operations that share their forms; the raw value is the encoding.
  enum ALU: UInt8, CaseIterable {
    case add, or, adc, sbb, and, sub, xor, cmp
  }

  mutating func alu(
    _ operation: ALU, _ destination: Register, _ source: Register, _ width: Width = .dword
  ) {
    encode(Opcode(UInt32(operation.rawValue) << 3 | 1, width), source.rawValue, destination)
  }

  mutating func alu(
    _ operation: ALU, _ destination: Register, _ source: Memory, _ width: Width = .dword
  ) {
    encode(Opcode(UInt32(operation.rawValue) << 3 | 3, width), destination.rawValue, source)
  }

  mutating func alu(
    _ operation: ALU, _ destination: Memory, _ source: Register, _ width: Width = .dword
  ) {
    encode(Opcode(UInt32(operation.rawValue) << 3 | 1, width), source.rawValue, destination)
  }

  /// The immediate is sign-extended to the width.
  mutating func alu(
    _ operation: ALU, _ destination: Register, _ immediate: Int32, _ width: Width = .dword
  ) {
    if let short = Int8(exactly: immediate) {
      encode(Opcode(0x83, width), operation.rawValue, destination)
      byte(UInt8(bitPattern: short))
    } else if destination == .rax {
      reserve()
      if width == .qword { byte(0x48) }
      byte(operation.rawValue << 3 | 5)
      word(UInt32(bitPattern: immediate))
    } else {
      encode(Opcode(0x81, width), operation.rawValue, destination)
      word(UInt32(bitPattern: immediate))
    }
  }

  mutating func alu(
    _ operation: ALU, _ destination: Memory, _ immediate: Int32, _ width: Width = .dword
  ) {
    if let short = Int8(exactly: immediate) {
      encode(Opcode(0x83, width), operation.rawValue, destination, trailing: 1)
      byte(UInt8(bitPattern: short))
    } else {
      encode(Opcode(0x81, width), operation.rawValue, destination, trailing: 4)
      word(UInt32(bitPattern: immediate))
    }
  }

  /// A byte in memory.
  mutating func alu(_ operation: ALU, byte destination: Memory, _ immediate: UInt8) {
    encode(Opcode(0x80), operation.rawValue, destination, trailing: 1)
    byte(immediate)
  }

  mutating func test(_ a: Register, _ b: Register, _ width: Width = .dword) {
    encode(Opcode(0x85, width), b.rawValue, a)
  }

  mutating func test(_ a: Memory, _ b: Register, _ width: Width = .dword) {
    encode(Opcode(0x85, width), b.rawValue, a)
  }

  mutating func test(_ a: Register, _ immediate: UInt32) {
    if a == .rax {
      plain(0xA9)
    } else {
      encode(Opcode(0xF7), 0, a)
    }
    word(immediate)
  }

  mutating func test(_ a: Memory, _ immediate: UInt32) {
    encode(Opcode(0xF7), 0, a, trailing: 4)
    word(immediate)
  }

  mutating func test(byte a: Memory, _ immediate: UInt8) {
    encode(Opcode(0xF6), 0, a, trailing: 1)
    byte(immediate)
  }

  // MARK: One operand

  /// Operations on one operand; `mul`, `imul`, `div` and `idiv` also use rdx:rax. The raw value
  /// is opcode and extension.
  enum Unary: UInt32, CaseIterable {
    case not = 0xF72
    case neg = 0xF73
    case mul = 0xF74
    case imul = 0xF75
    case div = 0xF76
    case idiv = 0xF77
    case inc = 0xFF0
    case dec = 0xFF1
  }

  mutating func unary(_ operation: Unary, _ operand: Register, _ width: Width = .dword) {
    encode(
      Opcode(operation.rawValue >> 4, width), UInt8(operation.rawValue & 15), operand)
  }

  mutating func unary(_ operation: Unary, _ operand: Memory, _ width: Width = .dword) {
    encode(
      Opcode(operation.rawValue >> 4, width), UInt8(operation.rawValue & 15), operand)
  }

  mutating func imul(_ destination: Register, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x0FAF, width), destination.rawValue, source)
  }

  mutating func imul(_ destination: Register, _ source: Memory, _ width: Width = .dword) {
    encode(Opcode(0x0FAF, width), destination.rawValue, source)
  }

  mutating func imul(
    _ destination: Register, _ source: Register, _ immediate: Int32, _ width: Width = .dword
  ) {
    if let short = Int8(exactly: immediate) {
      encode(Opcode(0x6B, width), destination.rawValue, source)
      byte(UInt8(bitPattern: short))
    } else {
      encode(Opcode(0x69, width), destination.rawValue, source)
      word(UInt32(bitPattern: immediate))
    }
  }

  // MARK: Shifts

  /// The raw value is the encoding.
  enum Shift: UInt8, CaseIterable {
    case rol = 0
    case ror = 1
    case rcl = 2
    case rcr = 3
    case shl = 4
    case shr = 5
    case sar = 7
  }

  mutating func shift(
    _ operation: Shift, _ operand: Register, _ amount: UInt8, _ width: Width = .dword
  ) {
    if amount == 1 {
      encode(Opcode(0xD1, width), operation.rawValue, operand)
    } else {
      encode(Opcode(0xC1, width), operation.rawValue, operand)
      byte(amount)
    }
  }

  /// By CL, modulo the width.
  mutating func shiftByCL(_ operation: Shift, _ operand: Register, _ width: Width = .dword) {
    encode(Opcode(0xD3, width), operation.rawValue, operand)
  }

  mutating func shld(
    _ destination: Register, _ source: Register, _ amount: UInt8, _ width: Width = .dword
  ) {
    encode(Opcode(0x0FA4, width), source.rawValue, destination)
    byte(amount)
  }

  mutating func shrd(
    _ destination: Register, _ source: Register, _ amount: UInt8, _ width: Width = .dword
  ) {
    encode(Opcode(0x0FAC, width), source.rawValue, destination)
    byte(amount)
  }

  // MARK: Bits

  mutating func bswap(_ register: Register, _ width: Width = .dword) {
    encodeShort(0x0FC8, register, width)
  }

  /// CF := the bit.
  mutating func bt(_ operand: Register, _ bit: UInt8, _ width: Width = .dword) {
    encode(Opcode(0x0FBA, width), 4, operand)
    byte(bit)
  }

  mutating func bt(_ operand: Memory, _ bit: UInt8) {
    encode(Opcode(0x0FBA), 4, operand, trailing: 1)
    byte(bit)
  }

  mutating func bt(_ operand: Register, _ bit: Register, _ width: Width = .dword) {
    encode(Opcode(0x0FA3, width), bit.rawValue, operand)
  }

  mutating func bsr(_ destination: Register, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x0FBD, width), destination.rawValue, source)
  }

  mutating func lzcnt(_ destination: Register, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x0FBD, width, prefix: 0xF3), destination.rawValue, source)
  }

  mutating func tzcnt(_ destination: Register, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x0FBC, width, prefix: 0xF3), destination.rawValue, source)
  }

  mutating func popcnt(_ destination: Register, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x0FB8, width, prefix: 0xF3), destination.rawValue, source)
  }

  // MARK: BMI2: no flags are touched

  /// Shifts by a register, modulo the width; the raw value is the mandatory prefix.
  enum FlaglessShift: UInt8, CaseIterable {
    case shlx = 1
    case sarx = 2
    case shrx = 3
  }

  mutating func shift(
    _ operation: FlaglessShift, _ destination: Register, _ source: Register, by amount: Register,
    _ width: Width = .dword
  ) {
    encode(
      VEX(map: 2, prefix: operation.rawValue, opcode: 0xF7, isWide: width == .qword),
      destination.rawValue, amount.rawValue, source.rawValue)
  }

  mutating func rorx(
    _ destination: Register, _ source: Register, _ amount: UInt8, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 3, prefix: 3, opcode: 0xF0, isWide: width == .qword),
      destination.rawValue, 0, source.rawValue)
    byte(amount)
  }

  /// rdx times the source.
  mutating func mulx(
    high: Register, low: Register, _ source: Register, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 2, prefix: 3, opcode: 0xF6, isWide: width == .qword),
      high.rawValue, low.rawValue, source.rawValue)
  }

  /// Bits of `source`, lowest first, to where `mask` has ones.
  mutating func pdep(
    _ destination: Register, _ source: Register, mask: Register, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 2, prefix: 3, opcode: 0xF5, isWide: width == .qword),
      destination.rawValue, source.rawValue, mask.rawValue)
  }

  /// Bits of `source` where `mask` has ones, to the lowest.
  mutating func pext(
    _ destination: Register, _ source: Register, mask: Register, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 2, prefix: 2, opcode: 0xF5, isWide: width == .qword),
      destination.rawValue, source.rawValue, mask.rawValue)
  }

  /// Not `mask` and `source`.
  mutating func andn(
    _ destination: Register, not mask: Register, _ source: Register, _ width: Width = .dword
  ) {
    encode(
      VEX(map: 2, prefix: 0, opcode: 0xF2, isWide: width == .qword),
      destination.rawValue, mask.rawValue, source.rawValue)
  }
}
