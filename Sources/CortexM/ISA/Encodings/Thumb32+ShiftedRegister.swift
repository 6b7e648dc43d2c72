// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Data processing, shifted register (A5.3.11).
  static let thumb32ShiftedRegister: [Encoding] = [
    Encoding(
      "AND (register) T2", "1110101_0000_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "and{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.and) }),
    Encoding(
      "TST (register) T2", "111010100001_nnnn_0_iii_1111_ii_tt_mmmm",
      "tst{c}.w {n}, {m}{shift}",
      where: { $0.ordinary("nm") },
      decode: { $0.shifted(.tst, compares: true) }),
    Encoding(
      "BIC (register) T2", "1110101_0001_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "bic{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.bic) }),
    Encoding(
      "ORR (register) T2", "1110101_0010_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "orr{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.orr) }),
    Encoding(
      "MOV (register) T3", "11101010010_s_1111_0000_dddd_0000_mmmm",
      "mov{s}{c}.w {d}, {m}",
      where: {
        $0.flag("s")
          ? $0.ordinary("dm") : $0.d != 15 && $0.m != 15 && !($0.d == 13 && $0.m == 13)
      },
      decode: { Operation($0.flag("s") ? .movsRegister : .movRegister, d: $0.d, m: $0.m) }),
    Encoding(
      "LSL (immediate) T2", "11101010010_s_1111_0_iii_dddd_ii_00_mmmm",
      "mov{s}{c}.w {d}, {m}, lsl {#amount}",
      where: { $0.ordinary("dm") && $0.flag("i") },
      decode: {
        Operation(
          $0.flag("s") ? .lslsImmediate : .lslImmediate, d: $0.d, m: $0.m,
          amount: $0.register("i"))
      }),
    Encoding(
      "LSR (immediate) T2", "11101010010_s_1111_0_iii_dddd_ii_01_mmmm",
      "mov{s}{c}.w {d}, {m}, lsr {#amount}",
      where: { $0.ordinary("dm") },
      decode: {
        Operation(
          $0.flag("s") ? .lsrsImmediate : .lsrImmediate, d: $0.d, m: $0.m,
          amount: $0.flag("i") ? $0.register("i") : 32)
      }),
    Encoding(
      "ASR (immediate) T2", "11101010010_s_1111_0_iii_dddd_ii_10_mmmm",
      "mov{s}{c}.w {d}, {m}, asr {#amount}",
      where: { $0.ordinary("dm") },
      decode: {
        Operation(
          $0.flag("s") ? .asrsImmediate : .asrImmediate, d: $0.d, m: $0.m,
          amount: $0.flag("i") ? $0.register("i") : 32)
      }),
    Encoding(
      "ROR (immediate) T1", "11101010010_s_1111_0_iii_dddd_ii_11_mmmm",
      "mov{s}{c}.w {d}, {m}, ror {#amount}",
      where: { $0.ordinary("dm") && $0.flag("i") },
      decode: {
        Operation(
          $0.flag("s") ? .rorsImmediate : .rorImmediate, d: $0.d, m: $0.m,
          amount: $0.register("i"))
      }),
    Encoding(
      "RRX T1", "11101010010_s_1111_0000_dddd_0011_mmmm",
      "mov{s}{c}.w {d}, {m}, rrx",
      where: { $0.ordinary("dm") },
      decode: { Operation($0.flag("s") ? .rrxs : .rrx, d: $0.d, m: $0.m, amount: 1) }),
    Encoding(
      "ORN (register) T1", "1110101_0011_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "orn{s}{c} {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.orn) }),
    Encoding(
      "MVN (register) T2", "11101010011_s_1111_0_iii_dddd_ii_tt_mmmm",
      "mvn{s}{c}.w {d}, {m}{shift}",
      where: { $0.ordinary("dm") },
      decode: { $0.shifted(.mvn, hasN: false) }),
    Encoding(
      "EOR (register) T2", "1110101_0100_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "eor{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.eor) }),
    Encoding(
      "TEQ (register) T1", "111010101001_nnnn_0_iii_1111_ii_tt_mmmm",
      "teq{c} {n}, {m}{shift}",
      where: { $0.ordinary("nm") },
      decode: { $0.shifted(.teq, compares: true) }),
    Encoding(
      "PKHBT T1", level: .dsp, "111010101100_nnnn_0_iii_dddd_ii_00_mmmm",
      "pkhbt{c} {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { Operation(.pkhbt, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("i")) }),
    Encoding(
      "PKHTB T1", level: .dsp, "111010101100_nnnn_0_iii_dddd_ii_10_mmmm",
      "pkhtb{c} {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .pkhtb, d: $0.d, n: $0.n, m: $0.m, a: 2,
          amount: $0.flag("i") ? $0.register("i") : 32)
      }),
    Encoding(
      "ADD (register) T3", "1110101_1000_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "add{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.add) }),
    Encoding(
      "ADD (SP plus register) T3", "11101011000_s_1101_0_iii_dddd_ii_tt_mmmm",
      "add{s}{c}.w {d}, {n}, {m}{shift}",
      where: {
        $0.ordinary("m") && $0.d != 15
          && ($0.d != 13 || $0.number("t") == 0 && $0.number("i") <= 3)
      },
      decode: {
        var operation = $0.shifted(.add, hasN: false)
        operation.n = 13
        return operation
      }),
    Encoding(
      "CMN (register) T2", "111010110001_nnnn_0_iii_1111_ii_tt_mmmm",
      "cmn{c}.w {n}, {m}{shift}",
      where: { $0.n != 15 && $0.ordinary("m") },
      decode: { $0.shifted(.cmn, compares: true) }),
    Encoding(
      "ADC (register) T2", "1110101_1010_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "adc{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.adc) }),
    Encoding(
      "SBC (register) T2", "1110101_1011_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "sbc{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.sbc) }),
    Encoding(
      "SUB (register) T2", "1110101_1101_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "sub{s}{c}.w {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.sub) }),
    Encoding(
      "SUB (SP minus register) T1", "11101011101_s_1101_0_iii_dddd_ii_tt_mmmm",
      "sub{s}{c}.w {d}, {n}, {m}{shift}",
      where: {
        $0.ordinary("m") && $0.d != 15
          && ($0.d != 13 || $0.number("t") == 0 && $0.number("i") <= 3)
      },
      decode: {
        var operation = $0.shifted(.sub, hasN: false)
        operation.n = 13
        return operation
      }),
    Encoding(
      "CMP (register) T3", "111010111011_nnnn_0_iii_1111_ii_tt_mmmm",
      "cmp{c}.w {n}, {m}{shift}",
      where: { $0.n != 15 && $0.ordinary("m") },
      decode: { $0.shifted(.cmp, compares: true) }),
    Encoding(
      "RSB (register) T1", "1110101_1110_s_nnnn_0_iii_dddd_ii_tt_mmmm",
      "rsb{s}{c} {d}, {n}, {m}{shift}",
      where: { $0.ordinary("dnm") },
      decode: { $0.shifted(.rsb) }),
  ]
}
