// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// FPv5: doubles are pairs of single registers, the lower word first.
extension ExecutionContext {
  subscript(double register: UInt8) -> Long {
    get { long(low: self[single: register], high: self[single: register &+ 1]) }
    set {
      self[single: register] = low(newValue)
      self[single: register &+ 1] = high(newValue)
    }
  }

  /// The operations that `executeUncommon` leaves.
  @inline(never) mutating func executeFPv5(_ o: OperationPointer) {
    switch o.opcode {
    case .vsel: selectFloat(o)
    case .vmaxnm: self[single: o.d] = number(o, larger: true)
    case .vminnm: self[single: o.d] = number(o, larger: false)
    case .vrint: self[single: o.d] = floatRound(self[single: o.m], rounding(o))
    case .vcvtDirected:
      self[single: o.d] = floatToInteger(
        self[single: o.m], isSigned: IntegerFormat(field: o.extra).isSigned, rounding(o))
    case .vcvtDoubleDirected:
      self[single: o.d] = doubleToInteger(
        self[double: o.m], isSigned: IntegerFormat(field: o.extra).isSigned, rounding(o))
    case .vcvtDoubleToInteger: self[single: o.d] = toInteger(o)
    case .vcvtDoubleFromInteger:
      self[double: o.d] = doubleFromInteger(
        self[single: o.m], IntegerFormat(field: o.extra), fractionBits: o.amount)
    case .vcvtDoubleToFixed:
      let isSigned = IntegerFormat(field: o.extra).isSigned
      let number = toInteger(o)
      self[double: o.d] = isSigned ? long(signed: number) : long(unsigned: number)
    case .vcvtDoubleToSingle: self[single: o.d] = doubleToSingle(self[double: o.m])
    case .vcvtSingleToDouble: self[double: o.d] = doubleFromSingle(self[single: o.m])
    case .vcvtHalfToDouble:
      let m = self[single: o.m]
      self[double: o.d] = doubleFromHalf(
        o.amount != 0 ? shiftRight(m, 16) : and(m, constant(0xFFFF)))
    case .vcvtDoubleToHalf: doubleToHalf(o)
    default: executeDouble(o)
    }
  }

  private mutating func executeDouble(_ o: OperationPointer) {
    switch o.opcode {
    case .vaddDouble: double(o, .add)
    case .vsubDouble: double(o, .subtract)
    case .vmulDouble: double(o, .multiply)
    case .vdivDouble: double(o, .divide)
    case .vmaxnmDouble: double(o, .larger)
    case .vminnmDouble: double(o, .smaller)
    case .vnmulDouble:
      self[double: o.d] = negated(double(.multiply, self[double: o.n], self[double: o.m]))
    case .vmlaDouble: multiplyThenAdd(o, negatingAddend: false, negatingProduct: false)
    case .vmlsDouble: multiplyThenAdd(o, negatingAddend: false, negatingProduct: true)
    case .vnmlaDouble: multiplyThenAdd(o, negatingAddend: true, negatingProduct: true)
    case .vnmlsDouble: multiplyThenAdd(o, negatingAddend: true, negatingProduct: false)
    case .vfmaDouble: fused(o, negatingAddend: false, negatingProduct: false)
    case .vfmsDouble: fused(o, negatingAddend: false, negatingProduct: true)
    case .vfnmaDouble: fused(o, negatingAddend: true, negatingProduct: true)
    case .vfnmsDouble: fused(o, negatingAddend: true, negatingProduct: false)
    case .vsqrtDouble: self[double: o.d] = doubleSquareRoot(self[double: o.m])
    case .vrintDouble: self[double: o.d] = doubleRound(self[double: o.m], rounding(o))
    case .vcmpDouble:
      doubleCompare(self[double: o.d], self[double: o.m], signaling: o.amount != 0)
    case .vcmpZeroDouble:
      doubleCompare(
        self[double: o.d], long(unsigned: constant(0)), signaling: o.amount != 0)
    case .vselDouble:
      let condition = holds(o.amount)
      for word: UInt8 in 0..<2 {
        self[single: o.d &+ word] = select(
          condition, self[single: o.n &+ word], self[single: o.m &+ word])
      }
    case .vabsDouble: moveDouble(o, high: floatAbsolute(self[single: o.m &+ 1]))
    case .vnegDouble: moveDouble(o, high: floatNegate(self[single: o.m &+ 1]))
    case .vmovDouble: moveDouble(o, high: self[single: o.m &+ 1])
    case .vmovImmediateDouble:
      self[single: o.d] = constant(0)
      self[single: o.d &+ 1] = constant(o.immediate)
    default: break
    }
  }
}

extension ExecutionContext {
  private func rounding(_ o: OperationPointer) -> IntegralRounding {
    IntegralRounding(rawValue: o.amount) ?? .current
  }

  /// VSEL.
  private mutating func selectFloat(_ o: OperationPointer) {
    self[single: o.d] = select(holds(o.amount), self[single: o.n], self[single: o.m])
  }

  private mutating func number(_ o: OperationPointer, larger: Bool) -> Word {
    floatNumber(self[single: o.n], self[single: o.m], larger: larger)
  }

  private mutating func toInteger(_ o: OperationPointer) -> Word {
    doubleToInteger(self[double: o.m], IntegerFormat(field: o.extra), fractionBits: o.amount)
  }

  /// VCVTB, VCVTT to half: the other half of d stays.
  private mutating func doubleToHalf(_ o: OperationPointer) {
    let value = and(doubleToHalf(self[double: o.m]), constant(0xFFFF))
    let d = self[single: o.d]
    self[single: o.d] =
      o.amount == 0
      ? or(and(d, constant(0xFFFF_0000)), value)
      : or(and(d, constant(0xFFFF)), shiftLeft(value, 16))
  }

  private mutating func double(_ o: OperationPointer, _ operation: DoubleOperation) {
    self[double: o.d] = double(operation, self[double: o.n], self[double: o.m])
  }

  private func negated(_ a: Long) -> Long { long(low: low(a), high: floatNegate(high(a))) }

  /// VMLA, VMLS, VNMLA, VNMLS: rounded twice.
  private mutating func multiplyThenAdd(
    _ o: OperationPointer, negatingAddend: Bool, negatingProduct: Bool
  ) {
    let product = double(.multiply, self[double: o.n], self[double: o.m])
    let addend = self[double: o.d]
    self[double: o.d] = double(
      .add, negatingAddend ? negated(addend) : addend,
      negatingProduct ? negated(product) : product)
  }

  /// VFMA, VFMS, VFNMA, VFNMS: rounded once.
  private mutating func fused(
    _ o: OperationPointer, negatingAddend: Bool, negatingProduct: Bool
  ) {
    let (n, addend) = (self[double: o.n], self[double: o.d])
    self[double: o.d] = doubleMultiplyAdd(
      negatingAddend ? negated(addend) : addend, negatingProduct ? negated(n) : n,
      self[double: o.m])
  }

  /// The lower word as it is.
  private mutating func moveDouble(_ o: OperationPointer, high: Word) {
    self[single: o.d] = self[single: o.m]
    self[single: o.d &+ 1] = high
  }
}
