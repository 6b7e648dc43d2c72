// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Shift, add, subtract, move and compare; data processing; high registers (A5.2.1 to A5.2.3).
  static let thumb16DataProcessing: [Encoding] = [
    Encoding("MOV (register) T2", "0000000000_mmm_ddd", "mov{s}{c} {d}, {m}") {
      Operation(.movsRegister, d: $0.d, m: $0.m)
    },
    Encoding(
      "LSL (immediate) T1", "00000_iiiii_mmm_ddd", "lsl{s}{c} {d}, {m}, {#amount}",
      where: { $0.flag("i") },
      decode: { Operation(.lslsImmediate, d: $0.d, m: $0.m, amount: $0.register("i")) }),
    Encoding("LSR (immediate) T1", "00001_iiiii_mmm_ddd", "lsr{s}{c} {d}, {m}, {#amount}") {
      Operation(.lsrsImmediate, d: $0.d, m: $0.m, amount: $0.flag("i") ? $0.register("i") : 32)
    },
    Encoding("ASR (immediate) T1", "00010_iiiii_mmm_ddd", "asr{s}{c} {d}, {m}, {#amount}") {
      Operation(.asrsImmediate, d: $0.d, m: $0.m, amount: $0.flag("i") ? $0.register("i") : 32)
    },
    Encoding("ADD (register) T1", "0001100_mmm_nnn_ddd", "add{s}{c} {d}, {n}, {m}") {
      Operation(.addsRegister, d: $0.d, n: $0.n, m: $0.m)
    },
    Encoding("SUB (register) T1", "0001101_mmm_nnn_ddd", "sub{s}{c} {d}, {n}, {m}") {
      Operation(.subsRegister, d: $0.d, n: $0.n, m: $0.m)
    },
    Encoding("ADD (immediate) T1", "0001110_iii_nnn_ddd", "add{s}{c} {d}, {n}, {#}") {
      Operation(.addsImmediate, d: $0.d, n: $0.n, immediate: $0.number("i"))
    },
    Encoding("SUB (immediate) T1", "0001111_iii_nnn_ddd", "sub{s}{c} {d}, {n}, {#}") {
      Operation(.subsImmediate, d: $0.d, n: $0.n, immediate: $0.number("i"))
    },
    Encoding("MOV (immediate) T1", "00100_ddd_iiiiiiii", "mov{s}{c} {d}, {#}") {
      Operation(.movsImmediate, d: $0.d, immediate: $0.number("i"))
    },
    Encoding("CMP (immediate) T1", "00101_nnn_iiiiiiii", "cmp{c} {n}, {#}") {
      Operation(.cmpImmediate, n: $0.n, immediate: $0.number("i"))
    },
    Encoding("ADD (immediate) T2", "00110_ddd_iiiiiiii", "add{s}{c} {d}, {#}") {
      Operation(.addsImmediate, d: $0.d, n: $0.d, immediate: $0.number("i"))
    },
    Encoding("SUB (immediate) T2", "00111_ddd_iiiiiiii", "sub{s}{c} {d}, {#}") {
      Operation(.subsImmediate, d: $0.d, n: $0.d, immediate: $0.number("i"))
    },
  ]

  static let thumb16Registers: [Encoding] = [
    Encoding("AND (register) T1", "0100000000_mmm_ddd", "and{s}{c} {d}, {m}") {
      Operation(.andsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("EOR (register) T1", "0100000001_mmm_ddd", "eor{s}{c} {d}, {m}") {
      Operation(.eorsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("LSL (register) T1", "0100000010_mmm_ddd", "lsl{s}{c} {d}, {m}") {
      Operation(.lslsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("LSR (register) T1", "0100000011_mmm_ddd", "lsr{s}{c} {d}, {m}") {
      Operation(.lsrsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("ASR (register) T1", "0100000100_mmm_ddd", "asr{s}{c} {d}, {m}") {
      Operation(.asrsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("ADC (register) T1", "0100000101_mmm_ddd", "adc{s}{c} {d}, {m}") {
      Operation(.adcsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("SBC (register) T1", "0100000110_mmm_ddd", "sbc{s}{c} {d}, {m}") {
      Operation(.sbcsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("ROR (register) T1", "0100000111_mmm_ddd", "ror{s}{c} {d}, {m}") {
      Operation(.rorsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("TST (register) T1", "0100001000_mmm_nnn", "tst{c} {n}, {m}") {
      Operation(.tstRegister, n: $0.n, m: $0.m)
    },
    Encoding("RSB (immediate) T1", "0100001001_nnn_ddd", "neg{s}{c} {d}, {n}") {
      Operation(.rsbsImmediate, d: $0.d, n: $0.n)
    },
    Encoding("CMP (register) T1", "0100001010_mmm_nnn", "cmp{c} {n}, {m}") {
      Operation(.cmpRegister, n: $0.n, m: $0.m)
    },
    Encoding("CMN (register) T1", "0100001011_mmm_nnn", "cmn{c} {n}, {m}") {
      Operation(.cmnRegister, n: $0.n, m: $0.m)
    },
    Encoding("ORR (register) T1", "0100001100_mmm_ddd", "orr{s}{c} {d}, {m}") {
      Operation(.orrsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("MUL T1", "0100001101_nnn_ddd", "mul{s}{c} {d}, {n}", .multiply) {
      Operation(.muls, d: $0.d, n: $0.n, m: $0.d)
    },
    Encoding("BIC (register) T1", "0100001110_mmm_ddd", "bic{s}{c} {d}, {m}") {
      Operation(.bicsRegister, d: $0.d, n: $0.d, m: $0.m)
    },
    Encoding("MVN (register) T1", "0100001111_mmm_ddd", "mvn{s}{c} {d}, {m}") {
      Operation(.mvnsRegister, d: $0.d, m: $0.m)
    },
  ]

  /// r15 is read as an address and written as a branch: opcodes of their own.
  static let thumb16HighRegisters: [Encoding] = [
    Encoding(
      "ADD (register) T2", "01000100_d_mmmm_ddd", "add{c} {d}, {m}",
      where: { $0.d != 15 && $0.m != 15 },
      decode: { Operation(.addRegister, d: $0.d, n: $0.d, m: $0.m) }),
    Encoding(
      "ADD (register) T2, from pc", "01000100_d_1111_ddd", "add{c} {d}, pc",
      where: { $0.d != 15 },
      decode: { Operation(.addProgramCounter, d: $0.d) }),
    Encoding(
      "ADD (register) T2, to pc", "01000100_1_mmmm_111", "add{c} pc, {m}", .branch,
      where: { $0.m != 15 },
      decode: { Operation(.addBranch, m: $0.m) }),
    Encoding(
      "CMP (register) T2", "01000101_n_mmmm_nnn", "cmp{c} {n}, {m}",
      where: { ($0.n > 7 || $0.m > 7) && $0.n != 15 && $0.m != 15 },
      decode: { Operation(.cmpRegister, n: $0.n, m: $0.m) }),
    Encoding(
      "MOV (register) T1", "01000110_d_mmmm_ddd", "mov{c} {d}, {m}",
      where: { $0.d != 15 && $0.m != 15 },
      decode: { Operation(.movRegister, d: $0.d, m: $0.m) }),
    Encoding(
      "MOV (register) T1, from pc", "01000110_d_1111_ddd", "mov{c} {d}, pc",
      where: { $0.d != 15 },
      decode: { Operation(.movProgramCounter, d: $0.d) }),
    Encoding("MOV (register) T1, to pc", "01000110_1_mmmm_111", "mov{c} pc, {m}", .branch) {
      $0.m == 15 ? Operation(.branchProgramCounter, m: 15) : Operation(.branchRegister, m: $0.m)
    },
    Encoding("BX T1", "010001110_mmmm_000", "bx{c} {m}", .branch) {
      $0.m == 15
        ? Operation(.branchExchangeProgramCounter, m: 15) : Operation(.branchExchange, m: $0.m)
    },
    Encoding(
      "BLX T1", "010001111_mmmm_000", "blx{c} {m}", .branch, where: { $0.m != 15 },
      decode: {
        Operation(.branchLinkExchange, m: $0.m)
      }),
  ]
}
