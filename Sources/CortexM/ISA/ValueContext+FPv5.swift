// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// FPv5 on values: exact, by `SoftFloat` and `SoftDouble`.
extension ValueContext {
  mutating func floatNumber(_ a: UInt32, _ b: UInt32, larger: Bool) -> UInt32 {
    SoftFloat.number(a, b, larger: larger, &fpscr)
  }

  mutating func floatRound(_ a: UInt32, _ rounding: IntegralRounding) -> UInt32 {
    SoftFloat.roundToIntegral(a, rounding, &fpscr)
  }

  mutating func floatToInteger(
    _ a: UInt32, isSigned: Bool, _ rounding: IntegralRounding
  ) -> UInt32 {
    SoftFloat.toInteger(a, isSigned: isSigned, rounding, &fpscr)
  }

  mutating func double(_ operation: DoubleOperation, _ a: UInt64, _ b: UInt64) -> UInt64 {
    switch operation {
    case .add: SoftDouble.add(a, b, &fpscr)
    case .subtract: SoftDouble.subtract(a, b, &fpscr)
    case .multiply: SoftDouble.multiply(a, b, &fpscr)
    case .divide: SoftDouble.divide(a, b, &fpscr)
    case .larger: SoftDouble.number(a, b, larger: true, &fpscr)
    case .smaller: SoftDouble.number(a, b, larger: false, &fpscr)
    }
  }

  mutating func doubleSquareRoot(_ a: UInt64) -> UInt64 { SoftDouble.squareRoot(a, &fpscr) }

  mutating func doubleMultiplyAdd(_ addend: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    SoftDouble.fusedMultiplyAdd(addend, a, b, &fpscr)
  }

  mutating func doubleRound(_ a: UInt64, _ rounding: IntegralRounding) -> UInt64 {
    SoftDouble.roundToIntegral(a, rounding, &fpscr)
  }

  mutating func doubleCompare(_ a: UInt64, _ b: UInt64, signaling: Bool) {
    SoftDouble.compare(a, b, signalling: signaling, &fpscr)
  }

  mutating func doubleToInteger(
    _ a: UInt64, _ format: IntegerFormat, fractionBits: UInt8
  ) -> UInt32 {
    SoftDouble.toFixed(
      a, fixedPoint(format, fractionBits), format.ignoresRoundingMode ? .towardZero : .current,
      &fpscr)
  }

  mutating func doubleToInteger(
    _ a: UInt64, isSigned: Bool, _ rounding: IntegralRounding
  ) -> UInt32 {
    SoftDouble.toFixed(a, isSigned ? .signedWord : .unsignedWord, rounding, &fpscr)
  }

  mutating func doubleFromInteger(
    _ a: UInt32, _ format: IntegerFormat, fractionBits: UInt8
  ) -> UInt64 {
    SoftDouble.fromFixed(a, fixedPoint(format, fractionBits))
  }

  mutating func doubleFromSingle(_ a: UInt32) -> UInt64 { SoftDouble.fromSingle(a, &fpscr) }
  mutating func doubleToSingle(_ a: UInt64) -> UInt32 { SoftDouble.toSingle(a, &fpscr) }
  mutating func doubleFromHalf(_ a: UInt32) -> UInt64 { SoftDouble.fromHalf(a, &fpscr) }
  mutating func doubleToHalf(_ a: UInt64) -> UInt32 { SoftDouble.toHalf(a, &fpscr) }
}
