// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Arithmetic on doubles: the rows of `floatArithmetic` with sz set.
  static let doubleArithmetic: [Encoding] = [
    Arithmetic("VMLA", "11100_0_00", "0", .vmlaDouble, .doubleMultiplyAccumulate),
    Arithmetic("VMLS", "11100_0_00", "1", .vmlsDouble, .doubleMultiplyAccumulate),
    Arithmetic("VNMLS", "11100_0_01", "0", .vnmlsDouble, .doubleMultiplyAccumulate),
    Arithmetic("VNMLA", "11100_0_01", "1", .vnmlaDouble, .doubleMultiplyAccumulate),
    Arithmetic("VMUL", "11100_0_10", "0", .vmulDouble),
    Arithmetic("VNMUL", "11100_0_10", "1", .vnmulDouble),
    Arithmetic("VADD", "11100_0_11", "0", .vaddDouble),
    Arithmetic("VSUB", "11100_0_11", "1", .vsubDouble),
    Arithmetic("VDIV", "11101_0_00", "0", .vdivDouble, .doubleDivide),
    Arithmetic("VFNMS", "11101_0_01", "0", .vfnmsDouble, .doubleMultiplyAccumulate),
    Arithmetic("VFNMA", "11101_0_01", "1", .vfnmaDouble, .doubleMultiplyAccumulate),
    Arithmetic("VFMA", "11101_0_10", "0", .vfmaDouble, .doubleMultiplyAccumulate),
    Arithmetic("VFMS", "11101_0_10", "1", .vfmsDouble, .doubleMultiplyAccumulate),
  ].map { row in
    Encoding(
      "\(row.name) T1, double", level: .fpv5Double,
      "1110\(row.high)_nnnn_dddd_1011_0_\(row.low)_0_0_mmmm",
      "\(row.name.lowercased()){c}.f64 {dd}, {dn}, {dm}", row.cost
    ) { $0.doubles(row.opcode) }
  }

  private struct Arithmetic: Sendable {
    var name: String
    /// Bits 11…4 of the first half word and bit 6 of the second.
    var high, low: String
    var opcode: Opcode
    var cost: CostClass

    init(
      _ name: String, _ high: String, _ low: String, _ opcode: Opcode,
      _ cost: CostClass = .doubleArithmetic
    ) {
      (self.name, self.high, self.low, self.opcode, self.cost) = (name, high, low, opcode, cost)
    }
  }

  /// One operand: moves, sign, root, comparison.
  static let doubleMove: [Encoding] = [
    Encoding(
      "VMOV (immediate) T1, double", level: .fpv5Double,
      "111011101_0_11_iiii_dddd_1011_0000_jjjj", "vmov{c}.f64 {dd}, {#float}", .floatMove
    ) { Operation(.vmovImmediateDouble, d: $0.d << 1, immediate: $0.expandedDouble) },
    Encoding(
      "VMOV (register) T1, double", level: .fpv5Double,
      "111011101_0_11_0000_dddd_1011_01_0_0_mmmm", "vmov{c}.f64 {dd}, {dm}", .floatMove
    ) { $0.doubles(.vmovDouble, hasN: false) },
    Encoding(
      "VABS T1, double", level: .fpv5Double, "111011101_0_11_0000_dddd_1011_11_0_0_mmmm",
      "vabs{c}.f64 {dd}, {dm}", .doubleArithmetic
    ) { $0.doubles(.vabsDouble, hasN: false) },
    Encoding(
      "VNEG T1, double", level: .fpv5Double, "111011101_0_11_0001_dddd_1011_01_0_0_mmmm",
      "vneg{c}.f64 {dd}, {dm}", .doubleArithmetic
    ) { $0.doubles(.vnegDouble, hasN: false) },
    Encoding(
      "VSQRT T1, double", level: .fpv5Double, "111011101_0_11_0001_dddd_1011_11_0_0_mmmm",
      "vsqrt{c}.f64 {dd}, {dm}", .doubleSquareRoot
    ) { $0.doubles(.vsqrtDouble, hasN: false) },
    Encoding(
      "VCMP T1, double", level: .fpv5Double, "111011101_0_11_0100_dddd_1011_01_0_0_mmmm",
      "vcmp{c}.f64 {dd}, {dm}", .doubleArithmetic
    ) { $0.doubles(.vcmpDouble, hasN: false) },
    Encoding(
      "VCMPE T1, double", level: .fpv5Double, "111011101_0_11_0100_dddd_1011_11_0_0_mmmm",
      "vcmpe{c}.f64 {dd}, {dm}", .doubleArithmetic
    ) { $0.doubles(.vcmpDouble, hasN: false, amount: 1) },
    Encoding(
      "VCMP T2, double", level: .fpv5Double, "111011101_0_11_0101_dddd_1011_01000000",
      "vcmp{c}.f64 {dd}, #0.0", .doubleArithmetic
    ) { Operation(.vcmpZeroDouble, d: $0.d << 1) },
    Encoding(
      "VCMPE T2, double", level: .fpv5Double, "111011101_0_11_0101_dddd_1011_11000000",
      "vcmpe{c}.f64 {dd}, #0.0", .doubleArithmetic
    ) { Operation(.vcmpZeroDouble, d: $0.d << 1, amount: 1) },
  ]

  static let doubleConvert: [Encoding] =
    [
      Encoding(
        "VCVT T1, double to single", level: .fpv5Double,
        "111011101_D_110111_dddd_1011_11_0_0_mmmm", "vcvt{c}.f32.f64 {sd}, {dm}", .doubleConvert
      ) { Operation(.vcvtDoubleToSingle, d: $0.sd, m: $0.m << 1) },
      Encoding(
        "VCVT T1, single to double", level: .fpv5Double,
        "111011101_0_110111_dddd_1010_11_M_0_mmmm", "vcvt{c}.f64.f32 {dd}, {sm}", .doubleConvert
      ) { Operation(.vcvtSingleToDouble, d: $0.d << 1, m: $0.sm) },
      half("VCVTB T1, to double", "111011101_0_110010_dddd_1011_01_M_0_mmmm", top: false),
      half("VCVTT T1, to double", "111011101_0_110010_dddd_1011_11_M_0_mmmm", top: true),
      half("VCVTB T1, double to half", "111011101_D_110011_dddd_1011_01_0_0_mmmm", top: false),
      half("VCVTT T1, double to half", "111011101_D_110011_dddd_1011_11_0_0_mmmm", top: true),
      integer("VCVTR (integer) T1, double to U32", "111100", "01", isSigned: false, fixed: false),
      integer("VCVT (integer) T1, double to U32", "111100", "11", isSigned: false, fixed: true),
      integer("VCVTR (integer) T1, double to S32", "111101", "01", isSigned: true, fixed: false),
      integer("VCVT (integer) T1, double to S32", "111101", "11", isSigned: true, fixed: true),
      fromInteger("VCVT (integer) T1, double from U32", "01", isSigned: false),
      fromInteger("VCVT (integer) T1, double from S32", "11", isSigned: true),
    ]
    + [(false, false), (false, true), (true, false), (true, true)].flatMap { toFixed, isSigned in
      [fixedPoint(toFixed, isSigned, bits: 16), fixedPoint(toFixed, isSigned, bits: 32)]
    }

  /// VCVTB and VCVTT.
  private static func half(_ name: String, _ drawing: String, top: Bool) -> Encoding {
    let mnemonic = top ? "vcvtt{c}" : "vcvtb{c}"
    let amount: UInt8 = top ? 1 : 0
    if name.hasSuffix("to half") {
      return Encoding(
        name, level: .fpv5Double, drawing, "\(mnemonic).f16.f64 {sd}, {dm}", .doubleConvert
      ) { Operation(.vcvtDoubleToHalf, d: $0.sd, m: $0.m << 1, amount: amount) }
    }
    return Encoding(
      name, level: .fpv5Double, drawing, "\(mnemonic).f64.f16 {dd}, {sm}", .doubleConvert
    ) { Operation(.vcvtHalfToDouble, d: $0.d << 1, m: $0.sm, amount: amount) }
  }

  /// VCVT and VCVTR to an integer.
  private static func integer(
    _ name: String, _ bits: String, _ operation: String, isSigned: Bool, fixed: Bool
  ) -> Encoding {
    let format = IntegerFormat(isSigned: isSigned, bits: 32, ignoresRoundingMode: fixed)
    return Encoding(
      name, level: .fpv5Double, "111011101_D_\(bits)_dddd_1011_\(operation)_0_0_mmmm",
      "vcvt\(fixed ? "" : "r"){c}.\(format.name).f64 {sd}, {dm}", .doubleConvert
    ) { Operation(.vcvtDoubleToInteger, d: $0.sd, m: $0.m << 1, extra: format.field) }
  }

  private static func fromInteger(
    _ name: String, _ operation: String, isSigned: Bool
  ) -> Encoding {
    let format = IntegerFormat(isSigned: isSigned, bits: 32, ignoresRoundingMode: false)
    return Encoding(
      name, level: .fpv5Double, "111011101_0_111000_dddd_1011_\(operation)_M_0_mmmm",
      "vcvt{c}.f64.\(format.name) {dd}, {sm}", .doubleConvert
    ) { Operation(.vcvtDoubleFromInteger, d: $0.d << 1, m: $0.sm, extra: format.field) }
  }

  /// The number stands in the first half of the double register, and its conversion replaces it.
  private static func fixedPoint(_ toFixed: Bool, _ isSigned: Bool, bits: UInt8) -> Encoding {
    let format = IntegerFormat(isSigned: isSigned, bits: bits, ignoresRoundingMode: true)
    let types = toFixed ? "\(format.name).f64" : "f64.\(format.name)"
    let operation = "111\(toFixed ? 1 : 0)1\(isSigned ? 0 : 1)"
    let opcode: Opcode = toFixed ? .vcvtDoubleToFixed : .vcvtDoubleFromInteger
    return Encoding(
      "VCVT (fixed-point) T1, \(types)", level: .fpv5Double,
      "111011101_0_\(operation)_dddd_1011_\(bits == 32 ? 1 : 0)1_k_0_iiii",
      "vcvt{c}.\(types) {dd}, {dd}, {#amount}", .doubleConvert,
      where: { bits == 32 || $0.hasFraction },
      decode: {
        Operation(
          opcode, d: $0.d << 1, m: $0.d << 1, amount: bits &- $0.fractionField,
          extra: format.field)
      })
  }
}

extension IntegerFormat {
  /// "s32", as assembly has it.
  var name: String { "\(isSigned ? "s" : "u")\(bits)" }
}

extension Fields {
  /// The upper word of VFPExpandImm() (A6.4.1); the lower is zero.
  fileprivate var expandedDouble: UInt32 {
    let byte = number("i") << 4 | number("j")
    let exponent: UInt32 = byte & 0x40 != 0 ? 0x3FC0_0000 : 0x4000_0000
    return (byte & 0x80) << 24 | exponent | (byte & 0x3F) << 16
  }
}
