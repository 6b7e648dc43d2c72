// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Data processing, register: shifts and extensions (A5.3.12).
  static let thumb32Register: [Encoding] = [
    Encoding(
      "LSL (register) T2", "11111010000_s_nnnn_1111_dddd_0000_mmmm",
      "lsl{s}{c}.w {d}, {n}, {m}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          $0.flag("s") ? .lslsRegister : .lslRegister, d: $0.d, n: $0.n, m: $0.m)
      }),
    Encoding(
      "LSR (register) T2", "11111010001_s_nnnn_1111_dddd_0000_mmmm",
      "lsr{s}{c}.w {d}, {n}, {m}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          $0.flag("s") ? .lsrsRegister : .lsrRegister, d: $0.d, n: $0.n, m: $0.m)
      }),
    Encoding(
      "ASR (register) T2", "11111010010_s_nnnn_1111_dddd_0000_mmmm",
      "asr{s}{c}.w {d}, {n}, {m}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          $0.flag("s") ? .asrsRegister : .asrRegister, d: $0.d, n: $0.n, m: $0.m)
      }),
    Encoding(
      "ROR (register) T2", "11111010011_s_nnnn_1111_dddd_0000_mmmm",
      "ror{s}{c}.w {d}, {n}, {m}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          $0.flag("s") ? .rorsRegister : .rorRegister, d: $0.d, n: $0.n, m: $0.m)
      }),
    Encoding(
      "SXTH T2", "111110100000_1111_1111_dddd_10_rr_mmmm",
      "sxth{c}.w {d}, {m}{ror}",
      where: { $0.ordinary("dm") },
      decode: { Operation(.sxth, d: $0.d, m: $0.m, amount: $0.register("r") * 8) }),
    Encoding(
      "SXTAH T1", level: .dsp, "111110100000_nnnn_1111_dddd_10_rr_mmmm",
      "sxtah{c} {d}, {n}, {m}{ror}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .sxtah, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("r") * 8)
      }),
    Encoding(
      "UXTH T2", "111110100001_1111_1111_dddd_10_rr_mmmm",
      "uxth{c}.w {d}, {m}{ror}",
      where: { $0.ordinary("dm") },
      decode: { Operation(.uxth, d: $0.d, m: $0.m, amount: $0.register("r") * 8) }),
    Encoding(
      "UXTAH T1", level: .dsp, "111110100001_nnnn_1111_dddd_10_rr_mmmm",
      "uxtah{c} {d}, {n}, {m}{ror}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .uxtah, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("r") * 8)
      }),
    Encoding(
      "SXTB16 T1", level: .dsp, "111110100010_1111_1111_dddd_10_rr_mmmm",
      "sxtb16{c} {d}, {m}{ror}",
      where: { $0.ordinary("dm") },
      decode: { Operation(.sxtb16, d: $0.d, m: $0.m, amount: $0.register("r") * 8) }),
    Encoding(
      "SXTAB16 T1", level: .dsp, "111110100010_nnnn_1111_dddd_10_rr_mmmm",
      "sxtab16{c} {d}, {n}, {m}{ror}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .sxtab16, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("r") * 8)
      }),
    Encoding(
      "UXTB16 T1", level: .dsp, "111110100011_1111_1111_dddd_10_rr_mmmm",
      "uxtb16{c} {d}, {m}{ror}",
      where: { $0.ordinary("dm") },
      decode: { Operation(.uxtb16, d: $0.d, m: $0.m, amount: $0.register("r") * 8) }),
    Encoding(
      "UXTAB16 T1", level: .dsp, "111110100011_nnnn_1111_dddd_10_rr_mmmm",
      "uxtab16{c} {d}, {n}, {m}{ror}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .uxtab16, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("r") * 8)
      }),
    Encoding(
      "SXTB T2", "111110100100_1111_1111_dddd_10_rr_mmmm",
      "sxtb{c}.w {d}, {m}{ror}",
      where: { $0.ordinary("dm") },
      decode: { Operation(.sxtb, d: $0.d, m: $0.m, amount: $0.register("r") * 8) }),
    Encoding(
      "SXTAB T1", level: .dsp, "111110100100_nnnn_1111_dddd_10_rr_mmmm",
      "sxtab{c} {d}, {n}, {m}{ror}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .sxtab, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("r") * 8)
      }),
    Encoding(
      "UXTB T2", "111110100101_1111_1111_dddd_10_rr_mmmm",
      "uxtb{c}.w {d}, {m}{ror}",
      where: { $0.ordinary("dm") },
      decode: { Operation(.uxtb, d: $0.d, m: $0.m, amount: $0.register("r") * 8) }),
    Encoding(
      "UXTAB T1", level: .dsp, "111110100101_nnnn_1111_dddd_10_rr_mmmm",
      "uxtab{c} {d}, {n}, {m}{ror}",
      where: { $0.ordinary("dnm") },
      decode: {
        Operation(
          .uxtab, d: $0.d, n: $0.n, m: $0.m, amount: $0.register("r") * 8)
      }),
  ]

  /// Saturating addition, byte order, SEL, CLZ (A5.3.15).
  static let thumb32Miscellaneous: [Encoding] = [
    Encoding(
      "QADD T1", level: .dsp, "111110101000_nnnn_1111_dddd_1000_mmmm",
      "qadd{c} {d}, {m}, {n}",
      where: { $0.ordinary("dnm") },
      decode: { Operation(.qadd, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "QDADD T1", level: .dsp, "111110101000_nnnn_1111_dddd_1001_mmmm",
      "qdadd{c} {d}, {m}, {n}",
      where: { $0.ordinary("dnm") },
      decode: { Operation(.qdadd, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "QSUB T1", level: .dsp, "111110101000_nnnn_1111_dddd_1010_mmmm",
      "qsub{c} {d}, {m}, {n}",
      where: { $0.ordinary("dnm") },
      decode: { Operation(.qsub, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "QDSUB T1", level: .dsp, "111110101000_nnnn_1111_dddd_1011_mmmm",
      "qdsub{c} {d}, {m}, {n}",
      where: { $0.ordinary("dnm") },
      decode: { Operation(.qdsub, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "REV T2", "111110101001_xxxx_1111_dddd_1000_mmmm",
      "rev{c}.w {d}, {m}",
      where: { $0.ordinary("dm") && $0.number("x") == $0.number("m") },
      decode: { Operation(.rev, d: $0.d, m: $0.m) }),
    Encoding(
      "REV16 T2", "111110101001_xxxx_1111_dddd_1001_mmmm",
      "rev16{c}.w {d}, {m}",
      where: { $0.ordinary("dm") && $0.number("x") == $0.number("m") },
      decode: { Operation(.rev16, d: $0.d, m: $0.m) }),
    Encoding(
      "RBIT T1", "111110101001_xxxx_1111_dddd_1010_mmmm",
      "rbit{c} {d}, {m}",
      where: { $0.ordinary("dm") && $0.number("x") == $0.number("m") },
      decode: { Operation(.rbit, d: $0.d, m: $0.m) }),
    Encoding(
      "REVSH T2", "111110101001_xxxx_1111_dddd_1011_mmmm",
      "revsh{c}.w {d}, {m}",
      where: { $0.ordinary("dm") && $0.number("x") == $0.number("m") },
      decode: { Operation(.revsh, d: $0.d, m: $0.m) }),
    Encoding(
      "SEL T1", level: .dsp, "111110101010_nnnn_1111_dddd_1000_mmmm",
      "sel{c} {d}, {n}, {m}",
      where: { $0.ordinary("dnm") },
      decode: { Operation(.sel, d: $0.d, n: $0.n, m: $0.m) }),
    Encoding(
      "CLZ T1", "111110101011_xxxx_1111_dddd_1000_mmmm",
      "clz{c} {d}, {m}",
      where: { $0.ordinary("dm") && $0.number("x") == $0.number("m") },
      decode: { Operation(.clz, d: $0.d, m: $0.m) }),
  ]

  /// Parallel addition and subtraction: six operations under six rules (A5.3.13, A5.3.14).
  static let thumb32Parallel: [Encoding] = LaneRule.allCases.flatMap { rule in
    let operations: [(name: String, bits: String, opcode: Opcode)] = [
      ("ADD16", "001", .add16), ("ASX", "010", .asx), ("SAX", "110", .sax),
      ("SUB16", "101", .sub16), ("ADD8", "000", .add8), ("SUB8", "100", .sub8),
    ]
    let prefixes = ["000", "001", "010", "100", "101", "110"]
    return operations.map { name, bits, opcode in
      Encoding(
        "\(rule.prefix.uppercased())\(name) T1", level: .dsp,
        "111110101_\(bits)_nnnn_1111_dddd_0\(prefixes[Int(rule.rawValue)])_mmmm",
        "\(rule.prefix)\(name.lowercased()){c} {d}, {n}, {m}", where: { $0.ordinary("dnm") },
        decode: { Operation(opcode, d: $0.d, n: $0.n, m: $0.m, amount: rule.rawValue) })
    }
  }
}
