// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Which of the guest's flags the host's flags hold right now, and how.
enum HostFlags {
  /// CF is "not C".
  case subtraction
  case addition
  /// Only ZF and SF mean something.
  case logic

  /// The host's condition for a guest's; nil where it has none.
  func condition(_ condition: UInt8) -> X86Assembler.Condition? {
    switch (self, condition) {
    case (_, 0): .e
    case (_, 1): .ne
    case (_, 4): .s
    case (_, 5): .ns
    case (.logic, _): nil
    case (.subtraction, 2): .ae
    case (.subtraction, 3): .b
    case (.subtraction, 8): .a
    case (.subtraction, 9): .be
    case (.addition, 2): .b
    case (.addition, 3): .ae
    case (_, 6): .o
    case (_, 7): .no
    case (_, 10): .ge
    case (_, 11): .l
    case (_, 12): .g
    case (_, 13): .le
    default: nil
    }
  }
}

/// A word that can be had again from registers.
enum Remembered: Equatable {
  case constant(UInt32)
  case register(UInt8)
  /// The register plus a constant.
  case sum(UInt8, UInt32)
  case plus(UInt8, UInt8)
  case minus(UInt8, UInt8)
  case and(UInt8, UInt32)
  case andRegister(UInt8, UInt8)

  var registers: UInt16 {
    switch self {
    case .constant: 0
    case .register(let a), .sum(let a, _), .and(let a, _): 1 << UInt16(a)
    case .plus(let a, let b), .minus(let a, let b), .andRegister(let a, let b):
      1 << UInt16(a) | 1 << UInt16(b)
    }
  }
}

/// Flags that have been set and not written down, because registers still tell them. Who leaves
/// writes them down on the way out.
struct PendingFlags {
  /// A comparison or sum that all flags which say so come from.
  struct Sum {
    var isSubtraction: Bool
    var a: Remembered
    var b: Remembered
  }
  enum NegativeZero {
    case memory, sum
    case word(Remembered)
  }
  enum Carry {
    case memory, sum
    case bit(UInt8, UInt8)
    case constant(Bool)
  }

  var sum: Sum?
  var negativeZero = NegativeZero.memory
  var carry = Carry.memory
  var overflowIsSum = false

  var usesSum: Bool {
    if case .sum = negativeZero { return true }
    if case .sum = carry { return true }
    return overflowIsSum
  }

  static func all(_ sum: Sum) -> PendingFlags {
    PendingFlags(sum: sum, negativeZero: .sum, carry: .sum, overflowIsSum: true)
  }
}

extension X86Compiler {
  // MARK: Writing flags down

  /// Brings pending flags to memory. `host` says that the host's flags are those of the sum, or,
  /// if `.logic`, of the word. rax and rcx are lost.
  func materialise(_ flags: PendingFlags, host: HostFlags?) {
    if flags.usesSum, let sum = flags.sum {
      if host == nil || host == .logic {
        compute(sum)
        if !sum.isSubtraction { asm.cmc() }
      } else if host == .addition {
        asm.cmc()
      }
      saveSum(flags)
    }
    switch flags.negativeZero {
    case .memory, .sum: break
    case .word(.constant(let value)):
      let bits = UInt8((value >> 31) * 0x80) | (value == 0 ? 0x40 : 0)
      asm.mov(.at(.rbp, Frame.negativeZero), byte: bits)
    case .word(let word):
      recall(word)
      saveNegativeZero()
    }
    switch flags.carry {
    case .memory, .sum: break
    case .bit(let register, let bit):
      switch Self.home(register) {
      case .host(let home): asm.bt(home, bit)
      default: asm.bt(.at(.rbp, Frame.register(register)), bit)
      }
      asm.set(.ae, .at(.rbp, Frame.borrow))
    case .constant(let bit): asm.mov(.at(.rbp, Frame.borrow), byte: bit ? 0 : 1)
    }
  }

  /// From the host's flags, CF being "not C".
  private func saveSum(_ flags: PendingFlags) {
    asm.lahf()
    if flags.overflowIsSum { asm.set(.o, .rax) }
    var savesNZ = false
    if case .sum = flags.negativeZero { savesNZ = true }
    if case .sum = flags.carry {
      if flags.overflowIsSum {
        asm.store(.half, .at(.rbp, Frame.overflow), .rax)
      } else {
        storeAH(Frame.borrow)
      }
    } else if flags.overflowIsSum {
      asm.store(.byte, .at(.rbp, Frame.overflow), .rax)
    }
    if savesNZ { storeAH(Frame.negativeZero) }
  }

  private func storeAH(_ offset: Int) {
    // mov [rbp + offset], ah: AH is register 4 of the byte form without a REX prefix.
    asm.encode(X86Assembler.Opcode(0x88), 4, .at(.rbp, offset))
  }

  /// From the host's ZF and SF.
  func saveNegativeZero() {
    asm.lahf()
    storeAH(Frame.negativeZero)
  }

