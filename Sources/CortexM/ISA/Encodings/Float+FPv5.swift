// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What FPv5 adds, in both precisions. A double register is numbered by its first single; D16 to
/// D31 do not exist, so that bits D, N and M of doubles are 0.
extension Encoding {
  /// VSEL, VMAXNM, VMINNM, VRINT and the directed conversions (A6.4, A7.7.2xx of DDI 0403E.b).
  static let fpv5Single: [Encoding] = [
    Encoding(
      "VSEL T1", level: .fpv5Single, "111111100_D_cc_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vsel{select}.f32 {sd}, {sn}, {sm}", .floatMove
    ) {
      var operation = $0.singles(.vsel)
      operation.amount = $0.selection
      return operation
    },
    Encoding(
      "VMAXNM T1", level: .fpv5Single, "111111101_D_00_nnnn_dddd_1010_N_0_M_0_mmmm",
      "vmaxnm.f32 {sd}, {sn}, {sm}", .floatArithmetic
    ) { $0.singles(.vmaxnm) },
    Encoding(
      "VMINNM T1", level: .fpv5Single, "111111101_D_00_nnnn_dddd_1010_N_1_M_0_mmmm",
      "vminnm.f32 {sd}, {sn}, {sm}", .floatArithmetic
    ) { $0.singles(.vminnm) },
    Encoding(
      "VRINTA T1", level: .fpv5Single, "111111101_D_1110_rr_dddd_1010_01_M_0_mmmm",
      "vrint{direction}.f32 {sd}, {sm}", .floatConvert
    ) { Operation(.vrint, d: $0.sd, m: $0.sm, amount: $0.register("r")) },
    Encoding(
      "VCVTA T1", level: .fpv5Single, "111111101_D_1111_rr_dddd_1010_s_1_M_0_mmmm",
      "vcvt{direction}.{integer}.f32 {sd}, {sm}", .floatConvert
    ) { $0.directed(.vcvtDirected, d: $0.sd, m: $0.sm) },
    Encoding(
      "VRINTR T1", level: .fpv5Single, "111011101_D_110110_dddd_1010_01_M_0_mmmm",
      "vrintr{c}.f32 {sd}, {sm}", .floatConvert
    ) { $0.rounded(.vrint, .current, d: $0.sd, m: $0.sm) },
    Encoding(
      "VRINTZ T1", level: .fpv5Single, "111011101_D_110110_dddd_1010_11_M_0_mmmm",
      "vrintz{c}.f32 {sd}, {sm}", .floatConvert
    ) { $0.rounded(.vrint, .towardZero, d: $0.sd, m: $0.sm) },
    Encoding(
      "VRINTX T1", level: .fpv5Single, "111011101_D_110111_dddd_1010_01_M_0_mmmm",
      "vrintx{c}.f32 {sd}, {sm}", .floatConvert
    ) { $0.rounded(.vrint, .currentExact, d: $0.sd, m: $0.sm) },
  ]

  static let fpv5Double: [Encoding] = [
    Encoding(
      "VSEL T1, double", level: .fpv5Double, "111111100_0_cc_nnnn_dddd_1011_0_0_0_0_mmmm",
      "vsel{select}.f64 {dd}, {dn}, {dm}", .floatMove
    ) { $0.doubles(.vselDouble, amount: $0.selection) },
    Encoding(
      "VMAXNM T1, double", level: .fpv5Double, "111111101_0_00_nnnn_dddd_1011_0_0_0_0_mmmm",
      "vmaxnm.f64 {dd}, {dn}, {dm}", .doubleArithmetic
    ) { $0.doubles(.vmaxnmDouble) },
    Encoding(
      "VMINNM T1, double", level: .fpv5Double, "111111101_0_00_nnnn_dddd_1011_0_1_0_0_mmmm",
      "vminnm.f64 {dd}, {dn}, {dm}", .doubleArithmetic
    ) { $0.doubles(.vminnmDouble) },
    Encoding(
      "VRINTA T1, double", level: .fpv5Double, "111111101_0_1110_rr_dddd_1011_01_0_0_mmmm",
      "vrint{direction}.f64 {dd}, {dm}", .doubleConvert
    ) { $0.doubles(.vrintDouble, hasN: false, amount: $0.register("r")) },
    Encoding(
      "VCVTA T1, from double", level: .fpv5Double, "111111101_D_1111_rr_dddd_1011_s_1_0_0_mmmm",
      "vcvt{direction}.{integer}.f64 {sd}, {dm}", .doubleConvert
    ) { $0.directed(.vcvtDoubleDirected, d: $0.sd, m: $0.m << 1) },
    Encoding(
      "VRINTR T1, double", level: .fpv5Double, "111011101_0_110110_dddd_1011_01_0_0_mmmm",
      "vrintr{c}.f64 {dd}, {dm}", .doubleConvert
    ) { $0.rounded(.vrintDouble, .current, d: $0.d << 1, m: $0.m << 1) },
    Encoding(
      "VRINTZ T1, double", level: .fpv5Double, "111011101_0_110110_dddd_1011_11_0_0_mmmm",
      "vrintz{c}.f64 {dd}, {dm}", .doubleConvert
    ) { $0.rounded(.vrintDouble, .towardZero, d: $0.d << 1, m: $0.m << 1) },
    Encoding(
      "VRINTX T1, double", level: .fpv5Double, "111011101_0_110111_dddd_1011_01_0_0_mmmm",
      "vrintx{c}.f64 {dd}, {dm}", .doubleConvert
    ) { $0.rounded(.vrintDouble, .currentExact, d: $0.d << 1, m: $0.m << 1) },
  ]
}

extension Fields {
  /// d, n and m as double registers.
  func doubles(_ opcode: Opcode, hasN: Bool = true, amount: UInt8 = 0) -> Operation {
    Operation(opcode, d: d << 1, n: hasN ? n << 1 : 0, m: m << 1, amount: amount)
  }

  /// The conditions of VSEL: EQ, VS, GE, GT.
  fileprivate var selection: UInt8 { [0, 6, 10, 12][Int(register("c") & 3)] }

  fileprivate func directed(_ opcode: Opcode, d: UInt8, m: UInt8) -> Operation {
    let format = IntegerFormat(isSigned: flag("s"), bits: 32, ignoresRoundingMode: true)
    return Operation(opcode, d: d, m: m, amount: register("r"), extra: format.field)
  }

  fileprivate func rounded(
    _ opcode: Opcode, _ rounding: IntegralRounding, d: UInt8, m: UInt8
  ) -> Operation {
    Operation(opcode, d: d, m: m, amount: rounding.rawValue)
  }
}
