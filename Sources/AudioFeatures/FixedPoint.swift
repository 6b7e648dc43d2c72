// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Integer functions that give the same bits on the host and on the microcontroller.
enum FixedPoint {
  /// The upper word of a 32 × 32 bit product; one SMMUL on a Cortex-M4.
  @inline(__always)
  static func upperProduct(_ a: Int32, _ b: Int32) -> Int32 {
    a.multipliedFullWidth(by: b).high
  }

  /// log₂ of `x` with `fractionBits` fractional bits, rounded down; `x` is not 0.
  ///
  /// A mantissa in [1, 2) is squared once for every bit: where the square reaches 2, the bit is 1.
  static func log2(_ x: UInt64, fractionBits: Int32) -> Int32 {
    let zeros = x.leadingZeroBitCount
    var mantissa = UInt32(truncatingIfNeeded: (x &<< UInt64(zeros)) &>> 32)
    var result = Int32(63 &- zeros)
    var bits = fractionBits
    while bits > 0 {
      let square = mantissa.multipliedFullWidth(by: mantissa)
      let carry = square.high &>> 31
      let doubled = (square.high &<< 1) | (square.low &>> 31)
      mantissa = carry == 1 ? square.high : doubled
      result = (result &<< 1) &+ Int32(carry)
      bits &-= 1
    }
    return result
  }

  /// sin(2π `step` / 512) in Q31 for `step` in 0...128, the first quarter of a turn.
  ///
  /// Taylor's series to x¹¹ in Q30; the constants are 1/110, 1/72, 1/42, 1/20, 1/6.
  static func sine(step: Int32) -> Int32 {
    let one: Int64 = 1 &<< 30
    let x = (Int64(step) &* 1_686_629_713) &>> 7
    let square = (x &* x) &>> 30
    var series = one &- ((square &* ((one &* 9_761_289) &>> 30)) &>> 30)
    series = one &- ((square &* ((series &* 14_913_081) &>> 30)) &>> 30)
    series = one &- ((square &* ((series &* 25_565_282) &>> 30)) &>> 30)
    series = one &- ((square &* ((series &* 53_687_091) &>> 30)) &>> 30)
    series = one &- ((square &* ((series &* 178_956_971) &>> 30)) &>> 30)
    return Int32(truncatingIfNeeded: min(((x &* series) &>> 30) &* 2, Int64(Int32.max)))
  }
}
