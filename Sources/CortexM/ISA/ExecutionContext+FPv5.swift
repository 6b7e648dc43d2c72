// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the words of FPv5 mean to a context that has nothing for them: the instruction is refused,
/// and whoever runs the context does it otherwise.
extension ExecutionContext {
  private mutating func refused() -> Word {
    raise(.undefined)
    return constant(0)
  }

  private mutating func refusedLong() -> Long {
    raise(.undefined)
    return long(unsigned: constant(0))
  }

  mutating func floatNumber(_ a: Word, _ b: Word, larger: Bool) -> Word { refused() }
  mutating func floatRound(_ a: Word, _ rounding: IntegralRounding) -> Word { refused() }
  mutating func floatToInteger(_ a: Word, isSigned: Bool, _ rounding: IntegralRounding) -> Word {
    refused()
  }
  mutating func double(_ operation: DoubleOperation, _ a: Long, _ b: Long) -> Long {
    refusedLong()
  }
  mutating func doubleSquareRoot(_ a: Long) -> Long { refusedLong() }
  mutating func doubleMultiplyAdd(_ addend: Long, _ a: Long, _ b: Long) -> Long { refusedLong() }
  mutating func doubleRound(_ a: Long, _ rounding: IntegralRounding) -> Long { refusedLong() }
  mutating func doubleCompare(_ a: Long, _ b: Long, signaling: Bool) { raise(.undefined) }
  mutating func doubleToInteger(
    _ a: Long, _ format: IntegerFormat, fractionBits: UInt8
  ) -> Word { refused() }
  mutating func doubleToInteger(_ a: Long, isSigned: Bool, _ rounding: IntegralRounding) -> Word {
    refused()
  }
  mutating func doubleFromInteger(
    _ a: Word, _ format: IntegerFormat, fractionBits: UInt8
  ) -> Long { refusedLong() }
  mutating func doubleFromSingle(_ a: Word) -> Long { refusedLong() }
  mutating func doubleToSingle(_ a: Long) -> Word { refused() }
  mutating func doubleFromHalf(_ a: Word) -> Long { refusedLong() }
  mutating func doubleToHalf(_ a: Long) -> Word { refused() }
}
