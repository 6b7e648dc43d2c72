// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Branches, loads and stores.
extension ARM64Assembler {
  mutating func b(_ label: Label) { emit(0x1400_0000, to: label) }
  mutating func bl(_ label: Label) { emit(0x9400_0000, to: label) }
  mutating func b(_ condition: Condition, _ label: Label) {
    emit(0x5400_0000 | condition.field, to: label)
  }
  mutating func cbz(_ t: Register, _ label: Label, width: Width = .w) {
    emit(0x3400_0000 | width.field | t.number, to: label)
  }
  mutating func cbnz(_ t: Register, _ label: Label, width: Width = .w) {
    emit(0x3500_0000 | width.field | t.number, to: label)
  }
  /// Where bit `bit` is clear.
  mutating func tbz(_ t: Register, _ bit: UInt32, _ label: Label) {
    emit(Self.testBit(0x3600_0000, t, bit), to: label)
  }
  mutating func tbnz(_ t: Register, _ bit: UInt32, _ label: Label) {
    emit(Self.testBit(0x3700_0000, t, bit), to: label)
  }
  private static func testBit(_ opcode: UInt32, _ t: Register, _ bit: UInt32) -> UInt32 {
    opcode | (bit >> 5 & 1) << 31 | (bit & 31) << 19 | t.number
  }
  mutating func adr(_ d: Register, _ label: Label) { emit(0x1000_0000 | d.number, to: label) }
  mutating func adr(_ d: Register, to offset: Int) { emit(0x1000_0000 | d.number, to: offset) }

  /// To an offset in the code buffer; answers where the branch is, for `patch`.
  @discardableResult
  mutating func b(to offset: Int) -> Int {
    emit(0x1400_0000, to: offset)
    return position - 4
  }

  mutating func br(_ n: Register) { emit(0xD61F_0000 | n.number << 5) }
  mutating func blr(_ n: Register) { emit(0xD63F_0000 | n.number << 5) }
  mutating func ret() { emit(0xD65F_03C0) }
  mutating func nop() { emit(0xD503_201F) }
  mutating func brk(_ number: UInt16) { emit(0xD420_0000 | UInt32(number) << 5) }

  // MARK: One register

  /// What moves between a register and memory; the raw value is size, V and opc.
  enum Transfer: UInt32, CaseIterable {
    case strb = 0x3800_0000
    case ldrb = 0x3840_0000
    /// To 64 bits, and to 32.
    case ldrsb = 0x3880_0000
    case ldrsbw = 0x38C0_0000
    case strh = 0x7800_0000
    case ldrh = 0x7840_0000
    case ldrsh = 0x7880_0000
    case ldrshw = 0x78C0_0000
    case strw = 0xB800_0000
    case ldrw = 0xB840_0000
    case ldrsw = 0xB880_0000
    case strx = 0xF800_0000
    case ldrx = 0xF840_0000
    /// Vector registers: singles and doubles.
    case strs = 0xBC00_0000
    case ldrs = 0xBC40_0000
    case strd = 0xFC00_0000
    case ldrd = 0xFC40_0000

    /// Log2 of the bytes.
    var scale: UInt32 { rawValue >> 30 }
  }

  /// At base + displacement: 0 to 4095 units, or -256 to 255 bytes. n may be `sp`.
  mutating func transfer(
    _ operation: Transfer, _ t: Register, _ n: Register, _ displacement: Int = 0
  ) {
    transfer(operation, number: t.number, n, displacement)
  }

  mutating func transfer(
    _ operation: Transfer, _ t: Vector, _ n: Register, _ displacement: Int = 0
  ) {
    transfer(operation, number: t.number, n, displacement)
  }

  private mutating func transfer(
    _ operation: Transfer, number: UInt32, _ n: Register, _ displacement: Int
  ) {
    let scaled = displacement >> Int(operation.scale)
    if scaled << Int(operation.scale) == displacement, (0...4095).contains(scaled) {
      let field = UInt32(truncatingIfNeeded: scaled) << 10
      emit(operation.rawValue | 0x0100_0000 | field | n.number << 5 | number)
    } else if (-256...255).contains(displacement) {
      let field = (UInt32(truncatingIfNeeded: displacement) & 0x1FF) << 12
      emit(operation.rawValue | field | n.number << 5 | number)
    } else {
      fail()
    }
  }

  /// At base + extended index, which is scaled by the size where `scaled`; UXTW, UXTX (that is
  /// LSL), SXTW or SXTX.
  mutating func transfer(
    _ operation: Transfer, _ t: Register, _ n: Register, _ m: Register, _ extend: Extend,
    scaled: Bool = false
  ) {
    emit(
      operation.rawValue | 0x0020_0800 | m.number << 16 | extend.rawValue << 13
        | (scaled ? 1 << 12 : 0) | n.number << 5 | t.number)
  }

  mutating func transfer(
    _ operation: Transfer, _ t: Vector, _ n: Register, _ m: Register, _ extend: Extend,
    scaled: Bool = false
  ) {
    emit(
      operation.rawValue | 0x0020_0800 | m.number << 16 | extend.rawValue << 13
        | (scaled ? 1 << 12 : 0) | n.number << 5 | t.number)
  }

  // MARK: Pairs

  /// The raw value is the encoding of the form without write-back.
  enum Pair: UInt32, CaseIterable {
    case stpw = 0x2900_0000
    case ldpw = 0x2940_0000
    case stpx = 0xA900_0000
    case ldpx = 0xA940_0000
    /// Doubles of vector registers.
    case stpd = 0x6D00_0000
    case ldpd = 0x6D40_0000

    fileprivate var bytes: Int { self == .stpw || self == .ldpw ? 4 : 8 }
  }

  enum Indexing: UInt32, CaseIterable {
    case post = 0x0080_0000
    case offset = 0x0100_0000
    case pre = 0x0180_0000
  }

  /// The displacement is -64 to 63 units. n may be `sp`.
  mutating func pair(
    _ operation: Pair, _ first: Register, _ second: Register, _ n: Register, _ displacement: Int,
    _ indexing: Indexing = .offset
  ) {
    pair(operation, first.number, second.number, n, displacement, indexing)
  }

  mutating func pair(
    _ operation: Pair, _ first: Vector, _ second: Vector, _ n: Register, _ displacement: Int,
    _ indexing: Indexing = .offset
  ) {
    pair(operation, first.number, second.number, n, displacement, indexing)
  }

  private mutating func pair(
    _ operation: Pair, _ first: UInt32, _ second: UInt32, _ n: Register, _ displacement: Int,
    _ indexing: Indexing
  ) {
    let scaled = displacement / operation.bytes
    guard scaled * operation.bytes == displacement, (-64...63).contains(scaled) else {
      return fail()
    }
    emit(
      operation.rawValue & ~0x0180_0000 | indexing.rawValue
        | (UInt32(truncatingIfNeeded: scaled) & 0x7F) << 15 | second << 10 | n.number << 5 | first)
  }
}
