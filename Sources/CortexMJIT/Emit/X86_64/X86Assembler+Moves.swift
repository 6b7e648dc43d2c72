// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Moves between registers, memory and immediates.
extension X86Assembler {
  /// How many bytes of memory a load or store moves.
  enum Access: UInt8, CaseIterable {
    case byte, half, word
  }

  mutating func mov(_ destination: Register, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x89, width), source.rawValue, destination)
  }

  /// A dword; clears the upper half.
  mutating func mov(_ destination: Register, immediate: UInt32) {
    encodeShort(0xB8, destination)
    word(immediate)
  }

  /// The shortest form for 64 bits.
  mutating func mov(_ destination: Register, long immediate: UInt64) {
    if immediate >> 32 == 0 {
      mov(destination, immediate: UInt32(truncatingIfNeeded: immediate))
    } else if Int64(Int32(truncatingIfNeeded: immediate)) == Int64(bitPattern: immediate) {
      encode(Opcode(0xC7, .qword), 0, destination)
      word(UInt32(truncatingIfNeeded: immediate))
    } else {
      encodeShort(0xB8, destination, .qword)
      long(immediate)
    }
  }

  mutating func mov(_ destination: Register, _ source: Memory, _ width: Width = .dword) {
    encode(Opcode(0x8B, width), destination.rawValue, source)
  }

  mutating func mov(_ destination: Memory, _ source: Register, _ width: Width = .dword) {
    encode(Opcode(0x89, width), source.rawValue, destination)
  }

  /// Stores the low byte, half word or word.
  mutating func store(_ access: Access, _ destination: Memory, _ source: Register) {
    switch access {
    case .byte:
      encode(Opcode(0x88, needsREX: source.rawValue >= 4), source.rawValue, destination)
    case .half: encode(Opcode(0x89, prefix: 0x66), source.rawValue, destination)
    case .word: mov(destination, source)
    }
  }

  /// A dword, or a qword of which the immediate is the sign-extended lower half.
  mutating func mov(_ destination: Memory, immediate: UInt32, _ width: Width = .dword) {
    encode(Opcode(0xC7, width), 0, destination, trailing: 4)
    word(immediate)
  }

  mutating func mov(_ destination: Memory, byte immediate: UInt8) {
    encode(Opcode(0xC6), 0, destination, trailing: 1)
    byte(immediate)
  }

  mutating func mov(_ destination: Memory, half immediate: UInt16) {
    encode(Opcode(0xC7, prefix: 0x66), 0, destination, trailing: 2)
    half(immediate)
  }

  // MARK: Extending

  /// The access's bits, extended with zeros; a word is a plain load.
  mutating func movzx(_ destination: Register, _ access: Access, _ source: Memory) {
    switch access {
    case .byte: encode(Opcode(0x0FB6), destination.rawValue, source)
    case .half: encode(Opcode(0x0FB7), destination.rawValue, source)
    case .word: mov(destination, source)
    }
  }

  mutating func movzx(_ destination: Register, _ access: Access, _ source: Register) {
    switch access {
    case .byte:
      encode(Opcode(0x0FB6, needsREX: source.rawValue >= 4), destination.rawValue, source)
    case .half: encode(Opcode(0x0FB7), destination.rawValue, source)
    case .word: mov(destination, source)
    }
  }

  /// The access's bits, sign-extended to the width; word to dword is a plain load.
  mutating func movsx(
    _ destination: Register, _ access: Access, _ source: Memory, _ width: Width = .dword
  ) {
    switch access {
    case .byte: encode(Opcode(0x0FBE, width), destination.rawValue, source)
    case .half: encode(Opcode(0x0FBF, width), destination.rawValue, source)
    case .word where width == .qword: movsxd(destination, source)
    case .word: mov(destination, source)
    }
  }

  mutating func movsx(
    _ destination: Register, _ access: Access, _ source: Register, _ width: Width = .dword
  ) {
    switch access {
    case .byte:
      encode(Opcode(0x0FBE, width, needsREX: source.rawValue >= 4), destination.rawValue, source)
    case .half: encode(Opcode(0x0FBF, width), destination.rawValue, source)
    case .word where width == .qword: movsxd(destination, source)
    case .word: mov(destination, source)
    }
  }

  /// Dword to qword.
  mutating func movsxd(_ destination: Register, _ source: Register) {
    encode(Opcode(0x63, .qword), destination.rawValue, source)
  }

  mutating func movsxd(_ destination: Register, _ source: Memory) {
    encode(Opcode(0x63, .qword), destination.rawValue, source)
  }

  // MARK: Addresses, exchange, stack

  mutating func lea(_ destination: Register, _ address: Memory, _ width: Width = .dword) {
    encode(Opcode(0x8D, width), destination.rawValue, address)
  }

  mutating func xchg(_ a: Register, _ b: Register, _ width: Width = .dword) {
    encode(Opcode(0x87, width), b.rawValue, a)
  }

  mutating func cmov(
    _ condition: Condition, _ destination: Register, _ source: Register, _ width: Width = .dword
  ) {
    encode(Opcode(0x0F40 | UInt32(condition.rawValue), width), destination.rawValue, source)
  }

  mutating func cmov(
    _ condition: Condition, _ destination: Register, _ source: Memory, _ width: Width = .dword
  ) {
    encode(Opcode(0x0F40 | UInt32(condition.rawValue), width), destination.rawValue, source)
  }

  /// Sets the lowest byte to 0 or 1; the rest stays.
  mutating func set(_ condition: Condition, _ destination: Register) {
    encode(
      Opcode(0x0F90 | UInt32(condition.rawValue), needsREX: destination.rawValue >= 4), 0,
      destination)
  }

  mutating func set(_ condition: Condition, _ destination: Memory) {
    encode(Opcode(0x0F90 | UInt32(condition.rawValue)), 0, destination)
  }

  /// AH := SF:ZF:0:AF:0:PF:1:CF.
  mutating func lahf() { plain(0x9F) }
  mutating func sahf() { plain(0x9E) }
  mutating func cmc() { plain(0xF5) }
  mutating func stc() { plain(0xF9) }
  mutating func clc() { plain(0xF8) }
  mutating func pushfq() { plain(0x9C) }
  mutating func popfq() { plain(0x9D) }
  /// EDX := sign of EAX.
  mutating func cdq() { plain(0x99) }
  mutating func int3() { plain(0xCC) }
  mutating func nop() { plain(0x90) }

  mutating func push(_ register: Register) { encodeShort(0x50, register) }
  mutating func pop(_ register: Register) { encodeShort(0x58, register) }

  mutating func plain(_ opcode: UInt8) {
    reserve()
    byte(opcode)
  }

  /// What a System V callee must give back, and rsp a multiple of 16 again. For the trampoline
  /// that enters generated code.
  mutating func saveCalleeSaved() {
    for register in Self.calleeSaved { push(register) }
    alu(.sub, .rsp, 8, .qword)
  }

  mutating func restoreCalleeSaved() {
    alu(.add, .rsp, 8, .qword)
    for register in Self.calleeSaved.reversed() { pop(register) }
  }

  private static var calleeSaved: [Register] { [.rbx, .rbp, .r12, .r13, .r14, .r15] }
}
