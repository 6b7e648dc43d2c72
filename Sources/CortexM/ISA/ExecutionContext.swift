// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The words in which an instruction says what it does. An evaluator answers with values, a JIT
/// with nodes of its intermediate representation, an analysis with the registers touched.
///
/// Semantics never branch on a `Word`, a `Long` or a `Bit`: only the context knows whether it has a
/// value. They may branch on the fields of an `Operation`, which are constants.
///
/// Faults: a load that faults returns anything; the context remembers the fault, leaves out every
/// later access and branch of the same instruction and undoes its register writes. Semantics write
/// registers after their memory accesses and therefore need no early exit.
protocol ExecutionContext {
  /// 32 bits.
  associatedtype Word
  /// 64 bits, for products and sums that need them.
  associatedtype Long
  /// A truth value.
  associatedtype Bit

  // Registers. r15 is never asked for; bits 1 and 0 of r13 are kept zero by the context.
  subscript(register: UInt8) -> Word { get set }
  subscript(single register: UInt8) -> Word { get set }

  // Flags.
  var negative: Bit { get }
  var zero: Bit { get }
  var carry: Bit { get }
  var overflow: Bit { get }
  mutating func setNZ(_ result: Word)
  mutating func setNZC(_ result: Word, carry: Bit)
  mutating func setNZCV(_ sum: Sum<Word, Bit>)
  /// Q, which only ever becomes set here.
  mutating func saturated(ifSet bit: Bit)
  /// GE: bit i of the word belongs to byte lane i.
  var greaterOrEqual: Word { get set }

  // Constants and arithmetic.
  func constant(_ value: UInt32) -> Word
  func bit(_ value: Bool) -> Bit
  func add(_ a: Word, _ b: Word) -> Word
  func subtract(_ a: Word, _ b: Word) -> Word
  func multiply(_ a: Word, _ b: Word) -> Word
  func and(_ a: Word, _ b: Word) -> Word
  func or(_ a: Word, _ b: Word) -> Word
  func exclusiveOr(_ a: Word, _ b: Word) -> Word
  func not(_ a: Word) -> Word
  /// AddWithCarry() of the manual.
  func add(_ a: Word, _ b: Word, carry: Bit) -> Sum<Word, Bit>
  /// AddWithCarry(a, NOT(b), 1): C means "no borrow".
  func difference(_ a: Word, _ b: Word) -> Sum<Word, Bit>
  /// The quotient rounded towards zero, 0 for a zero divisor, which `trapDivide` has seen before.
  func divide(_ a: Word, by b: Word, signed: Bool) -> Word

  // Shifts, by constants of 0 to 31 and, as the barrel shifter does it, by 1 to 32.
  func shiftLeft(_ a: Word, _ amount: UInt8) -> Word
  func shiftRight(_ a: Word, _ amount: UInt8) -> Word
  func shiftRightSigned(_ a: Word, _ amount: UInt8) -> Word
  func rotateRight(_ a: Word, _ amount: UInt8) -> Word
  func shift(_ a: Word, _ kind: ShiftKind, _ amount: UInt8) -> Word
  func shiftWithCarry(_ a: Word, _ kind: ShiftKind, _ amount: UInt8) -> Shifted<Word, Bit>
  /// By the low byte of a register, 0 to 255.
  func shift(_ a: Word, _ kind: ShiftKind, by amount: Word) -> Word
  func shiftWithCarry(_ a: Word, _ kind: ShiftKind, by amount: Word) -> Shifted<Word, Bit>

  // Bits of a word.
  func signExtendByte(_ a: Word) -> Word
  func signExtendHalf(_ a: Word) -> Word
  func countLeadingZeros(_ a: Word) -> Word
  func reverseBits(_ a: Word) -> Word
  func reverseBytes(_ a: Word) -> Word
  /// Bits 0 to 3 of `lanes` choose the byte from a (1) or b (0).
  func selectBytes(_ lanes: Word, _ a: Word, _ b: Word) -> Word
  /// Bytes 0 and 2, sign-extended to half words.
  func signExtendBytePair(_ a: Word) -> Word

  // Truth.
  func isZero(_ a: Word) -> Bit
  func isNegative(_ a: Word) -> Bit
  func not(_ a: Bit) -> Bit
  func and(_ a: Bit, _ b: Bit) -> Bit
  func or(_ a: Bit, _ b: Bit) -> Bit
  func exclusiveOr(_ a: Bit, _ b: Bit) -> Bit
  func select(_ condition: Bit, _ a: Word, _ b: Word) -> Word

  // Saturation: the result and whether it differs from the operand.
  func saturate(_ a: Word, bits: UInt8, signed: Bool) -> Shifted<Word, Bit>
  func saturatingAdd(_ a: Word, _ b: Word) -> Shifted<Word, Bit>
  func saturatingSubtract(_ a: Word, _ b: Word) -> Shifted<Word, Bit>

