// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Saturation and parallel arithmetic.
extension ExecutionContext {
  /// SSAT, USAT: m is shifted first; `extra` is the number of bits (A7.7.152, A7.7.213).
  @inline(__always) mutating func saturate(_ o: OperationPointer, signed: Bool) {
    let n = shift(self[o.n], o.shift, o.amount)
    let result = saturate(n, bits: UInt8(truncatingIfNeeded: o.extra), signed: signed)
    self[o.d] = result.result
    saturated(ifSet: result.carry)
  }

  /// SSAT16, USAT16: both halves (A7.7.153, A7.7.214).
  @inline(__always) mutating func saturateHalves(_ o: OperationPointer, signed: Bool) {
    let n = self[o.n]
    let bits = UInt8(truncatingIfNeeded: o.extra)
    let bottom = saturate(signExtendHalf(n), bits: bits, signed: signed)
    let top = saturate(shiftRightSigned(n, 16), bits: bits, signed: signed)
    self[o.d] = or(and(bottom.result, constant(0xFFFF)), shiftLeft(top.result, 16))
    saturated(ifSet: or(bottom.carry, top.carry))
  }

  /// QADD, QDADD: m + n, with n doubled by the latter (A7.7.101, A7.7.105).
  @inline(__always) mutating func saturatingAdd(_ o: OperationPointer, doubling: Bool) {
    let n = doubling ? saturatingDouble(self[o.n]) : self[o.n]
    put(o.d, saturatingAdd(self[o.m], n))
  }

  /// QSUB, QDSUB: m - n (A7.7.108, A7.7.106).
  @inline(__always) mutating func saturatingSubtract(_ o: OperationPointer, doubling: Bool) {
    let n = doubling ? saturatingDouble(self[o.n]) : self[o.n]
    put(o.d, saturatingSubtract(self[o.m], n))
  }

  @inline(__always) private mutating func saturatingDouble(_ a: Word) -> Word {
    let doubled = saturatingAdd(a, a)
    saturated(ifSet: doubled.carry)
    return doubled.result
  }

  @inline(__always) private mutating func put(_ d: UInt8, _ result: Shifted<Word, Bit>) {
    self[d] = result.result
    saturated(ifSet: result.carry)
  }

  /// SEL: each byte from n where its GE bit is set, else from m (A7.7.130).
  @inline(__always) mutating func selectBytes(_ o: OperationPointer) {
    self[o.d] = selectBytes(greaterOrEqual, self[o.n], self[o.m])
  }

  /// USAD8, USADA8: the sum of four absolute differences (A7.7.211, A7.7.212).
  @inline(__always) mutating func absoluteDifferences(_ o: OperationPointer, _ addend: Word) {
    let (n, m) = (self[o.n], self[o.m])
    var sum = addend
    for lane in 0..<UInt8(4) {
      let difference = subtract(byte(n, lane), byte(m, lane))
      let magnitude = select(
        isNegative(difference), subtract(constant(0), difference), difference)
      sum = add(sum, magnitude)
    }
    self[o.d] = sum
  }

  @inline(__always) private func byte(_ a: Word, _ lane: UInt8) -> Word {
    and(shiftRight(a, lane &* 8), constant(0xFF))
  }
}

/// The prefix of a parallel instruction: what becomes of a lane that overflows.
enum LaneRule: UInt8, CaseIterable, Sendable {
  /// S, Q, SH, U, UQ, UH.
  case signed, saturating, halving, unsigned, unsignedSaturating, unsignedHalving

  @inline(__always) init(field: UInt8) {
    self = LaneRule(rawValue: field) ?? .signed
  }

  var isSigned: Bool { self == .signed || self == .saturating || self == .halving }
  var prefix: String { ["s", "q", "sh", "u", "uq", "uh"][Int(rawValue)] }
}

/// SADD16 … UHSUB8: thirty-six instructions, two half-word or four byte lanes under six rules.
extension ExecutionContext {
  /// ADD16, SUB16, ASX and SAX: `exchanging` crosses the halves of m.
  mutating func parallelHalves(
    _ o: OperationPointer, subtractingBottom: Bool, subtractingTop: Bool, exchanging: Bool
  ) {
    let rule = LaneRule(field: o.amount)
    let (n, m) = (self[o.n], self[o.m])
    let bottom = lane(
      half(n, 0, rule), half(m, exchanging ? 16 : 0, rule), 16, rule, subtractingBottom)
    let top = lane(half(n, 16, rule), half(m, exchanging ? 0 : 16, rule), 16, rule, subtractingTop)
    self[o.d] = or(bottom.result, shiftLeft(top.result, 16))
    guard rule == .signed || rule == .unsigned else { return }
    greaterOrEqual = or(
      select(bottom.carry, constant(3), constant(0)), select(top.carry, constant(12), constant(0)))
  }

  /// ADD8, SUB8.
  mutating func parallelBytes(_ o: OperationPointer, subtracting: Bool) {
    let rule = LaneRule(field: o.amount)
    let (n, m) = (self[o.n], self[o.m])
    var (result, lanes) = (constant(0), constant(0))
    for index in 0..<UInt8(4) {
      let (a, b) = (byte(n, index, rule), byte(m, index, rule))
      let part = lane(a, b, 8, rule, subtracting)
      result = or(result, shiftLeft(part.result, index &* 8))
      lanes = or(lanes, select(part.carry, constant(1 &<< UInt32(index)), constant(0)))
    }
    self[o.d] = result
    if rule == .signed || rule == .unsigned { greaterOrEqual = lanes }
  }

  /// One lane's result, and its GE bit.
  private func lane(
    _ a: Word, _ b: Word, _ bits: UInt8, _ rule: LaneRule, _ subtracting: Bool
  ) -> Shifted<Word, Bit> {
    let wide = subtracting ? subtract(a, b) : add(a, b)
    let isSum = rule == .unsigned && !subtracting
    let carry = isSum ? not(isZero(shiftRight(wide, bits))) : not(isNegative(wide))
    let result =
      switch rule {
      case .signed, .unsigned: wide
      case .halving, .unsignedHalving: shiftRightSigned(wide, 1)
      case .saturating: saturate(wide, bits: bits, signed: true).result
      case .unsignedSaturating: saturate(wide, bits: bits, signed: false).result
      }
    return Shifted(result: and(result, constant(1 &<< UInt32(bits) &- 1)), carry: carry)
  }

  private func half(_ a: Word, _ lowestBit: UInt8, _ rule: LaneRule) -> Word {
    let shifted = shiftRight(a, lowestBit)
    return rule.isSigned ? signExtendHalf(shifted) : and(shifted, constant(0xFFFF))
  }

  private func byte(_ a: Word, _ lane: UInt8, _ rule: LaneRule) -> Word {
    rule.isSigned ? signExtendByte(shiftRight(a, lane &* 8)) : byte(a, lane)
  }
}
