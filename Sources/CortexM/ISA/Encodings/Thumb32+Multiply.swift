// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Multiply, multiply accumulate, absolute difference (A5.3.16).
  static let thumb32Multiply: [Encoding] = [
    Encoding(
      "MUL T2", "111110110000_nnnn_1111_dddd_0000_mmmm",
      "mul{c}.w {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.mul, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "MLA T1", "111110110000_nnnn_aaaa_dddd_0000_mmmm",
      "mla{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.mla, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "MLS T1", "111110110000_nnnn_aaaa_dddd_0001_mmmm",
      "mls{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.mls, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMULBB T1", level: .dsp, "111110110001_nnnn_1111_dddd_0000_mmmm",
      "smulbb{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smulbb, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLABB T1", level: .dsp, "111110110001_nnnn_aaaa_dddd_0000_mmmm",
      "smlabb{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlabb, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMULBT T1", level: .dsp, "111110110001_nnnn_1111_dddd_0001_mmmm",
      "smulbt{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smulbt, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLABT T1", level: .dsp, "111110110001_nnnn_aaaa_dddd_0001_mmmm",
      "smlabt{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlabt, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMULTB T1", level: .dsp, "111110110001_nnnn_1111_dddd_0010_mmmm",
      "smultb{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smultb, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLATB T1", level: .dsp, "111110110001_nnnn_aaaa_dddd_0010_mmmm",
      "smlatb{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlatb, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMULTT T1", level: .dsp, "111110110001_nnnn_1111_dddd_0011_mmmm",
      "smultt{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smultt, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLATT T1", level: .dsp, "111110110001_nnnn_aaaa_dddd_0011_mmmm",
      "smlatt{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlatt, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMUAD T1", level: .dsp, "111110110010_nnnn_1111_dddd_0000_mmmm",
      "smuad{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smuad, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLAD T1", level: .dsp, "111110110010_nnnn_aaaa_dddd_0000_mmmm",
      "smlad{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlad, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMUADX T1", level: .dsp, "111110110010_nnnn_1111_dddd_0001_mmmm",
      "smuadx{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smuadx, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLADX T1", level: .dsp, "111110110010_nnnn_aaaa_dddd_0001_mmmm",
      "smladx{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smladx, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMUSD T1", level: .dsp, "111110110100_nnnn_1111_dddd_0000_mmmm",
      "smusd{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smusd, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLSD T1", level: .dsp, "111110110100_nnnn_aaaa_dddd_0000_mmmm",
      "smlsd{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlsd, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMUSDX T1", level: .dsp, "111110110100_nnnn_1111_dddd_0001_mmmm",
      "smusdx{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smusdx, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLSDX T1", level: .dsp, "111110110100_nnnn_aaaa_dddd_0001_mmmm",
      "smlsdx{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlsdx, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMULWB T1", level: .dsp, "111110110011_nnnn_1111_dddd_0000_mmmm",
      "smulwb{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smulwb, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLAWB T1", level: .dsp, "111110110011_nnnn_aaaa_dddd_0000_mmmm",
      "smlawb{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlawb, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMULWT T1", level: .dsp, "111110110011_nnnn_1111_dddd_0001_mmmm",
      "smulwt{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smulwt, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMLAWT T1", level: .dsp, "111110110011_nnnn_aaaa_dddd_0001_mmmm",
      "smlawt{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smlawt, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMMUL T1", level: .dsp, "111110110101_nnnn_1111_dddd_0000_mmmm",
      "smmul{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smmul, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMMLA T1", level: .dsp, "111110110101_nnnn_aaaa_dddd_0000_mmmm",
      "smmla{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smmla, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMMLS T1", level: .dsp, "111110110110_nnnn_aaaa_dddd_0000_mmmm",
      "smmls{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smmls, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMMULR T1", level: .dsp, "111110110101_nnnn_1111_dddd_0001_mmmm",
      "smmulr{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.smmulr, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "SMMLAR T1", level: .dsp, "111110110101_nnnn_aaaa_dddd_0001_mmmm",
      "smmlar{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smmlar, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMMLSR T1", level: .dsp, "111110110110_nnnn_aaaa_dddd_0001_mmmm",
      "smmlsr{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.smmlsr, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "USAD8 T1", level: .dsp, "111110110111_nnnn_1111_dddd_0000_mmmm",
      "usad8{c} {d}, {n}, {m}", .multiply,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.usad8, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "USADA8 T1", level: .dsp, "111110110111_nnnn_aaaa_dddd_0000_mmmm",
      "usada8{c} {d}, {n}, {m}, {a}", .multiply,
      where: { $0.ordinary("dnma") },
      decode: { Operation(.usada8, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
  ]

  /// Long multiply, long multiply accumulate, divide (A5.3.17).
  static let thumb32LongMultiply: [Encoding] = [
    Encoding(
      "SMULL T1", "111110111000_nnnn_dddd_aaaa_0000_mmmm",
      "smull{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smull, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "UMULL T1", "111110111010_nnnn_dddd_aaaa_0000_mmmm",
      "umull{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.umull, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLAL T1", "111110111100_nnnn_dddd_aaaa_0000_mmmm",
      "smlal{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlal, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLALBB T1", level: .dsp, "111110111100_nnnn_dddd_aaaa_1000_mmmm",
      "smlalbb{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlalbb, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLALBT T1", level: .dsp, "111110111100_nnnn_dddd_aaaa_1001_mmmm",
      "smlalbt{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlalbt, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLALTB T1", level: .dsp, "111110111100_nnnn_dddd_aaaa_1010_mmmm",
      "smlaltb{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlaltb, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLALTT T1", level: .dsp, "111110111100_nnnn_dddd_aaaa_1011_mmmm",
      "smlaltt{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlaltt, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLALD T1", level: .dsp, "111110111100_nnnn_dddd_aaaa_1100_mmmm",
      "smlald{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlald, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLSLD T1", level: .dsp, "111110111101_nnnn_dddd_aaaa_1100_mmmm",
      "smlsld{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlsld, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLALDX T1", level: .dsp, "111110111100_nnnn_dddd_aaaa_1101_mmmm",
      "smlaldx{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlaldx, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SMLSLDX T1", level: .dsp, "111110111101_nnnn_dddd_aaaa_1101_mmmm",
      "smlsldx{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.smlsldx, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "UMLAL T1", "111110111110_nnnn_dddd_aaaa_0000_mmmm",
      "umlal{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.umlal, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "UMAAL T1", level: .dsp, "111110111110_nnnn_dddd_aaaa_0110_mmmm",
      "umaal{c} {d}, {a}, {n}, {m}", .multiplyLong,
      where: { $0.ordinary("dnma") && $0.a != $0.d },
      decode: { Operation(.umaal, d: $0.d, n: $0.n, m: $0.m, a: $0.a) }),
    Encoding(
      "SDIV T1", "111110111001_nnnn_1111_dddd_1111_mmmm",
      "sdiv{c} {d}, {n}, {m}", .divide,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.sdiv, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "UDIV T1", "111110111011_nnnn_1111_dddd_1111_mmmm",
      "udiv{c} {d}, {n}, {m}", .divide,
      where: { $0.ordinary("dnm") },
      decode: { Operation(.udiv, d: $0.d, n: $0.n, m: $0.m) }),
  ]
}
