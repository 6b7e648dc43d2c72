// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Jumps and calls.
extension X86Assembler {
  /// To a label: two bytes where it is bound and near, else a rel32 field.
  mutating func jmp(_ label: Label) {
    reserve()
    if let distance = shortDistance(to: label) {
      byte(0xEB)
      byte(distance)
    } else {
      byte(0xE9)
      relative(to: label)
    }
  }

  mutating func j(_ condition: Condition, _ label: Label) {
    reserve()
    if let distance = shortDistance(to: label) {
      byte(0x70 | condition.rawValue)
      byte(distance)
    } else {
      byte(0x0F)
      byte(0x80 | condition.rawValue)
      relative(to: label)
    }
  }

  /// To an offset in the code buffer, always as rel32. Answers where the field is, for `patch`.
  @discardableResult
  mutating func jmp(to offset: Int) -> Int {
    reserve()
    byte(0xE9)
    relative(to: offset)
    return position - 4
  }

  @discardableResult
  mutating func j(_ condition: Condition, to offset: Int) -> Int {
    reserve()
    byte(0x0F)
    byte(0x80 | condition.rawValue)
    relative(to: offset)
    return position - 4
  }

  mutating func jmp(_ target: Register) { encode(Opcode(0xFF), 4, target) }
  mutating func jmp(_ target: Memory) { encode(Opcode(0xFF), 4, target) }
  mutating func call(_ target: Register) { encode(Opcode(0xFF), 2, target) }
  mutating func call(_ target: Memory) { encode(Opcode(0xFF), 2, target) }

  mutating func call(_ label: Label) {
    reserve()
    byte(0xE8)
    relative(to: label)
  }

  @discardableResult
  mutating func call(to offset: Int) -> Int {
    reserve()
    byte(0xE8)
    relative(to: offset)
    return position - 4
  }

  mutating func ret() { plain(0xC3) }

  // MARK: Short jumps forward

  /// A jump of two bytes that waits for its target, at most 127 bytes on.
  struct ShortJump {
    fileprivate let field: Int
  }

  mutating func jShort(_ condition: Condition) -> ShortJump {
    reserve()
    byte(0x70 | condition.rawValue)
    byte(0)
    return ShortJump(field: position - 1)
  }

  mutating func jmpShort() -> ShortJump {
    reserve()
    byte(0xEB)
    byte(0)
    return ShortJump(field: position - 1)
  }

  /// The jump's target is here; fails where that is too far.
  mutating func bind(_ jump: ShortJump) {
    guard let distance = Int8(exactly: position - (jump.field + 1)) else { return fail() }
    code[jump.field] = UInt8(bitPattern: distance)
  }

  /// From the end of a jump of two bytes that starts here.
  private func shortDistance(to label: Label) -> UInt8? {
    guard let target = offset(of: label) else { return nil }
    return Int8(exactly: target - (position + 2)).map { UInt8(bitPattern: $0) }
  }
}
