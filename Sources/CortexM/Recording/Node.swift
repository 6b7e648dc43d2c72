// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One value or one effect of a recorded instruction. `a`, `b` and `c` are earlier nodes.
///
/// Values are those at the beginning of the instruction: `register` never sees what a
/// `setRegister` of the same instruction writes. So effects on registers and flags can all be
/// carried out at the end, when nothing can make the instruction stop any more.
package struct Node: Equatable, Sendable {
  package var kind: NodeKind
  /// Register number, access width, bit count, condition or another small constant.
  package var index: UInt8 = 0
  /// How often the nodes that take effect refer to this one, up to 255; 0 is dead.
  package var uses: UInt8 = 0
  package var a: UInt16 = 0
  package var b: UInt16 = 0
  package var c: UInt16 = 0
  package var immediate: UInt32 = 0

  package init(
    _ kind: NodeKind, index: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0,
    immediate: UInt32 = 0
  ) {
    (self.kind, self.index, self.immediate) = (kind, index, immediate)
    (self.a, self.b, self.c) = (a, b, c)
  }
}

/// What a node computes or does: the vocabulary of `ExecutionContext`, with composed expressions
/// resolved and constants folded.
package enum NodeKind: UInt8, CaseIterable, Sendable {
  // Words.
  /// `immediate`.
  case constant
  /// r0–r14, by `index`.
  case register
  /// s0–s31, by `index`.
  case single
  case greaterOrEqual
  case add, subtract, multiply, and, or, exclusiveOr, not
  /// a by `index`, 1 to 31.
  case shiftLeft, shiftRight, shiftRightSigned, rotateRight
  /// C and the upper 31 bits of a.
  case rotateExtended
  /// a by the low byte of b; `index` is the raw value of a `ShiftKind`.
  case shiftByRegister
  case signExtendByte, signExtendHalf
  /// Bytes 0 and 2, sign-extended to half words.
  case signExtendBytePair
  case countLeadingZeros, reverseBits, reverseBytes
  /// Bits 0 to 3 of a choose the byte from b (1) or c (0).
  case selectBytes
  /// The bit a chooses b or c.
  case select
  /// a in `index` bits.
  case saturateSigned, saturateUnsigned
  case saturatingAdd, saturatingSubtract
  /// a by b; 0 for a zero divisor, which a `trapDivide` before it has seen.
  case divideSigned, divideUnsigned
  /// a - b, and a + b + the bit c: words from which `sumCarry` and `sumOverflow` can be asked.
  case difference, addWithCarry
  /// Of the long a: bits 31…0, 63…32, 47…16.
  case low, high, middle
  /// From the address a; `index` is the raw value of an `AccessWidth`. Also an effect: it may stop
  /// the instruction, and must happen even where nothing uses it.
  case load

  // Bits.
  /// `immediate`, 0 or 1.
  case bit
  case negative, zero, carry, overflow
  /// Of the `difference` or `addWithCarry` a; the carry of a difference is "no borrow".
  case sumCarry, sumOverflow
  /// Bit `index` of the word a.
  case testBit
  /// The bit that `shiftByRegister` of a by b in kind `index` shifts out, C where it shifts by 0.
  case shiftByRegisterCarry
  case isZero, isNegative
  case bitNot, bitAnd, bitOr, bitExclusiveOr
  /// The long a is not its low word sign-extended.
  case exceedsWord
  /// The saturating node a changed its operand or overflowed.
  case hasSaturated
  /// ConditionPassed() of `index`.
  case condition

  // Longs.
  case longSigned, longUnsigned
  /// a is the low, b the high word.
  case longPair
  case longMultiply, longAdd, longSubtract
  /// a by `index`.
  case longShiftLeft
  /// Bottom by bottom half plus (`dualProduct`) or minus top by top half, all signed.
  case dualProduct, dualDifference

  // Floating point, words in and out; they change FPSCR's cumulative bits.
  case floatAbsolute, floatNegate
  case floatAdd, floatSubtract, floatMultiply, floatDivide, floatSquareRoot
  /// a + b × c, rounded once.
  case floatMultiplyAdd
  /// `index` is an `IntegerFormat.field`, `immediate` the number of fraction bits.
  case floatToInteger, floatFromInteger

  // Effects.
  /// Register `index` becomes a; bits 1 and 0 of r13 are dropped, and its lowest value is noted.
  case setRegister, setSingle
  case setNZ
  /// N and Z of the word a, C the bit b.
  case setNZC
  /// All four of the sum a.
  case setNZCV
  /// Q becomes set where the bit a is.
  case setSaturated
  case setGreaterOrEqual
  /// FPSCR's NZCV from comparing a and b; `index` is not 0 where a quiet NaN is invalid.
  case floatCompare
  /// NZCV from FPSCR's.
  case copyFloatingPointFlags
  /// a to the address b; `index` as for `load`.
  case store
  /// r0–r14 of the list `immediate`, ascending from the address a, all words aligned. The node of
  /// `loadMultiple` is the word for r15, the last, where bit 15 is set.
  case loadMultiple, storeMultiple
  /// `immediate` single registers from s`index`.
  case loadSingles, storeSingles
  /// To the word a, bit 0 ignored.
  case branch
  /// To the word b where the bit a is set.
  case branchIf
  /// BXWritePC, BLXWritePC of the word a.
  case branchExchange, branchLinkExchange
  /// A divisor of zero where the bit a is set.
  case trapDivide
  /// The word a in cycles.
  case spend
  /// Whatever cannot be recorded: the interpreter has to run this instruction.
  case leave
}

extension NodeKind {
  /// Whether the node matters even where no other refers to it.
  package var isEffect: Bool { self == .load || rawValue >= NodeKind.setRegister.rawValue }
}
