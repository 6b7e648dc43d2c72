// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One predecoded instruction: trivially copyable, 32 bytes, independent of where it lies until the
/// translator fills `address`, `condition` and `itState`.
///
/// `d`, `n`, `m`, `a` are the registers of the manual's pseudo-code (`t` is `d`, `t2` and `dHi` are
/// `a`); what the other fields mean depends on the opcode and is said there or in its semantics.
/// No semantics read r15 as a register: forms that use pc have opcodes of their own and take it
/// from `address`.
struct Operation: Equatable, Sendable {
  var opcode: Opcode
  var d: UInt8 = 0
  var n: UInt8 = 0
  var m: UInt8 = 0
  var a: UInt8 = 0
  /// Shift, rotation, width, number of fraction bits, or another small constant.
  var amount: UInt8 = 0
  /// Bytes of code: 2 or 4.
  var size: UInt8 = 2
  /// 14 is "always". B<cond> brings its own; the translator writes that of an IT block.
  var condition: UInt8 = 14
  /// ITSTATE in effect for this instruction, 0 outside an IT block.
  var itState: UInt8 = 0
  /// Filled by the translator from `TimingTable.staticCycles(of:followedBy:)`.
  var cycles: UInt8 = 0
  var cost: CostClass = .arithmetic
  var properties: OperationProperties = []
  var immediate: UInt32 = 0
  var extra: UInt32 = 0
  /// Where the instruction lies; pc reads as this + 4.
  var address: UInt32 = 0
  /// Unused: it makes an operation 32 bytes, so that finding one by its index is a shift.
  var link: UInt32 = 0
}

extension Operation {
  /// pc as the instruction reads it.
  @inline(__always) var programCounter: UInt32 { address &+ 4 }
  /// pc as literal loads and ADR read it.
  @inline(__always) var alignedProgramCounter: UInt32 { (address &+ 4) & ~3 }
  /// The target of a direct branch.
  @inline(__always) var branchTarget: UInt32 { address &+ 4 &+ immediate }
  /// The next instruction in memory.
  @inline(__always) var nextAddress: UInt32 { address &+ UInt32(size) }
  /// How a `Shifted` form shifts m, by `amount`.
  @inline(__always) var shift: ShiftKind { ShiftKind(field: a) }
  /// What LDM, STM, VLDM and VSTM add to their base register, `amount` being the words moved.
  @inline(__always) var writeBack: UInt32 { extra != 0 ? extra : UInt32(amount) &* 4 }

  /// The same instruction inside an IT block: 16-bit data processing leaves the flags alone there
  /// (ARMv7-M ARM, A4.3), and everything but BKPT (A7.7.17) takes the block's condition.
  func insideIfThen(condition: UInt8, itState: UInt8) -> Operation {
    var copy = self
    if opcode != .bkpt { copy.condition = condition }
    copy.itState = itState
    if size == 2, let quiet = opcode.quiet, opcode != .ifThen {
      copy.opcode = quiet
      copy.properties.subtract(.flagsWritten)
    }
    return copy
  }
}

/// What can be known of an operation without running it; found by running its semantics on an
/// `EffectCollector`, so that nothing is stated twice.
struct OperationProperties: OptionSet, Equatable, Sendable {
  let rawValue: UInt32

  static let writesNegative = OperationProperties(rawValue: 1 << 0)
  static let writesZero = OperationProperties(rawValue: 1 << 1)
  static let writesCarry = OperationProperties(rawValue: 1 << 2)
  static let writesOverflow = OperationProperties(rawValue: 1 << 3)
  static let readsNegative = OperationProperties(rawValue: 1 << 4)
  static let readsZero = OperationProperties(rawValue: 1 << 5)
  static let readsCarry = OperationProperties(rawValue: 1 << 6)
  static let readsOverflow = OperationProperties(rawValue: 1 << 7)
  /// Any write of r13: bits 1 and 0 of the stack pointer stay zero, which is the context's duty.
  static let writesStackPointer = OperationProperties(rawValue: 1 << 8)
  /// Nothing may follow in the same block: pc, the mode, masks or the system are touched.
  static let endsBlock = OperationProperties(rawValue: 1 << 9)
  /// Writes pc, perhaps conditionally.
  static let branches = OperationProperties(rawValue: 1 << 10)
  static let loads = OperationProperties(rawValue: 1 << 11)
  static let stores = OperationProperties(rawValue: 1 << 12)
  /// Exactly one load or store of one register, which can pipeline with its neighbour.
  static let single = OperationProperties(rawValue: 1 << 13)
  /// Needs the FPU: the context checks CPACR and saves lazily stacked state before it.
  static let floatingPoint = OperationProperties(rawValue: 1 << 14)
  /// Adds cycles at run time through `spend`.
  static let spendsCycles = OperationProperties(rawValue: 1 << 15)
  /// May raise an exception other than by a memory access.
  static let raises = OperationProperties(rawValue: 1 << 16)

  static let flagsWritten: OperationProperties =
    [.writesNegative, .writesZero, .writesCarry, .writesOverflow]
  static let flagsRead: OperationProperties =
    [.readsNegative, .readsZero, .readsCarry, .readsOverflow]
}

/// How the barrel shifter moves an operand (ARMv7-M ARM, A7.4.2 DecodeImmShift).
package enum ShiftKind: UInt8, Sendable {
  case left, right, arithmetic, rotate, rotateExtended

  @inline(__always) init(field: UInt8) {
    switch field {
    case 0: self = .left
    case 1: self = .right
    case 2: self = .arithmetic
    case 3: self = .rotate
    default: self = .rotateExtended
    }
  }
}
