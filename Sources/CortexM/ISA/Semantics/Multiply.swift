// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which 16 bits of a register a signed multiplication takes.
enum Half: Sendable { case bottom, top }

/// Multiplication and division.
extension ExecutionContext {
  /// MUL (A7.7.84); MULS of 16 bits sets N and Z.
  @inline(__always) mutating func multiply(_ o: OperationPointer, setsFlags: Bool = false) {
    let product = multiply(self[o.n], self[o.m])
    self[o.d] = product
    if setsFlags { setNZ(product) }
  }

  /// MLA (A7.7.74).
  @inline(__always) mutating func multiplyAdd(_ o: OperationPointer) {
    self[o.d] = add(self[o.a], multiply(self[o.n], self[o.m]))
  }

  /// MLS (A7.7.75).
  @inline(__always) mutating func multiplySubtract(_ o: OperationPointer) {
    self[o.d] = subtract(self[o.a], multiply(self[o.n], self[o.m]))
  }

  @inline(__always) func half(_ a: Word, _ half: Half) -> Word {
    switch half {
    case .bottom: signExtendHalf(a)
    case .top: shiftRightSigned(a, 16)
    }
  }

  /// SMULBB … SMULTT (A7.7.147).
  @inline(__always)
  mutating func multiplyHalves(_ o: OperationPointer, _ n: Half, _ m: Half) {
    self[o.d] = multiply(half(self[o.n], n), half(self[o.m], m))
  }

  /// SMLABB … SMLATT (A7.7.137): Q when the sum overflows, never saturated.
  @inline(__always)
  mutating func multiplyHalvesAdd(_ o: OperationPointer, _ n: Half, _ m: Half) {
    let product = multiply(half(self[o.n], n), half(self[o.m], m))
    put(o.d, add(long(signed: self[o.a]), long(signed: product)))
  }

  /// SMULWB, SMULWT (A7.7.149): the upper 32 of 48 bits.
  @inline(__always) mutating func multiplyWordByHalf(_ o: OperationPointer, _ m: Half) {
    self[o.d] = middle(multiply(long(signed: self[o.n]), long(signed: half(self[o.m], m))))
  }

  /// SMLAWB, SMLAWT (A7.7.141).
  @inline(__always) mutating func multiplyWordByHalfAdd(_ o: OperationPointer, _ m: Half) {
    let product = middle(multiply(long(signed: self[o.n]), long(signed: half(self[o.m], m))))
    put(o.d, add(long(signed: self[o.a]), long(signed: product)))
  }

  /// SMUAD, SMUSD and their X forms (A7.7.146, A7.7.150); SMUAD alone can overflow.
  @inline(__always)
  mutating func dualMultiply(_ o: OperationPointer, subtracting: Bool, exchanging: Bool) {
    put(o.d, dualProduct(o, subtracting, exchanging))
  }

  /// SMLAD, SMLSD and their X forms (A7.7.138, A7.7.142).
  @inline(__always)
  mutating func dualMultiplyAdd(_ o: OperationPointer, subtracting: Bool, exchanging: Bool) {
    put(o.d, add(dualProduct(o, subtracting, exchanging), long(signed: self[o.a])))
  }

  /// SMLALD, SMLSLD and their X forms (A7.7.140, A7.7.143).
  @inline(__always)
  mutating func dualMultiplyAddLong(
    _ o: OperationPointer, subtracting: Bool, exchanging: Bool
  ) {
    let sum = add(long(low: self[o.d], high: self[o.a]), dualProduct(o, subtracting, exchanging))
    putLong(o, sum)
  }

  /// Bottom by bottom plus or minus top by top, the halves of m exchanged by the X forms.
  @inline(__always)
  private func dualProduct(
    _ o: OperationPointer, _ subtracting: Bool, _ exchanging: Bool
  ) -> Long {
    let m = exchanging ? rotateRight(self[o.m], 16) : self[o.m]
    return dualProduct(self[o.n], m, subtracting: subtracting)
  }

