// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Single-precision arithmetic on bit patterns exactly as FPv4-SP does it: results, NaNs,
/// flush-to-zero and the cumulative exceptions (Armv7-M ARM, A2.5 and the FP* pseudocode of
/// appendix D6). Operands and results are the contents of S registers.
///
/// Everything is computed with integers. Where FPSCR and the operands show beforehand that the
/// host's operation cannot differ, add, subtract, multiply, divide, square root and fused
/// multiply-add use it; the host must round to nearest and not flush subnormals, its default.
public enum SoftFloat {
  /// What DN = 1 and invalid operations deliver.
  public static let defaultNaN: UInt32 = 0x7FC0_0000

  static let signBit: UInt32 = 0x8000_0000
  static let infinity: UInt32 = 0x7F80_0000
  private static let quietBit: UInt32 = 0x0040_0000
}

// MARK: - Taking numbers apart

extension SoftFloat {
  enum Kind { case zero, finite, infinity, quietNaN, signallingNaN }

  /// An operand: for `.finite`, (-1)^sign × significand × 2^exponent with bit 23 of the significand
  /// set.
  struct Operand {
    var kind: Kind
    var isNegative: Bool
    var exponent: Int32 = 0
    var significand: UInt64 = 0
    var bits: UInt32

    var isZero: Bool { kind == .zero }
    var isInfinity: Bool { kind == .infinity }
    var isNaN: Bool { kind == .quietNaN || kind == .signallingNaN }
    var unrounded: Unrounded {
      Unrounded(isNegative: isNegative, exponent: exponent, significand: significand)
    }
  }

  /// FPUnpack: flush-to-zero happens here, and raises IDC.
  static func unpack(_ bits: UInt32, _ fpscr: inout FPSCR) -> Operand {
    let fraction = bits & 0x007F_FFFF
    let biasedExponent = Int32(bits >> 23 & 0xFF)
    var operand = Operand(kind: .zero, isNegative: bits & signBit != 0, bits: bits)
    if biasedExponent == 0xFF {
      operand.kind =
        fraction == 0 ? .infinity : fraction & quietBit != 0 ? .quietNaN : .signallingNaN
    } else if biasedExponent != 0 {
      operand.kind = .finite
      operand.exponent = biasedExponent &- 150
      operand.significand = UInt64(fraction | 0x0080_0000)
    } else if fraction != 0 {
      if fpscr.has(FPSCR.flushToZero) {
        fpscr.raise(FPSCR.inputDenormal)
      } else {
        let shift = Int32(fraction.leadingZeroBitCount) &- 8
        operand.kind = .finite
        operand.exponent = -149 &- shift
        operand.significand = UInt64(fraction) &<< UInt64(shift)
      }
    }
    return operand
  }

  // MARK: - NaNs

  /// FPProcessNaN: a signalling NaN raises IOC and is quieted; DN replaces any by the default NaN.
  static func propagate(_ nan: Operand, _ fpscr: inout FPSCR) -> UInt32 {
    if nan.kind == .signallingNaN { fpscr.raise(FPSCR.invalidOperation) }
    return fpscr.has(FPSCR.defaultNaN) ? defaultNaN : nan.bits | quietBit
  }

  /// FPProcessNaNs: the first signalling NaN, else the first quiet one, else nil.
  static func propagateNaN(_ a: Operand, _ b: Operand, _ fpscr: inout FPSCR) -> UInt32? {
    if a.kind == .signallingNaN { return propagate(a, &fpscr) }
    if b.kind == .signallingNaN { return propagate(b, &fpscr) }
    if a.kind == .quietNaN { return propagate(a, &fpscr) }
    if b.kind == .quietNaN { return propagate(b, &fpscr) }
    return nil
  }

  static func invalid(_ fpscr: inout FPSCR) -> UInt32 {
    fpscr.raise(FPSCR.invalidOperation)
    return defaultNaN
  }

  @inline(__always)
  static func sign(_ isNegative: Bool) -> UInt32 { isNegative ? signBit : 0 }
}
