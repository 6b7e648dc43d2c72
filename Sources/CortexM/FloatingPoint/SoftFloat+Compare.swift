// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SoftFloat {
  /// VCMP and VCMPE: puts N, Z, C and V of comparing `a` with `b` into FPSCR.
  ///
  /// - Parameter signalling: VCMPE; a quiet NaN raises IOC too.
  public static func compare(
    _ a: UInt32, _ b: UInt32, signalling: Bool, _ fpscr: inout FPSCR
  ) {
    let (first, second) = (unpack(a, &fpscr), unpack(b, &fpscr))
    if first.isNaN || second.isNaN {
      let isInvalid =
        signalling || first.kind == .signallingNaN || second.kind == .signallingNaN
      if isInvalid { fpscr.raise(FPSCR.invalidOperation) }
      fpscr.conditions = FPSCR.carry | FPSCR.overflow
      return
    }
    let (x, y) = (order(first), order(second))
    if x == y {
      fpscr.conditions = FPSCR.zero | FPSCR.carry
    } else {
      fpscr.conditions = x < y ? FPSCR.negative : FPSCR.carry
    }
  }

  /// Sign-magnitude bits as an integer in the order of the numbers; both zeros are equal.
  static func order(_ operand: Operand) -> Int32 {
    if operand.isZero { return 0 }
    let magnitude = Int32(operand.bits & 0x7FFF_FFFF)
    return operand.isNegative ? -magnitude : magnitude
  }
}
