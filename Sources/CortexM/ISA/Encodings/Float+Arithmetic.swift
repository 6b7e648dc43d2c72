// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Arithmetic on single registers (A6.4).
  static let floatArithmetic: [Encoding] = [
    Encoding(
      "VMLA T1", level: .fpv4Single, "111011100_D_00_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vmla{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vmla) },
    Encoding(
      "VMLS T1", level: .fpv4Single, "111011100_D_00_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vmls{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vmls) },
    Encoding(
      "VNMLS T1", level: .fpv4Single, "111011100_D_01_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vnmls{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vnmls) },
    Encoding(
      "VNMLA T1", level: .fpv4Single, "111011100_D_01_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vnmla{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vnmla) },
    Encoding(
      "VMUL T1", level: .fpv4Single, "111011100_D_10_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vmul{c}.f32 {sd}, {sn}, {sm}", .floatArithmetic
    ) { $0.singles(.vmul) },
    Encoding(
      "VNMUL T1", level: .fpv4Single, "111011100_D_10_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vnmul{c}.f32 {sd}, {sn}, {sm}", .floatArithmetic
    ) { $0.singles(.vnmul) },
    Encoding(
      "VADD T1", level: .fpv4Single, "111011100_D_11_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vadd{c}.f32 {sd}, {sn}, {sm}", .floatArithmetic
    ) { $0.singles(.vadd) },
    Encoding(
      "VSUB T1", level: .fpv4Single, "111011100_D_11_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vsub{c}.f32 {sd}, {sn}, {sm}", .floatArithmetic
    ) { $0.singles(.vsub) },
    Encoding(
      "VDIV T1", level: .fpv4Single, "111011101_D_00_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vdiv{c}.f32 {sd}, {sn}, {sm}", .floatDivide
    ) { $0.singles(.vdiv) },
    Encoding(
      "VFNMS T1", level: .fpv4Single, "111011101_D_01_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vfnms{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vfnms) },
    Encoding(
      "VFNMA T1", level: .fpv4Single, "111011101_D_01_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vfnma{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vfnma) },
    Encoding(
      "VFMA T1", level: .fpv4Single, "111011101_D_10_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vfma{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vfma) },
    Encoding(
      "VFMS T1", level: .fpv4Single, "111011101_D_10_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vfms{c}.f32 {sd}, {sn}, {sm}", .floatMultiplyAccumulate
    ) { $0.singles(.vfms) },
    Encoding(
      "VABS T1", level: .fpv4Single, "111011101_D_11_0000_dddd_1010_11_M_0_mmmm",
      "vabs{c}.f32 {sd}, {sm}", .floatArithmetic
    ) { $0.singles(.vabs, hasN: false) },
    Encoding(
      "VNEG T1", level: .fpv4Single, "111011101_D_11_0001_dddd_1010_01_M_0_mmmm",
      "vneg{c}.f32 {sd}, {sm}", .floatArithmetic
    ) { $0.singles(.vneg, hasN: false) },
    Encoding(
      "VSQRT T1", level: .fpv4Single, "111011101_D_11_0001_dddd_1010_11_M_0_mmmm",
      "vsqrt{c}.f32 {sd}, {sm}", .floatSquareRoot
    ) { $0.singles(.vsqrt, hasN: false) },
    Encoding(
      "VCMP T1", level: .fpv4Single, "111011101_D_11_0100_dddd_1010_01_M_0_mmmm",
      "vcmp{c}.f32 {sd}, {sm}", .floatCompare
    ) { Operation(.vcmp, d: $0.sd, m: $0.sm) },
    Encoding(
      "VCMP T2", level: .fpv4Single, "111011101_D_11_0101_dddd_1010_01000000",
      "vcmp{c}.f32 {sd}, #0.0", .floatCompare
    ) { Operation(.vcmpZero, d: $0.sd) },
    Encoding(
      "VCMPE T1", level: .fpv4Single, "111011101_D_11_0100_dddd_1010_11_M_0_mmmm",
      "vcmpe{c}.f32 {sd}, {sm}", .floatCompare
    ) { Operation(.vcmp, d: $0.sd, m: $0.sm, amount: 1) },
    Encoding(
      "VCMPE T2", level: .fpv4Single, "111011101_D_11_0101_dddd_1010_11000000",
      "vcmpe{c}.f32 {sd}, #0.0", .floatCompare
    ) { Operation(.vcmpZero, d: $0.sd, amount: 1) },
  ]

  /// Conversions (A6.4).
  static let floatConvert: [Encoding] = [
    Encoding(
      "VCVTB T1, to single", level: .fpv4Single, "111011101_D_11_0010_dddd_1010_01_M_0_mmmm",
      "vcvtb{c}.f32.f16 {sd}, {sm}", .floatConvert
    ) { $0.singles(.vcvtbToSingle, hasN: false) },
    Encoding(
      "VCVTB T1, to half", level: .fpv4Single, "111011101_D_11_0011_dddd_1010_01_M_0_mmmm",
      "vcvtb{c}.f16.f32 {sd}, {sm}", .floatConvert
    ) { $0.singles(.vcvtbToHalf, hasN: false) },
    Encoding(
      "VCVTT T1, to single", level: .fpv4Single, "111011101_D_11_0010_dddd_1010_11_M_0_mmmm",
      "vcvtt{c}.f32.f16 {sd}, {sm}", .floatConvert
    ) { $0.singles(.vcvttToSingle, hasN: false) },
    Encoding(
      "VCVTT T1, to half", level: .fpv4Single, "111011101_D_11_0011_dddd_1010_11_M_0_mmmm",
      "vcvtt{c}.f16.f32 {sd}, {sm}", .floatConvert
    ) { $0.singles(.vcvttToHalf, hasN: false) },
    Encoding(
      "VCVT (integer) T1, from U32", level: .fpv4Single,
      "111011101_D_11_1000_dddd_1010_01_M_0_mmmm",
      "vcvt{c}.f32.u32 {sd}, {sm}", .floatConvert
    ) { $0.conversion(.vcvtFromInteger, isSigned: false, fixed: false) },
    Encoding(
      "VCVT (integer) T1, to U32", level: .fpv4Single, "111011101_D_11_1100_dddd_1010_11_M_0_mmmm",
      "vcvt{c}.u32.f32 {sd}, {sm}", .floatConvert
    ) { $0.conversion(.vcvtToInteger, isSigned: false, fixed: true) },
    Encoding(
      "VCVTR (integer) T1, to U32", level: .fpv4Single, "111011101_D_11_1100_dddd_1010_01_M_0_mmmm",
      "vcvtr{c}.u32.f32 {sd}, {sm}", .floatConvert
    ) { $0.conversion(.vcvtToInteger, isSigned: false, fixed: false) },
    Encoding(
      "VCVT (fixed-point) T1, to U16", level: .fpv4Single,
      "111011101_D_11_1111_dddd_1010_01_k_0_iiii",
      "vcvt{c}.u16.f32 {sd}, {sd}, {#amount}", .floatConvert,
      where: { $0.hasFraction },
      decode: {
        $0.fixedPoint(
          .vcvtToInteger, isSigned: false, bits: 16)
      }),
    Encoding(
      "VCVT (fixed-point) T1, to U32", level: .fpv4Single,
      "111011101_D_11_1111_dddd_1010_11_k_0_iiii",
      "vcvt{c}.u32.f32 {sd}, {sd}, {#amount}", .floatConvert
    ) {
      $0.fixedPoint(
        .vcvtToInteger, isSigned: false, bits: 32)
    },
    Encoding(
      "VCVT (fixed-point) T1, from U16", level: .fpv4Single,
      "111011101_D_11_1011_dddd_1010_01_k_0_iiii",
      "vcvt{c}.f32.u16 {sd}, {sd}, {#amount}", .floatConvert,
      where: { $0.hasFraction },
      decode: {
        $0.fixedPoint(
          .vcvtFromInteger, isSigned: false, bits: 16)
      }),
    Encoding(
      "VCVT (fixed-point) T1, from U32", level: .fpv4Single,
      "111011101_D_11_1011_dddd_1010_11_k_0_iiii",
      "vcvt{c}.f32.u32 {sd}, {sd}, {#amount}", .floatConvert
    ) {
      $0.fixedPoint(
        .vcvtFromInteger, isSigned: false, bits: 32)
    },
    Encoding(
      "VCVT (integer) T1, from S32", level: .fpv4Single,
      "111011101_D_11_1000_dddd_1010_11_M_0_mmmm",
      "vcvt{c}.f32.s32 {sd}, {sm}", .floatConvert
    ) { $0.conversion(.vcvtFromInteger, isSigned: true, fixed: false) },
    Encoding(
      "VCVT (integer) T1, to S32", level: .fpv4Single, "111011101_D_11_1101_dddd_1010_11_M_0_mmmm",
      "vcvt{c}.s32.f32 {sd}, {sm}", .floatConvert
    ) { $0.conversion(.vcvtToInteger, isSigned: true, fixed: true) },
    Encoding(
      "VCVTR (integer) T1, to S32", level: .fpv4Single, "111011101_D_11_1101_dddd_1010_01_M_0_mmmm",
      "vcvtr{c}.s32.f32 {sd}, {sm}", .floatConvert
    ) { $0.conversion(.vcvtToInteger, isSigned: true, fixed: false) },
    Encoding(
      "VCVT (fixed-point) T1, to S16", level: .fpv4Single,
      "111011101_D_11_1110_dddd_1010_01_k_0_iiii",
      "vcvt{c}.s16.f32 {sd}, {sd}, {#amount}", .floatConvert,
      where: { $0.hasFraction },
      decode: {
        $0.fixedPoint(
          .vcvtToInteger, isSigned: true, bits: 16)
      }),
    Encoding(
      "VCVT (fixed-point) T1, to S32", level: .fpv4Single,
      "111011101_D_11_1110_dddd_1010_11_k_0_iiii",
      "vcvt{c}.s32.f32 {sd}, {sd}, {#amount}", .floatConvert
    ) {
      $0.fixedPoint(
        .vcvtToInteger, isSigned: true, bits: 32)
    },
    Encoding(
      "VCVT (fixed-point) T1, from S16", level: .fpv4Single,
      "111011101_D_11_1010_dddd_1010_01_k_0_iiii",
      "vcvt{c}.f32.s16 {sd}, {sd}, {#amount}", .floatConvert,
      where: { $0.hasFraction },
      decode: {
        $0.fixedPoint(
          .vcvtFromInteger, isSigned: true, bits: 16)
      }),
    Encoding(
      "VCVT (fixed-point) T1, from S32", level: .fpv4Single,
      "111011101_D_11_1010_dddd_1010_11_k_0_iiii",
      "vcvt{c}.f32.s32 {sd}, {sd}, {#amount}", .floatConvert
    ) {
      $0.fixedPoint(
        .vcvtFromInteger, isSigned: true, bits: 32)
    },
  ]
}

extension Fields {
  /// Single registers, numbered Vd:D and so on.
  var sd: UInt8 { d << 1 | register("D") }
  var sn: UInt8 { n << 1 | register("N") }
  var sm: UInt8 { m << 1 | register("M") }

  func singles(_ opcode: Opcode, hasN: Bool = true) -> Operation {
    Operation(opcode, d: sd, n: hasN ? sn : 0, m: sm)
  }

  fileprivate func conversion(_ opcode: Opcode, isSigned: Bool, fixed: Bool) -> Operation {
    let format = IntegerFormat(isSigned: isSigned, bits: 32, ignoresRoundingMode: fixed)
    return Operation(opcode, d: sd, m: sm, extra: format.field)
  }

  fileprivate func fixedPoint(_ opcode: Opcode, isSigned: Bool, bits: UInt8) -> Operation {
    let format = IntegerFormat(isSigned: isSigned, bits: bits, ignoresRoundingMode: true)
    return Operation(
      opcode, d: sd, m: sd, amount: bits &- fractionField, extra: format.field)
  }

  /// imm4:i, which is subtracted from the width of the number.
  var fractionField: UInt8 { register("i") << 1 | register("k") }
  var hasFraction: Bool { fractionField <= 16 }
}
