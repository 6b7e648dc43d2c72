// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Double-precision arithmetic on bit patterns exactly as FPv5 does it, by the rules of
/// `SoftFloat`: integers throughout, and the host's operation where it cannot differ. Operands and
/// results are the contents of D registers.
public enum SoftDouble {
  /// What DN = 1 and invalid operations deliver.
  public static let defaultNaN: UInt64 = 0x7FF8_0000_0000_0000

  static let signBit: UInt64 = 1 << 63
  static let infinity: UInt64 = 0x7FF0_0000_0000_0000
  static let quietBit: UInt64 = 1 << 51
  static let fractionMask: UInt64 = 1 << 52 - 1

  /// An operand: for `.finite`, (-1)^sign × significand × 2^exponent with bit 52 of the significand
  /// set.
  struct Operand {
    var kind: SoftFloat.Kind
    var isNegative: Bool
    var exponent: Int32 = 0
    var significand: UInt64 = 0
    var bits: UInt64

    var isZero: Bool { kind == .zero }
    var isInfinity: Bool { kind == .infinity }
    var isNaN: Bool { kind == .quietNaN || kind == .signallingNaN }
    var unrounded: SoftFloat.Unrounded {
      SoftFloat.Unrounded(isNegative: isNegative, exponent: exponent, significand: significand)
    }
  }

  /// FPUnpack: flush-to-zero happens here, and raises IDC.
  static func unpack(_ bits: UInt64, _ fpscr: inout FPSCR) -> Operand {
    let fraction = bits & fractionMask
    let biasedExponent = Int32(bits >> 52 & 0x7FF)
    var operand = Operand(kind: .zero, isNegative: bits & signBit != 0, bits: bits)
    if biasedExponent == 0x7FF {
      operand.kind =
        fraction == 0 ? .infinity : fraction & quietBit != 0 ? .quietNaN : .signallingNaN
    } else if biasedExponent != 0 {
      operand.kind = .finite
      operand.exponent = biasedExponent &- 1075
      operand.significand = fraction | 1 &<< 52
    } else if fraction != 0 {
      if fpscr.has(FPSCR.flushToZero) {
        fpscr.raise(FPSCR.inputDenormal)
      } else {
        let shift = Int32(fraction.leadingZeroBitCount) &- 11
        operand.kind = .finite
        operand.exponent = -1074 &- shift
        operand.significand = fraction &<< UInt64(truncatingIfNeeded: shift)
      }
    }
    return operand
  }

  // MARK: - NaNs

  /// FPProcessNaN: a signalling NaN raises IOC and is quieted; DN replaces any by the default NaN.
  static func propagate(_ nan: Operand, _ fpscr: inout FPSCR) -> UInt64 {
    if nan.kind == .signallingNaN { fpscr.raise(FPSCR.invalidOperation) }
    return fpscr.has(FPSCR.defaultNaN) ? defaultNaN : nan.bits | quietBit
  }

  /// FPProcessNaNs: the first signalling NaN, else the first quiet one, else nil.
  static func propagateNaN(_ a: Operand, _ b: Operand, _ fpscr: inout FPSCR) -> UInt64? {
    if a.kind == .signallingNaN { return propagate(a, &fpscr) }
    if b.kind == .signallingNaN { return propagate(b, &fpscr) }
    if a.kind == .quietNaN { return propagate(a, &fpscr) }
    if b.kind == .quietNaN { return propagate(b, &fpscr) }
    return nil
  }

  static func invalid(_ fpscr: inout FPSCR) -> UInt64 {
    fpscr.raise(FPSCR.invalidOperation)
    return defaultNaN
  }

  static func sign(_ isNegative: Bool) -> UInt64 { isNegative ? signBit : 0 }

  // MARK: - Rounding

  /// FPRound to double precision; bit 0 of the significand may be sticky if at least 55 significant
  /// bits are above.
  static func round(_ value: SoftFloat.Unrounded, _ fpscr: inout FPSCR) -> UInt64 {
    if fpscr.has(FPSCR.flushToZero),
      value.exponent &+ 63 &- Int32(value.significand.leadingZeroBitCount) < -1022
    {
      fpscr.raise(FPSCR.underflow)
      return sign(value.isNegative)
    }
    let mode = fpscr.rounding
    guard let magnitude = SoftFloat.roundMagnitude(value, mode, to: .double, &fpscr) else {
      fpscr.raise(FPSCR.overflowed | FPSCR.inexact)
      let toInfinity = SoftFloat.overflowsToInfinity(mode, value.isNegative)
      return sign(value.isNegative) | (toInfinity ? infinity : infinity - 1)
    }
    return sign(value.isNegative) | magnitude
  }
}
