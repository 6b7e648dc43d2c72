// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension X86Assembler {
  /// General registers; the name is that of all 64 bits.
  enum Register: UInt8, CaseIterable {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
  }

  enum Vector: UInt8, CaseIterable {
    case xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7
    case xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15
  }

  /// Of a general operation. A dword result clears the upper half of its register.
  enum Width: UInt8, CaseIterable {
    case dword, qword
  }

  /// What the flags must say; the raw value is the encoding.
  enum Condition: UInt8, CaseIterable {
    case o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g

    var inverted: Condition { Condition(rawValue: rawValue ^ 1) ?? self }
  }

  /// A memory operand: `[base + index * scale + displacement]`, or a place in the code.
  struct Memory {
    fileprivate var base: Register?
    fileprivate var index: Register?
    /// Log2 of what the index is multiplied by.
    fileprivate var scale: UInt8 = 0
    fileprivate var displacement: Int
    fileprivate var isCode = false

    static func at(_ base: Register, _ displacement: Int = 0) -> Memory {
      Memory(base: base, displacement: displacement)
    }

    /// `scale` is 1, 2, 4 or 8; rsp cannot be an index.
    static func at(
      _ base: Register, _ index: Register, times scale: Int = 1, _ displacement: Int = 0
    ) -> Memory {
      Memory(
        base: base, index: index, scale: UInt8(truncatingIfNeeded: scale.trailingZeroBitCount),
        displacement: displacement)
    }

    /// No base: `[index * scale + displacement]`.
    static func scaled(_ index: Register, times scale: Int, _ displacement: Int = 0) -> Memory {
      Memory(
        base: nil, index: index, scale: UInt8(truncatingIfNeeded: scale.trailingZeroBitCount),
        displacement: displacement)
    }

    /// An offset in the code buffer, addressed relative to rip.
    static func code(_ offset: Int) -> Memory {
      Memory(base: nil, displacement: offset, isCode: true)
    }
  }
}

// MARK: Encoding

extension X86Assembler {
  /// An opcode: at most three bytes, the escape first (`0x0FB6`), after a mandatory prefix.
  struct Opcode {
    let bytes: UInt32
    var prefix: UInt8 = 0
    var isWide = false
    /// Byte registers: spl, bpl, sil and dil exist only with a REX prefix.
    var needsREX = false

    init(_ bytes: UInt32, _ width: Width = .dword, prefix: UInt8 = 0, needsREX: Bool = false) {
      self.bytes = bytes
      self.prefix = prefix
      isWide = width == .qword
      self.needsREX = needsREX
    }
  }

  /// Prefix, REX and opcode; registers by number.
  private mutating func head(_ opcode: Opcode, _ register: UInt8, _ index: UInt8, _ base: UInt8) {
    reserve()
    if opcode.prefix != 0 { byte(opcode.prefix) }
    let extensions = (register >> 3) << 2 | (index >> 3) << 1 | base >> 3
    let rex = (opcode.isWide ? 0x48 : 0x40) | extensions
    if rex != 0x40 || opcode.needsREX { byte(rex) }
    if opcode.bytes > 0xFFFF { byte(UInt8(truncatingIfNeeded: opcode.bytes >> 16)) }
    if opcode.bytes > 0xFF { byte(UInt8(truncatingIfNeeded: opcode.bytes >> 8)) }
    byte(UInt8(truncatingIfNeeded: opcode.bytes))
  }

  /// `register` is a register number or an opcode extension.
  mutating func encode(_ opcode: Opcode, _ register: UInt8, _ operand: Register) {
    head(opcode, register, 0, operand.rawValue)
    modRM(register, operand.rawValue)
  }

  mutating func encode(
    _ opcode: Opcode, _ register: UInt8, _ memory: Memory, trailing: Int = 0
  ) {
    head(opcode, register, memory.index?.rawValue ?? 0, memory.base?.rawValue ?? 0)
    modRM(register, memory, trailing: trailing)
  }

  /// Opcodes whose last byte holds the register.
  mutating func encodeShort(_ opcode: UInt32, _ register: Register, _ width: Width = .dword) {
    head(Opcode(opcode | UInt32(register.rawValue & 7), width), 0, 0, register.rawValue)
  }

  private mutating func modRM(_ register: UInt8, _ operand: UInt8) {
    byte(0xC0 | (register & 7) << 3 | operand & 7)
  }

  private mutating func modRM(_ register: UInt8, _ memory: Memory, trailing: Int) {
    let field = (register & 7) << 3
    if memory.isCode {
      byte(field | 5)
      relative(to: memory.displacement, trailing: trailing)
      return
    }
    let displacement = Int32(truncatingIfNeeded: memory.displacement)
    guard let base = memory.base else {
      byte(field | 4)
      byte(memory.scale << 6 | ((memory.index ?? .rsp).rawValue & 7) << 3 | 5)
      word(UInt32(bitPattern: displacement))
      return
    }
    // rbp and r13 as a base have no form without a displacement.
    let isShort = Int32(Int8(truncatingIfNeeded: displacement)) == displacement
    let isPlain = displacement == 0 && base.rawValue & 7 != 5
    let mode: UInt8 = isPlain ? 0 : isShort ? 0x40 : 0x80
    if let index = memory.index {
      byte(mode | field | 4)
      byte(memory.scale << 6 | (index.rawValue & 7) << 3 | base.rawValue & 7)
    } else {
      byte(mode | field | base.rawValue & 7)
      // rsp and r12 as a base are spelled with an index byte.
      if base.rawValue & 7 == 4 { byte(0x24) }
    }
    if isPlain { return }
    if isShort {
      byte(UInt8(truncatingIfNeeded: displacement))
    } else {
      word(UInt32(bitPattern: displacement))
    }
  }

  // MARK: VEX

  /// An opcode with a VEX prefix.
  struct VEX {
    /// 1: 0F, 2: 0F38, 3: 0F3A.
    let map: UInt8
    /// 0: none, 1: 66, 2: F3, 3: F2.
    let prefix: UInt8
    let opcode: UInt8
    var isWide = false
  }

  private mutating func head(
    _ vex: VEX, _ register: UInt8, _ first: UInt8, _ index: UInt8, _ base: UInt8
  ) {
    reserve()
    let last = (~first & 15) << 3 | vex.prefix
    if vex.map == 1 && !vex.isWide && (index | base) < 8 {
      byte(0xC5)
      byte((~register & 8) << 4 | last)
    } else {
      byte(0xC4)
      byte((~register & 8) << 4 | (~index & 8) << 3 | (~base & 8) << 2 | vex.map)
      byte((vex.isWide ? 0x80 : 0) | last)
    }
    byte(vex.opcode)
  }

  mutating func encode(_ vex: VEX, _ register: UInt8, _ first: UInt8, _ operand: UInt8) {
    head(vex, register, first, 0, operand)
    modRM(register, operand)
  }

  mutating func encode(
    _ vex: VEX, _ register: UInt8, _ first: UInt8, _ memory: Memory, trailing: Int = 0
  ) {
    head(vex, register, first, memory.index?.rawValue ?? 0, memory.base?.rawValue ?? 0)
    modRM(register, memory, trailing: trailing)
  }
}