  /// SMLALBB … SMLALTT (A7.7.139).
  @inline(__always)
  mutating func multiplyHalvesAddLong(_ o: OperationPointer, _ n: Half, _ m: Half) {
    let product = multiply(half(self[o.n], n), half(self[o.m], m))
    putLong(o, add(long(low: self[o.d], high: self[o.a]), long(signed: product)))
  }

  /// SMMUL, SMMLA, SMMLS (A7.7.144, A7.7.145, A7.7.146): the upper word of a 64-bit result, the R
  /// forms rounding it.
  @inline(__always)
  mutating func multiplyHigh(_ o: OperationPointer, _ sign: HighProduct, rounding: Bool) {
    let product = multiply(long(signed: self[o.n]), long(signed: self[o.m]))
    let sum =
      switch sign {
      case .alone: product
      case .added: add(long(low: constant(0), high: self[o.a]), product)
      case .subtracted: subtract(long(low: constant(0), high: self[o.a]), product)
      }
    self[o.d] = high(rounding ? add(sum, long(unsigned: constant(0x8000_0000))) : sum)
  }

  /// UMULL, SMULL (A7.7.204, A7.7.149): d is the low, a the high word.
  @inline(__always) mutating func multiplyLong(_ o: OperationPointer, signed: Bool) {
    putLong(o, longProduct(o, signed))
  }

  /// UMLAL, SMLAL (A7.7.203, A7.7.138).
  @inline(__always) mutating func multiplyAddLong(_ o: OperationPointer, signed: Bool) {
    putLong(o, add(long(low: self[o.d], high: self[o.a]), longProduct(o, signed)))
  }

  /// UMAAL (A7.7.202): n × m + a + d.
  @inline(__always) mutating func multiplyAddTwice(_ o: OperationPointer) {
    let sum = add(long(unsigned: self[o.d]), long(unsigned: self[o.a]))
    putLong(o, add(longProduct(o, false), sum))
  }

  @inline(__always) private func longProduct(_ o: OperationPointer, _ signed: Bool) -> Long {
    signed
      ? multiply(long(signed: self[o.n]), long(signed: self[o.m]))
      : multiply(long(unsigned: self[o.n]), long(unsigned: self[o.m]))
  }

  @inline(__always) private mutating func putLong(_ o: OperationPointer, _ value: Long) {
    self[o.d] = low(value)
    self[o.a] = high(value)
  }

  /// Keeps the low word; Q when that is not the whole value.
  @inline(__always) private mutating func put(_ d: UInt8, _ value: Long) {
    self[d] = low(value)
    saturated(ifSet: exceedsWord(value))
  }

  /// UDIV, SDIV (A7.7.195, A7.7.129).
  @inline(__always) mutating func divide(_ o: OperationPointer, signed: Bool) {
    let (n, m) = (self[o.n], self[o.m])
    trapDivide(ifZero: isZero(m))
    self[o.d] = divide(n, by: m, signed: signed)
    spend(divideCycles(signed ? magnitude(n) : n, signed ? magnitude(m) : m))
  }

  /// Cycles beyond 2. The TRM says 2 to 12 "depending on the number of leading ones and zeros in
  /// the input operands": none for a quotient that is 0 by the operands' lengths, else 2 + ⌈b / 4⌉
  /// for a quotient of b bits or b - 1.
  @inline(__always) private func divideCycles(_ n: Word, _ m: Word) -> Word {
    let bits = subtract(countLeadingZeros(m), countLeadingZeros(n))
    let steps = add(shiftRight(add(bits, constant(4)), 2), constant(2))
    return select(or(isZero(m), isNegative(bits)), constant(0), steps)
  }

  @inline(__always) private func magnitude(_ a: Word) -> Word {
    select(isNegative(a), subtract(constant(0), a), a)
  }
}

/// How SMMUL, SMMLA and SMMLS use their product.
enum HighProduct: Sendable { case alone, added, subtracted }
