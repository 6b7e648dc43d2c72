// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Data processing, modified immediate (A5.3.1).
  static let thumb32ModifiedImmediate: [Encoding] = [
    Encoding(
      "AND (immediate) T1", "11110_i_0_0000_s_nnnn_0_iii_dddd_iiiiiiii",
      "and{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.and) }),
    Encoding(
      "TST (immediate) T1", "11110_i_0_0000_1_nnnn_0_iii_1111_iiiiiiii",
      "tst{c}.w {n}, {const}",
      where: { $0.ordinary("n") && $0.hasValidConstant },
      decode: { $0.modified(.tst, compares: true) }),
    Encoding(
      "BIC (immediate) T1", "11110_i_0_0001_s_nnnn_0_iii_dddd_iiiiiiii",
      "bic{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.bic) }),
    Encoding(
      "ORR (immediate) T1", "11110_i_0_0010_s_nnnn_0_iii_dddd_iiiiiiii",
      "orr{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.orr) }),
    Encoding(
      "MOV (immediate) T2", "11110_i_00010_s_1111_0_iii_dddd_iiiiiiii",
      "mov{s}{c}.w {d}, {const}",
      where: { $0.ordinary("d") && $0.hasValidConstant },
      decode: { $0.modified(.mov, hasN: false) }),
    Encoding(
      "ORN (immediate) T1", "11110_i_0_0011_s_nnnn_0_iii_dddd_iiiiiiii",
      "orn{s}{c} {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.orn) }),
    Encoding(
      "MVN (immediate) T1", "11110_i_00011_s_1111_0_iii_dddd_iiiiiiii",
      "mvn{s}{c}.w {d}, {const}",
      where: { $0.ordinary("d") && $0.hasValidConstant },
      decode: { $0.modified(.mvn, hasN: false) }),
    Encoding(
      "EOR (immediate) T1", "11110_i_0_0100_s_nnnn_0_iii_dddd_iiiiiiii",
      "eor{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.eor) }),
    Encoding(
      "TEQ (immediate) T1", "11110_i_0_0100_1_nnnn_0_iii_1111_iiiiiiii",
      "teq{c} {n}, {const}",
      where: { $0.ordinary("n") && $0.hasValidConstant },
      decode: { $0.modified(.teq, compares: true) }),
    Encoding(
      "ADD (immediate) T3", "11110_i_0_1000_s_nnnn_0_iii_dddd_iiiiiiii",
      "add{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.add) }),
    Encoding(
      "ADD (SP plus immediate) T3", "11110_i_01000_s_1101_0_iii_dddd_iiiiiiii",
      "add{s}{c}.w {d}, {n}, {const}",
      where: { $0.d != 15 && $0.hasValidConstant },
      decode: {
        var operation = $0.modified(.add, hasN: false)
        operation.n = 13
        return operation
      }),
    Encoding(
      "CMN (immediate) T1", "11110_i_0_1000_1_nnnn_0_iii_1111_iiiiiiii",
      "cmn{c}.w {n}, {const}",
      where: { $0.n != 15 && $0.hasValidConstant },
      decode: { $0.modified(.cmn, compares: true) }),
    Encoding(
      "ADC (immediate) T1", "11110_i_0_1010_s_nnnn_0_iii_dddd_iiiiiiii",
      "adc{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.adc) }),
    Encoding(
      "SBC (immediate) T1", "11110_i_0_1011_s_nnnn_0_iii_dddd_iiiiiiii",
      "sbc{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.sbc) }),
    Encoding(
      "SUB (immediate) T3", "11110_i_0_1101_s_nnnn_0_iii_dddd_iiiiiiii",
      "sub{s}{c}.w {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.sub) }),
    Encoding(
      "SUB (SP minus immediate) T2", "11110_i_01101_s_1101_0_iii_dddd_iiiiiiii",
      "sub{s}{c}.w {d}, {n}, {const}",
      where: { $0.d != 15 && $0.hasValidConstant },
      decode: {
        var operation = $0.modified(.sub, hasN: false)
        operation.n = 13
        return operation
      }),
    Encoding(
      "CMP (immediate) T2", "11110_i_0_1101_1_nnnn_0_iii_1111_iiiiiiii",
      "cmp{c}.w {n}, {const}",
      where: { $0.n != 15 && $0.hasValidConstant },
      decode: { $0.modified(.cmp, compares: true) }),
    Encoding(
      "RSB (immediate) T2", "11110_i_0_1110_s_nnnn_0_iii_dddd_iiiiiiii",
      "rsb{s}{c} {d}, {n}, {const}",
      where: { $0.ordinary("dn") && $0.hasValidConstant },
      decode: { $0.modified(.rsb) }),
  ]

  /// Data processing, plain binary immediate (A5.3.3).
  static let thumb32PlainImmediate: [Encoding] = [
    Encoding(
      "ADD (immediate) T4", "11110_i_100000_nnnn_0_iii_dddd_iiiiiiii",
      "addw{c} {d}, {n}, {#}",
      where: { $0.ordinary("dn") },
      decode: { Operation(.addImmediate, d: $0.d, n: $0.n, immediate: $0.number("i")) }),
    Encoding(
      "ADD (SP plus immediate) T4", "11110_i_100000_1101_0_iii_dddd_iiiiiiii",
      "addw{c} {d}, sp, {#}",
      where: { $0.d != 15 },
      decode: { Operation(.addImmediate, d: $0.d, n: 13, immediate: $0.number("i")) }),
    Encoding(
      "ADR T3", "11110_i_100000_1111_0_iii_dddd_iiiiiiii",
      "addw{c} {d}, pc, {#magnitude}",
      where: { $0.ordinary("d") },
      decode: { Operation(.adr, d: $0.d, immediate: $0.number("i")) }),
    Encoding(
      "SUB (immediate) T4", "11110_i_101010_nnnn_0_iii_dddd_iiiiiiii",
      "subw{c} {d}, {n}, {#}",
      where: { $0.ordinary("dn") },
      decode: { Operation(.subImmediate, d: $0.d, n: $0.n, immediate: $0.number("i")) }),
    Encoding(
      "SUB (SP minus immediate) T3", "11110_i_101010_1101_0_iii_dddd_iiiiiiii",
      "subw{c} {d}, sp, {#}",
      where: { $0.d != 15 },
      decode: { Operation(.subImmediate, d: $0.d, n: 13, immediate: $0.number("i")) }),
    Encoding(
      "ADR T2", "11110_i_101010_1111_0_iii_dddd_iiiiiiii",
      "subw{c} {d}, pc, {#magnitude}",
      where: { $0.ordinary("d") },
      decode: { Operation(.adr, d: $0.d, immediate: 0 &- $0.number("i")) }),
    Encoding(
      "MOV (immediate) T3", "11110_i_100100_jjjj_0_iii_dddd_iiiiiiii",
      "movw{c} {d}, {#}",
      where: { $0.ordinary("d") },
      decode: {
        Operation(
          .movImmediate, d: $0.d, immediate: $0.number("j") << 12 | $0.number("i"))
      }),
    Encoding(
      "MOVT T1", "11110_i_101100_jjjj_0_iii_dddd_iiiiiiii",
      "movt{c} {d}, {#}",
      where: { $0.ordinary("d") },
      decode: { Operation(.movTop, d: $0.d, immediate: $0.number("j") << 12 | $0.number("i")) }),
    Encoding(
      "SSAT T1", "1111001100_t_0_nnnn_0_iii_dddd_ii_0_sssss",
      "ssat{c} {d}, {#extra}, {n}{shift}",
      where: { $0.ordinary("dn") && (!$0.flag("t") || $0.flag("i")) },
      decode: { $0.saturation(.ssat, bits: $0.number("s") + 1) }),
    Encoding(
      "SSAT16 T1", level: .dsp, "111100110010_nnnn_0000_dddd_0000_ssss",
      "ssat16{c} {d}, {#extra}, {n}",
      where: { $0.ordinary("dn") },
      decode: { Operation(.ssat16, d: $0.d, n: $0.n, extra: $0.number("s") + 1) }),
    Encoding(
      "USAT T1", "1111001110_t_0_nnnn_0_iii_dddd_ii_0_sssss",
      "usat{c} {d}, {#extra}, {n}{shift}",
      where: { $0.ordinary("dn") && (!$0.flag("t") || $0.flag("i")) },
      decode: { $0.saturation(.usat, bits: $0.number("s")) }),
    Encoding(
      "USAT16 T1", level: .dsp, "111100111010_nnnn_0000_dddd_0000_ssss",
      "usat16{c} {d}, {#extra}, {n}",
      where: { $0.ordinary("dn") },
      decode: { Operation(.usat16, d: $0.d, n: $0.n, extra: $0.number("s")) }),
    Encoding(
      "SBFX T1", "111100110100_nnnn_0_iii_dddd_ii_0_wwwww",
      "sbfx{c} {d}, {n}, {#i}, {#w+1}",
      where: { $0.ordinary("dn") && $0.number("i") + $0.number("w") <= 31 },
      decode: {
        Operation(
          .sbfx, d: $0.d, n: $0.n, a: 31 - $0.register("w"),
          amount: 31 - $0.register("w") - $0.register("i"))
      }),
    Encoding(
      "UBFX T1", "111100111100_nnnn_0_iii_dddd_ii_0_wwwww",
      "ubfx{c} {d}, {n}, {#i}, {#w+1}",
      where: { $0.ordinary("dn") && $0.number("i") + $0.number("w") <= 31 },
      decode: {
        Operation(
          .ubfx, d: $0.d, n: $0.n, amount: $0.register("i"),
          extra: 0xFFFF_FFFF >> (31 - $0.number("w")))
      }),
    Encoding(
      "BFI T1", "111100110110_nnnn_0_iii_dddd_ii_0_wwwww",
      "bfi{c} {d}, {n}, {#i}, {#width}",
      where: { $0.ordinary("dn") && $0.number("w") >= $0.number("i") },
      decode: {
        Operation(
          .bfi, d: $0.d, n: $0.n, amount: $0.register("i"), extra: $0.fieldMask)
      }),
    Encoding(
      "BFC T1", "111100110110_1111_0_iii_dddd_ii_0_wwwww",
      "bfc{c} {d}, {#i}, {#width}",
      where: { $0.ordinary("d") && $0.number("w") >= $0.number("i") },
      decode: { Operation(.bfc, d: $0.d, amount: $0.register("i"), extra: $0.fieldMask) }),
  ]
}

extension Fields {
  /// SSAT, USAT: LSL or ASR by i first.
  fileprivate func saturation(_ opcode: Opcode, bits: UInt32) -> Operation {
    Operation(
      opcode, d: d, n: n, a: flag("t") ? 2 : 0, amount: register("i"), extra: bits)
  }

  /// Bits i (lowest) to w (highest) set.
  fileprivate var fieldMask: UInt32 {
    (0xFFFF_FFFF >> (31 - number("w"))) & (0xFFFF_FFFF << number("i"))
  }
}