  /// Sets the host's flags as the sum did.
  private func compute(_ sum: PendingFlags.Sum) {
    if sum.isSubtraction {
      switch (sum.a, sum.b) {
      case (.register(let a), .constant(let b)):
        switch Self.home(a) {
        case .host(let home): return asm.alu(.cmp, home, Int32(bitPattern: b))
        default: return asm.alu(.cmp, .at(.rbp, Frame.register(a)), Int32(bitPattern: b))
        }
      default: break
      }
    }
    recall(sum.b, into: .rcx)
    recall(sum.a, into: .rax)
    asm.alu(sum.isSubtraction ? .cmp : .add, .rax, .rcx)
  }

  func recall(_ word: Remembered, into target: Register) {
    switch word {
    case .constant(let value): asm.mov(target, immediate: value)
    case .register(let a): load(target, Self.home(a))
    case .sum(let a, let value):
      load(target, Self.home(a))
      asm.alu(.add, target, Int32(bitPattern: value))
    case .plus(let a, let b):
      load(target, Self.home(a))
      alu(.add, target, Self.home(b))
    case .minus(let a, let b):
      load(target, Self.home(a))
      alu(.sub, target, Self.home(b))
    case .and(let a, let value):
      load(target, Self.home(a))
      asm.alu(.and, target, Int32(bitPattern: value))
    case .andRegister(let a, let b):
      load(target, Self.home(a))
      alu(.and, target, Self.home(b))
    }
  }

  /// Sets ZF and SF by a word.
  func recall(_ word: Remembered) {
    switch word {
    case .register(let a):
      switch Self.home(a) {
      case .host(let home): asm.test(home, home)
      default: asm.alu(.cmp, .at(.rbp, Frame.register(a)), 0)
      }
    case .and(let a, let value):
      switch Self.home(a) {
      case .host(let home): asm.test(home, value)
      default: asm.test(.at(.rbp, Frame.register(a)), value)
      }
    default:
      recall(word, into: .rax)
      asm.test(.rax, .rax)
    }
  }

  // MARK: Conditions

  /// Makes the host's flags answer a guest's condition, and says by which of its own.
  func hostCondition(_ condition: UInt8) -> Condition {
    let asked = FlagSet(condition: condition)
    // The host's flags may be those of the sum alone, when N and Z have come from a later word.
    if let host, host == .logic || pending.sum == nil || fromSum(asked),
      let answer = host.condition(condition)
    {
      return answer
    }
    if let sum = pending.sum, fromSum(asked) {
      compute(sum)
      host = sum.isSubtraction ? .subtraction : .addition
      if let answer = host?.condition(condition) { return answer }
      asm.cmc()
      host = nil
      if let answer = HostFlags.subtraction.condition(condition) { return answer }
    }
    if case .word(let word) = pending.negativeZero, [0, 1, 4, 5].contains(condition) {
      recall(word)
      host = nil
      return HostFlags.logic.condition(condition) ?? .e
    }
    materialise(pending, host: host)
    pending = PendingFlags()
    host = nil
    return test(condition)
  }

  private func fromSum(_ asked: FlagSet) -> Bool {
    if !asked.isDisjoint(with: [.negative, .zero]) {
      guard case .sum = pending.negativeZero else { return false }
    }
    if asked.contains(.carry) {
      guard case .sum = pending.carry else { return false }
    }
    return !asked.contains(.overflow) || pending.overflowIsSum
  }

  /// From memory.
  private func test(_ condition: UInt8) -> Condition {
    let isInverse = condition & 1 != 0
    let holds: Condition
    switch condition >> 1 {
    case 0:
      asm.test(byte: .at(.rbp, Frame.negativeZero), 0x40)
      holds = .ne
    case 1:
      asm.test(byte: .at(.rbp, Frame.borrow), 1)
      holds = .e
    case 2:
      asm.test(byte: .at(.rbp, Frame.negativeZero), 0x80)
      holds = .ne
    case 3:
      asm.alu(.cmp, byte: .at(.rbp, Frame.overflow), 0)
      holds = .ne
    case 4:
      // C and not Z: neither "not C" nor Z.
      asm.movzx(.rax, .byte, .at(.rbp, Frame.borrow))
      asm.alu(.and, .rax, 1)
      asm.movzx(.rcx, .byte, .at(.rbp, Frame.negativeZero))
      asm.alu(.and, .rcx, 0x40)
      asm.alu(.or, .rax, .rcx)
      holds = .e
    default:
      asm.movzx(.rax, .byte, .at(.rbp, Frame.negativeZero))
      asm.mov(.rcx, .rax)
      asm.shift(.shr, .rax, 7)
      asm.movzx(.rdx, .byte, .at(.rbp, Frame.overflow))
      asm.alu(.xor, .rax, .rdx)
      if condition >> 1 == 6 {
        asm.alu(.and, .rcx, 0x40)
        asm.alu(.or, .rax, .rcx)
      }
      holds = .e
    }
    return isInverse ? holds.inverted : holds
  }
}
