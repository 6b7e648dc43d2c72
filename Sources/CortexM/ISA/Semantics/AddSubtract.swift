// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Sums and differences: all four flags from AddWithCarry() (A2.2.1).
extension ExecutionContext {
  /// ADD (A7.7.3 to A7.7.6).
  @inline(__always)
  mutating func add(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    if setsFlags {
      put(o.d, add(self[o.n], b.value, carry: bit(false)))
    } else {
      self[o.d] = add(self[o.n], b.value)
    }
  }

  /// ADC (A7.7.1, A7.7.2).
  @inline(__always)
  mutating func addWithCarry(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    put(o.d, add(self[o.n], b.value, carry: carry), setsFlags)
  }

  /// SBC (A7.7.124, A7.7.125).
  @inline(__always)
  mutating func subtractWithCarry(
    _ o: OperationPointer, _ b: Source, setsFlags: Bool = false
  ) {
    put(o.d, add(self[o.n], not(b.value), carry: carry), setsFlags)
  }

  /// SUB (A7.7.174 to A7.7.177).
  @inline(__always)
  mutating func subtract(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    if setsFlags {
      put(o.d, difference(self[o.n], b.value))
    } else {
      self[o.d] = subtract(self[o.n], b.value)
    }
  }

  /// RSB (A7.7.119, A7.7.120).
  @inline(__always)
  mutating func reverseSubtract(_ o: OperationPointer, _ b: Source, setsFlags: Bool = false) {
    if setsFlags {
      put(o.d, difference(b.value, self[o.n]))
    } else {
      self[o.d] = subtract(b.value, self[o.n])
    }
  }

  /// CMP (A7.7.27, A7.7.28).
  @inline(__always) mutating func compare(_ o: OperationPointer, _ b: Source) {
    setNZCV(difference(self[o.n], b.value))
  }

  /// CMN (A7.7.25, A7.7.26).
  @inline(__always) mutating func compareNegative(_ o: OperationPointer, _ b: Source) {
    setNZCV(add(self[o.n], b.value, carry: bit(false)))
  }

  /// ADR (A7.7.7).
  @inline(__always) mutating func address(_ o: OperationPointer) {
    self[o.d] = constant(o.alignedProgramCounter &+ o.immediate)
  }

  @inline(__always)
  private mutating func put(_ d: UInt8, _ sum: Sum<Word, Bit>, _ setsFlags: Bool = true) {
    self[d] = sum.result
    if setsFlags { setNZCV(sum) }
  }
}
