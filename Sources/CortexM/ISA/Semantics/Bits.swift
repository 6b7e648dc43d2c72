// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Bit fields, extension, byte order.
extension ExecutionContext {
  /// BFI, BFC (A7.7.14, A7.7.13): `extra` is the mask of the field in d, `amount` its lowest bit.
  @inline(__always) mutating func insertBits(_ o: OperationPointer, _ value: Word) {
    let field = and(shiftLeft(value, o.amount), constant(o.extra))
    self[o.d] = or(and(self[o.d], constant(~o.extra)), field)
  }

  /// UBFX (A7.7.193): `amount` is the lowest bit, `extra` the mask of the width.
  @inline(__always) mutating func extractBits(_ o: OperationPointer) {
    self[o.d] = and(shiftRight(self[o.n], o.amount), constant(o.extra))
  }

  /// SBFX (A7.7.126): `amount` brings the highest bit to bit 31, `a` brings it back.
  @inline(__always) mutating func extractSignedBits(_ o: OperationPointer) {
    self[o.d] = shiftRightSigned(shiftLeft(self[o.n], o.amount), o.a)
  }

  /// SXTB … UXTH: an extension of m rotated right by `amount` (A7.7.182 ff.).
  @inline(__always)
  mutating func extend(_ o: OperationPointer, _ extension: Extension) {
    self[o.d] = extended(rotateRight(self[o.m], o.amount), `extension`)
  }

  /// SXTAB … UXTAH: the same, added to n.
  @inline(__always)
  mutating func extendAndAdd(_ o: OperationPointer, _ extension: Extension) {
    let addend = extended(rotateRight(self[o.m], o.amount), `extension`)
    self[o.d] = add(self[o.n], addend)
  }

  /// SXTAB16, UXTAB16: two 16-bit sums that do not carry into each other.
  @inline(__always)
  mutating func extendPairAndAdd(_ o: OperationPointer, _ extension: Extension) {
    let addend = extended(rotateRight(self[o.m], o.amount), `extension`)
    let n = self[o.n]
    let top = add(shiftRight(n, 16), shiftRight(addend, 16))
    self[o.d] = or(and(add(n, addend), constant(0xFFFF)), shiftLeft(top, 16))
  }

  @inline(__always) private func extended(_ a: Word, _ extension: Extension) -> Word {
    switch `extension` {
    case .signedByte: signExtendByte(a)
    case .signedHalf: signExtendHalf(a)
    case .byte: and(a, constant(0xFF))
    case .half: and(a, constant(0xFFFF))
    case .bytePair: and(a, constant(0x00FF_00FF))
    case .signedBytePair: signExtendBytePair(a)
    }
  }

  /// PKHBT: the lower half of n, the upper of the shifted m (A7.7.93).
  @inline(__always) mutating func packBottomTop(_ o: OperationPointer) {
    let m = shift(self[o.m], o.shift, o.amount)
    self[o.d] = or(and(self[o.n], constant(0xFFFF)), and(m, constant(0xFFFF_0000)))
  }

  /// PKHTB: the upper half of n, the lower of the shifted m.
  @inline(__always) mutating func packTopBottom(_ o: OperationPointer) {
    let m = shift(self[o.m], o.shift, o.amount)
    self[o.d] = or(and(self[o.n], constant(0xFFFF_0000)), and(m, constant(0xFFFF)))
  }

  /// REV16: the bytes of each half change places (A7.7.114).
  @inline(__always) mutating func reverseBytesInHalves(_ o: OperationPointer) {
    self[o.d] = rotateRight(reverseBytes(self[o.m]), 16)
  }

  /// REVSH: the lower half's bytes change places, then its sign is extended (A7.7.115).
  @inline(__always) mutating func reverseSignedHalf(_ o: OperationPointer) {
    self[o.d] = shiftRightSigned(reverseBytes(self[o.m]), 16)
  }
}

/// What an extension keeps of a word.
enum Extension: Sendable {
  case signedByte, signedHalf, byte, half, signedBytePair, bytePair
}
