// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// FPv4-SP: `d`, `n`, `m` number single registers (ARMv7-M ARM, A7.7.225 ff.).
extension ExecutionContext {
  @inline(__always) mutating func floatAdd(_ o: OperationPointer) {
    self[single: o.d] = floatAdd(self[single: o.n], self[single: o.m])
  }

  @inline(__always) mutating func floatSubtract(_ o: OperationPointer) {
    self[single: o.d] = floatSubtract(self[single: o.n], self[single: o.m])
  }

  @inline(__always) mutating func floatMultiply(_ o: OperationPointer, negating: Bool = false) {
    let product = floatMultiply(self[single: o.n], self[single: o.m])
    self[single: o.d] = negating ? floatNegate(product) : product
  }

  @inline(__always) mutating func floatDivide(_ o: OperationPointer) {
    self[single: o.d] = floatDivide(self[single: o.n], self[single: o.m])
  }

  /// VMLA, VMLS, VNMLA, VNMLS: rounded twice. The first two add ±product to d, the others to -d.
  @inline(__always)
  mutating func floatMultiplyThenAdd(
    _ o: OperationPointer, negatingAddend: Bool, negatingProduct: Bool
  ) {
    let product = floatMultiply(self[single: o.n], self[single: o.m])
    let addend = self[single: o.d]
    self[single: o.d] = floatAdd(
      negatingAddend ? floatNegate(addend) : addend,
      negatingProduct ? floatNegate(product) : product)
  }

  /// VFMA, VFMS, VFNMA, VFNMS: rounded once.
  @inline(__always)
  mutating func floatFused(
    _ o: OperationPointer, negatingAddend: Bool, negatingProduct: Bool
  ) {
    let (n, addend) = (self[single: o.n], self[single: o.d])
    self[single: o.d] = floatMultiplyAdd(
      negatingAddend ? floatNegate(addend) : addend, negatingProduct ? floatNegate(n) : n,
      self[single: o.m])
  }

  @inline(__always) mutating func floatToInteger(_ o: OperationPointer) {
    self[single: o.d] = floatToInteger(
      self[single: o.m], IntegerFormat(field: o.extra), fractionBits: o.amount)
  }

  @inline(__always) mutating func floatFromInteger(_ o: OperationPointer) {
    self[single: o.d] = floatFromInteger(
      self[single: o.m], IntegerFormat(field: o.extra), fractionBits: o.amount)
  }

  /// VCVTB, VCVTT to single.
  mutating func floatFromHalf(_ o: OperationPointer, _ half: Half) {
    let m = self[single: o.m]
    self[single: o.d] = floatFromHalf(
      half == .top ? shiftRight(m, 16) : and(m, constant(0xFFFF)))
  }

  /// VCVTB, VCVTT to half: the other half of d stays.
  mutating func floatToHalf(_ o: OperationPointer, _ half: Half) {
    let value = and(floatToHalf(self[single: o.m]), constant(0xFFFF))
    let d = self[single: o.d]
    self[single: o.d] =
      switch half {
      case .bottom: or(and(d, constant(0xFFFF_0000)), value)
      case .top: or(and(d, constant(0xFFFF)), shiftLeft(value, 16))
      }
  }

  @inline(__always) mutating func floatLoad(_ o: OperationPointer, at address: Word) {
    self[single: o.d] = load(.alignedWord, at: address)
  }

  @inline(__always) mutating func floatStore(_ o: OperationPointer) {
    store(.alignedWord, self[single: o.d], at: offset(o))
  }

  @inline(__always) mutating func floatLoadDouble(_ o: OperationPointer, at address: Word) {
    let first = load(.alignedWord, at: address)
    let second = load(.alignedWord, at: add(address, constant(4)))
    self[single: o.d] = first
    self[single: o.d &+ 1] = second
  }

  @inline(__always) mutating func floatStoreDouble(_ o: OperationPointer) {
    let address = offset(o)
    store(.alignedWord, self[single: o.d], at: address)
    store(.alignedWord, self[single: o.d &+ 1], at: add(address, constant(4)))
  }

  /// VLDM, VPOP.
  @inline(__always)
  mutating func floatLoadMultiple(_ o: OperationPointer, writesBack: Bool) {
    let base = self[o.n]
    let count = UInt8(truncatingIfNeeded: o.immediate)
    loadSingles(from: o.d, count: count, at: add(base, constant(o.extra)))
    if writesBack { self[o.n] = add(base, constant(o.writeBack)) }
  }

  /// VSTM, VPUSH.
  @inline(__always)
  mutating func floatStoreMultiple(_ o: OperationPointer, writesBack: Bool) {
    let base = self[o.n]
    let count = UInt8(truncatingIfNeeded: o.immediate)
    storeSingles(from: o.d, count: count, at: add(base, constant(o.extra)))
    if writesBack { self[o.n] = add(base, constant(o.writeBack)) }
  }

  /// VMOV of two core registers, d and a, and two consecutive singles from m.
  mutating func movePairToCore(_ o: OperationPointer) {
    self[o.d] = self[single: o.m]
    self[o.a] = self[single: o.m &+ 1]
  }

  mutating func movePairFromCore(_ o: OperationPointer) {
    self[single: o.m] = self[o.d]
    self[single: o.m &+ 1] = self[o.a]
  }
}