  // 64 bits.
  func long(signed a: Word) -> Long
  func long(unsigned a: Word) -> Long
  func long(low: Word, high: Word) -> Long
  func multiply(_ a: Long, _ b: Long) -> Long
  func add(_ a: Long, _ b: Long) -> Long
  func subtract(_ a: Long, _ b: Long) -> Long
  func shiftLeft(_ a: Long, _ amount: UInt8) -> Long
  /// Bottom half by bottom half plus or minus top by top, all signed.
  func dualProduct(_ a: Word, _ b: Word, subtracting: Bool) -> Long
  func low(_ a: Long) -> Word
  func high(_ a: Long) -> Word
  /// Bits 47…16, what SMULW and SMLAW keep.
  func middle(_ a: Long) -> Word
  /// True when the value is not that of its low word sign-extended.
  func exceedsWord(_ a: Long) -> Bit

  // Memory.
  mutating func load(_ width: AccessWidth, at address: Word) -> Word
  mutating func store(_ width: AccessWidth, _ value: Word, at address: Word)
  mutating func loadUnprivileged(_ width: AccessWidth, at address: Word) -> Word
  mutating func storeUnprivileged(_ width: AccessWidth, _ value: Word, at address: Word)
  /// Loads r0…r14 of `list` from ascending words; returns the word for r15 when it is in the list.
  mutating func loadMultiple(_ list: UInt16, at address: Word) -> Word
  /// Stores r0…r14 of `list` to ascending words; stops at the first that faults.
  mutating func storeMultiple(_ list: UInt16, at address: Word)
  mutating func loadSingles(from first: UInt8, count: UInt8, at address: Word)
  mutating func storeSingles(from first: UInt8, count: UInt8, at address: Word)
  mutating func loadExclusive(_ width: AccessWidth, at address: Word) -> Word
  /// 0 when stored, 1 when the monitor was lost.
  mutating func storeExclusive(_ width: AccessWidth, _ value: Word, at address: Word) -> Word
  mutating func clearExclusive()

  // Control.
  /// BranchWritePC: bit 0 of the target is ignored.
  mutating func branch(to target: Word)
  mutating func branch(if condition: Bit, to target: Word)
  /// BXWritePC: bit 0 becomes EPSR.T (clear: INVSTATE at the next instruction), and in handler mode
  /// 0xFFFF_FFxx returns from the exception. Also what loads to pc do.
  mutating func branchExchange(to target: Word)
  /// BLXWritePC: as above without exception return.
  mutating func branchLinkExchange(to target: Word)
  /// ConditionPassed() for a condition number of 0 to 14.
  func holds(_ condition: UInt8) -> Bit
  /// IT: the bits become ITSTATE for the instructions that follow.
  mutating func beginIfThen(_ state: UInt8)
  mutating func raise(_ trap: Trap)
  /// DIVBYZERO when the bit is set and CCR.DIV_0_TRP asks for it.
  mutating func trapDivide(ifZero bit: Bit)
  mutating func hint(_ hint: Hint)
  /// Cycles beyond the static cost.
  mutating func spend(_ cycles: Word)

  // System registers, by the SYSm number of MRS and MSR (ARMv7-M ARM, B5.1.1).
  mutating func readSpecial(_ number: UInt8) -> Word
  /// `mask`: bit 1 writes NZCVQ, bit 0 GE; only APSR looks at it.
  mutating func writeSpecial(_ number: UInt8, _ value: Word, mask: UInt8)
  /// CPS: ignored when unprivileged.
  mutating func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool)

  // Floating point: IEEE 754 single-precision bit patterns under FPSCR.
  func floatAbsolute(_ a: Word) -> Word
  func floatNegate(_ a: Word) -> Word
  mutating func floatAdd(_ a: Word, _ b: Word) -> Word
  mutating func floatSubtract(_ a: Word, _ b: Word) -> Word
  mutating func floatMultiply(_ a: Word, _ b: Word) -> Word
  mutating func floatDivide(_ a: Word, _ b: Word) -> Word
  mutating func floatSquareRoot(_ a: Word) -> Word
  /// addend + a × b, rounded once.
  mutating func floatMultiplyAdd(_ addend: Word, _ a: Word, _ b: Word) -> Word
  /// Sets FPSCR.NZCV; a quiet NaN is invalid only when `signaling`.
  mutating func floatCompare(_ a: Word, _ b: Word, signaling: Bool)
  mutating func floatToInteger(_ a: Word, _ format: IntegerFormat, fractionBits: UInt8) -> Word
  mutating func floatFromInteger(_ a: Word, _ format: IntegerFormat, fractionBits: UInt8) -> Word
  /// Of and to the low half of a word.
  mutating func floatFromHalf(_ a: Word) -> Word
  mutating func floatToHalf(_ a: Word) -> Word
  mutating func readFloatingPointStatus() -> Word
  mutating func writeFloatingPointStatus(_ value: Word)
  /// VMRS APSR_nzcv, FPSCR.
  mutating func copyFloatingPointFlags()

  // FPv5. A context that does not know these words refuses their instructions.
  /// VMAXNM or VMINNM.
  mutating func floatNumber(_ a: Word, _ b: Word, larger: Bool) -> Word
  mutating func floatRound(_ a: Word, _ rounding: IntegralRounding) -> Word
  mutating func floatToInteger(_ a: Word, isSigned: Bool, _ rounding: IntegralRounding) -> Word

  // Double precision.
  mutating func double(_ operation: DoubleOperation, _ a: Long, _ b: Long) -> Long
  mutating func doubleSquareRoot(_ a: Long) -> Long
  /// addend + a × b, rounded once.
  mutating func doubleMultiplyAdd(_ addend: Long, _ a: Long, _ b: Long) -> Long
  mutating func doubleRound(_ a: Long, _ rounding: IntegralRounding) -> Long
  mutating func doubleCompare(_ a: Long, _ b: Long, signaling: Bool)
  mutating func doubleToInteger(_ a: Long, _ format: IntegerFormat, fractionBits: UInt8) -> Word
  mutating func doubleToInteger(_ a: Long, isSigned: Bool, _ rounding: IntegralRounding) -> Word
  mutating func doubleFromInteger(_ a: Word, _ format: IntegerFormat, fractionBits: UInt8) -> Long
  mutating func doubleFromSingle(_ a: Word) -> Long
  mutating func doubleToSingle(_ a: Long) -> Word
  /// Of and to the low half of a word.
  mutating func doubleFromHalf(_ a: Word) -> Long
  mutating func doubleToHalf(_ a: Long) -> Word
}

