// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The flexible second operand, and the carry that comes with it: nil where C stays as it is.
struct Operand<Word, Bit> {
  var value: Word
  var carry: Bit?

  @inline(__always) init(value: Word, carry: Bit? = nil) {
    (self.value, self.carry) = (value, carry)
  }
}

extension ExecutionContext {
  @inline(__always) func register(_ o: OperationPointer) -> Operand<Word, Bit> {
    Operand(value: self[o.m])
  }

  @inline(__always) func immediate(_ o: OperationPointer) -> Operand<Word, Bit> {
    Operand(value: constant(o.immediate))
  }

  /// A constant that ThumbExpandImm_C() had to rotate: C becomes its bit 31 (A5.3.2).
  @inline(__always) func rotated(_ o: OperationPointer) -> Operand<Word, Bit> {
    Operand(value: constant(o.immediate), carry: bit(o.immediate &>> 31 != 0))
  }

  @inline(__always) func left(_ o: OperationPointer) -> Operand<Word, Bit> {
    Operand(value: shiftLeft(self[o.m], o.amount))
  }

  @inline(__always) func shifted(_ o: OperationPointer) -> Operand<Word, Bit> {
    let shifted = shiftWithCarry(self[o.m], o.shift, o.amount)
    return Operand(value: shifted.result, carry: shifted.carry)
  }

  /// LSL, LSR, ASR, ROR by a register: n by the low byte of m.
  @inline(__always)
  func shiftedByRegister(_ o: OperationPointer, _ kind: ShiftKind) -> Operand<Word, Bit> {
    Operand(value: shift(self[o.n], kind, by: self[o.m]))
  }

  /// The same with the last bit shifted out, which is the old C when nothing is shifted.
  @inline(__always)
  func shiftedByRegisterWithCarry(
    _ o: OperationPointer, _ kind: ShiftKind
  ) -> Operand<Word, Bit> {
    let shifted = shiftWithCarry(self[o.n], kind, by: self[o.m])
    return Operand(value: shifted.result, carry: shifted.carry)
  }

  /// LSL, LSR, ASR, ROR by a constant: m by `amount`.
  @inline(__always)
  func shifted(_ o: OperationPointer, _ kind: ShiftKind) -> Operand<Word, Bit> {
    let shifted = shiftWithCarry(self[o.m], kind, o.amount)
    return Operand(value: shifted.result, carry: shifted.carry)
  }
}

/// Logical operations: N and Z from the result, C from the operand, V unchanged.
extension ExecutionContext {
  typealias Source = Operand<Word, Bit>

  /// AND (A7.7.8, A7.7.9).
  @inline(__always)
  mutating func and(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, and(self[o.n], b.value), b.carry, setsFlags)
  }

  /// BIC (A7.7.15, A7.7.16).
  @inline(__always)
  mutating func bitClear(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, and(self[o.n], not(b.value)), b.carry, setsFlags)
  }

  /// ORR (A7.7.91, A7.7.92).
  @inline(__always)
  mutating func or(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, or(self[o.n], b.value), b.carry, setsFlags)
  }

  /// ORN (A7.7.89, A7.7.90).
  @inline(__always)
  mutating func orNot(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, or(self[o.n], not(b.value)), b.carry, setsFlags)
  }

  /// EOR (A7.7.35, A7.7.36).
  @inline(__always)
  mutating func exclusiveOr(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, exclusiveOr(self[o.n], b.value), b.carry, setsFlags)
  }

  /// MOV (A7.7.76, A7.7.77) and the shifts, which are moves of a shifted operand.
  @inline(__always)
  mutating func move(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, b.value, b.carry, setsFlags)
  }

  /// MVN (A7.7.85, A7.7.86).
  @inline(__always)
  mutating func moveNot(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, not(b.value), b.carry, setsFlags)
  }

  /// MOVT (A7.7.79): the low half stays.
  @inline(__always) mutating func moveTop(_ o: OperationPointer) {
    self[o.d] = or(and(self[o.d], constant(0xFFFF)), constant(o.immediate &<< 16))
  }

  /// TST (A7.7.188, A7.7.189).
  @inline(__always) mutating func test(_ o: OperationPointer, _ b: Source) {
    setFlags(and(self[o.n], b.value), b.carry)
  }

  /// TEQ (A7.7.186, A7.7.187).
  @inline(__always) mutating func testEquivalence(_ o: OperationPointer, _ b: Source) {
    setFlags(exclusiveOr(self[o.n], b.value), b.carry)
  }

  @inline(__always)
  private mutating func put(_ d: UInt8, _ result: Word, _ carry: Bit?, _ setsFlags: Bool) {
    self[d] = result
    if setsFlags { setFlags(result, carry) }
  }

  @inline(__always) private mutating func setFlags(_ result: Word, _ carry: Bit?) {
    if let carry { setNZC(result, carry: carry) } else { setNZ(result) }
  }
}
