// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Floating point on values: exact, by `SoftFloat`.
extension ValueContext {
  @inline(__always) func floatAbsolute(_ a: UInt32) -> UInt32 { a & 0x7FFF_FFFF }
  @inline(__always) func floatNegate(_ a: UInt32) -> UInt32 { a ^ 0x8000_0000 }

  @inline(__always) mutating func floatAdd(_ a: UInt32, _ b: UInt32) -> UInt32 {
    SoftFloat.add(a, b, &fpscr)
  }

  @inline(__always) mutating func floatSubtract(_ a: UInt32, _ b: UInt32) -> UInt32 {
    SoftFloat.subtract(a, b, &fpscr)
  }

  @inline(__always) mutating func floatMultiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
    SoftFloat.multiply(a, b, &fpscr)
  }

  mutating func floatDivide(_ a: UInt32, _ b: UInt32) -> UInt32 {
    SoftFloat.divide(a, b, &fpscr)
  }

  mutating func floatSquareRoot(_ a: UInt32) -> UInt32 {
    SoftFloat.squareRoot(a, &fpscr)
  }

  @inline(__always)
  mutating func floatMultiplyAdd(_ addend: UInt32, _ a: UInt32, _ b: UInt32) -> UInt32 {
    SoftFloat.fusedMultiplyAdd(addend, a, b, &fpscr)
  }

  mutating func floatCompare(_ a: UInt32, _ b: UInt32, signaling: Bool) {
    SoftFloat.compare(a, b, signalling: signaling, &fpscr)
  }

  mutating func floatToInteger(
    _ a: UInt32, _ format: IntegerFormat, fractionBits: UInt8
  ) -> UInt32 {
    let rounding = format.ignoresRoundingMode ? .towardZero : fpscr.rounding
    return SoftFloat.toFixed(
      a, fixedPoint(format, fractionBits), rounding: rounding, &fpscr)
  }

  mutating func floatFromInteger(
    _ a: UInt32, _ format: IntegerFormat, fractionBits: UInt8
  ) -> UInt32 {
    let rounding = format.ignoresRoundingMode ? .nearest : fpscr.rounding
    return SoftFloat.fromFixed(
      a, fixedPoint(format, fractionBits), rounding: rounding, &fpscr)
  }

  func fixedPoint(_ format: IntegerFormat, _ bits: UInt8) -> SoftFloat.FixedPoint {
    SoftFloat.FixedPoint(
      width: UInt32(format.bits), fractionBits: min(UInt32(bits), UInt32(format.bits)),
      isSigned: format.isSigned)
  }

  mutating func floatFromHalf(_ a: UInt32) -> UInt32 { SoftFloat.halfToSingle(a, &fpscr) }
  mutating func floatToHalf(_ a: UInt32) -> UInt32 { SoftFloat.singleToHalf(a, &fpscr) }

  @inline(__always) mutating func readFloatingPointStatus() -> UInt32 { fpscr.bits }

  @inline(__always) mutating func writeFloatingPointStatus(_ value: UInt32) {
    fpscr = FPSCR(value & FPSCR.writableMask)
  }

  @inline(__always) mutating func copyFloatingPointFlags() {
    setConditionFlags(fpscr.bits)
  }
}