/// What is done with two doubles.
enum DoubleOperation: UInt8, Sendable {
  case add, subtract, multiply, divide, larger, smaller
}

/// What richer words mean in plainer ones, for contexts that have nothing better.
extension ExecutionContext {
  @inline(__always) func signExtendBytePair(_ a: Word) -> Word {
    or(
      and(signExtendByte(a), constant(0xFFFF)),
      shiftLeft(signExtendByte(shiftRight(a, 16)), 16))
  }

  @inline(__always) func dualProduct(_ a: Word, _ b: Word, subtracting: Bool) -> Long {
    let first = long(signed: multiply(signExtendHalf(a), signExtendHalf(b)))
    let second = long(signed: multiply(shiftRightSigned(a, 16), shiftRightSigned(b, 16)))
    return subtracting ? subtract(first, second) : add(first, second)
  }
}

/// The result of AddWithCarry().
struct Sum<Word, Bit> {
  var result: Word
  var carry: Bit
  var overflow: Bit
}

/// A result with the bit shifted out of it, or with whether it saturated.
struct Shifted<Word, Bit> {
  var result: Word
  var carry: Bit
}

/// The width of one access. Single-register loads and stores may be unaligned unless
/// CCR.UNALIGN_TRP is set; `alignedWord` (LDRD, LDM, VLDR, exclusives) never may (A3.2.1).
package enum AccessWidth: UInt8, Sendable {
  case byte, half, word, signedByte, signedHalf, alignedWord

  @inline(__always) package var bytes: UInt32 {
    switch self {
    case .byte, .signedByte: 1
    case .half, .signedHalf: 2
    case .word, .alignedWord: 4
    }
  }
}

/// What an instruction asks of the exception model.
enum Trap: Equatable, Sendable {
  case undefined
  case noCoprocessor
  case supervisorCall(UInt32)
  case breakpoint(UInt32)
}

/// Instructions whose effect is on the system around the core.
enum Hint: UInt8, Sendable {
  case waitForEvent, waitForInterrupt, sendEvent
  case dataSynchronization, dataMemory, instructionSynchronization
}

/// The integer side of a VCVT.
package struct IntegerFormat: Equatable, Sendable {
  package var isSigned: Bool
  /// 16 for the fixed-point forms that hold a half word, else 32.
  package var bits: UInt8
  /// Truncates towards integers and takes the nearest float from them; else FPSCR decides: VCVTR,
  /// and VCVT from an integer.
  package var ignoresRoundingMode: Bool

  @inline(__always) package init(isSigned: Bool, bits: UInt8, ignoresRoundingMode: Bool) {
    (self.isSigned, self.bits, self.ignoresRoundingMode) = (isSigned, bits, ignoresRoundingMode)
  }

  /// From `Operation.extra`: bit 0 signed, bit 1 sixteen bits, bit 2 the rounding.
  @inline(__always) package init(field: UInt32) {
    self.init(
      isSigned: field & 1 != 0, bits: field & 2 != 0 ? 16 : 32, ignoresRoundingMode: field & 4 != 0)
  }

  var field: UInt32 { (isSigned ? 1 : 0) | (bits == 16 ? 2 : 0) | (ignoresRoundingMode ? 4 : 0) }
}
