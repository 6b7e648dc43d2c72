// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Branches (A5.3.4).
  static let thumb32Branch: [Encoding] = [
    Encoding(
      "B T3", "11110_s_cccc_iiiiii_10_j_0_k_lllllllllll", "b{cond}.w {target}", .branchConditional,
      where: { $0.number("c") < 14 },
      decode: {
        let high = $0.number("s") << 19 | $0.number("k") << 18 | $0.number("j") << 17
        var operation = Operation(
          .branchConditional, immediate: signExtended(high | $0.longOffset, bits: 20) &* 2)
        operation.condition = $0.register("c")
        return operation
      }),
    Encoding("B T4", "11110_s_iiiiiiiiii_10_j_1_k_lllllllllll", "b{c}.w {target}", .branch) {
      Operation(.branch, immediate: $0.farOffset)
    },
    Encoding(
      "BL T1", level: .armv6M, "11110_s_iiiiiiiiii_11_j_1_k_lllllllllll", "bl{c} {target}",
      .branchLink
    ) { Operation(.branchLink, immediate: $0.farOffset) },
    Encoding(
      "TBB T1", "111010001101_nnnn_1111_0000_0000_mmmm",
      "tbb{c} [{n}, {m}]", .tableBranch,
      where: { $0.n != 13 && $0.ordinary("m") },
      decode: { Operation($0.n == 15 ? .tbbProgramCounter : .tbb, n: $0.n, m: $0.m) }),
    Encoding(
      "TBH T1", "111010001101_nnnn_1111_0000_0001_mmmm",
      "tbh{c} [{n}, {m}, lsl #1]", .tableBranch,
      where: { $0.n != 13 && $0.ordinary("m") },
      decode: { Operation($0.n == 15 ? .tbhProgramCounter : .tbh, n: $0.n, m: $0.m) }),
  ]

  /// Special registers, hints, barriers (A5.3.4 to A5.3.6).
  static let thumb32Control: [Encoding] = [
    Encoding(
      "MSR T1", level: .armv6M, "11110011100_0_nnnn_10_0_0_1000_yyyyyyyy",
      "msr{c} {special}, {n}", .system,
      where: { $0.ordinary("n") && isSpecial($0.number("y")) },
      decode: { Operation(.msr, n: $0.n, a: 2, amount: $0.register("y")) }),
    Encoding(
      "MSR T1, masks", "11110011100_0_nnnn_10_0_0_1000_yyyyyyyy",
      "msr{c} {special}, {n}", .system,
      where: { $0.ordinary("n") && isMask($0.number("y")) },
      decode: { Operation(.msr, n: $0.n, a: 2, amount: $0.register("y")) }),
    Encoding(
      "MSR T1, GE", level: .dsp, "11110011100_0_nnnn_10_0_0_x100_000000_yy",
      "msr{c} {special}, {n}", .system,
      where: { $0.ordinary("n") },
      decode: {
        Operation(.msr, n: $0.n, a: $0.register("x") << 1 | 1, amount: $0.register("y"))
      }),
    Encoding(
      "MRS T1", level: .armv6M, "11110011111_0_1111_10_0_0_dddd_yyyyyyyy",
      "mrs{c} {d}, {special}", .system,
      where: { $0.ordinary("d") && isSpecial($0.number("y")) },
      decode: { Operation(.mrs, d: $0.d, amount: $0.register("y")) }),
    Encoding(
      "MRS T1, masks", "11110011111_0_1111_10_0_0_dddd_yyyyyyyy",
      "mrs{c} {d}, {special}", .system,
      where: { $0.ordinary("d") && isMask($0.number("y")) },
      decode: { Operation(.mrs, d: $0.d, amount: $0.register("y")) }),
    Encoding(
      "NOP T2", "1111001110101111_10000000_00000000", "nop{c}.w", .hint
    ) { _ in
      Operation(.nop)
    },
    Encoding(
      "YIELD T2", "1111001110101111_10000000_00000001", "yield{c}.w", .hint
    ) { _ in
      Operation(.nop)
    },
    Encoding(
      "WFE T2", "1111001110101111_10000000_00000010", "wfe{c}.w", .hint
    ) { _ in
      Operation(.wfe)
    },
    Encoding(
      "WFI T2", "1111001110101111_10000000_00000011", "wfi{c}.w", .hint
    ) { _ in
      Operation(.wfi)
    },
    Encoding(
      "SEV T2", "1111001110101111_10000000_00000100", "sev{c}.w", .hint
    ) { _ in
      Operation(.sev)
    },
    Encoding(
      "DBG T1", "1111001110101111_10000000_1111_iiii",
      "dbg{c} {#}", .hint
    ) { Operation(.nop, immediate: $0.number("i")) },
    // "Unallocated hints execute as NOPs."
    Encoding(
      "Hint T2, unallocated", "1111001110101111_10000000_iiiiiiii",
      "nop{c}.w {braced}", .hint,
      where: { $0.number("i") > 4 && $0.number("i") < 0xF0 },
      decode: { Operation(.nop, immediate: $0.number("i")) }),
    Encoding(
      "CLREX T1", "1111001110111111_1000111100101111",
      "clrex{c}", .hint
    ) { _ in
      Operation(.clrex)
    },
    Encoding(
      "DSB T1", level: .armv6M, "1111001110111111_10001111_0100_iiii",
      "dsb{c} {barrier}", .barrier
    ) { Operation(.dsb, immediate: $0.number("i")) },
    Encoding(
      "DMB T1", level: .armv6M, "1111001110111111_10001111_0101_iiii",
      "dmb{c} {barrier}", .barrier
    ) { Operation(.dmb, immediate: $0.number("i")) },
    Encoding(
      "ISB T1", level: .armv6M, "1111001110111111_10001111_0110_iiii",
      "isb{c} {barrier}", .barrier
    ) { Operation(.isb, immediate: $0.number("i")) },
    Encoding(
      "UDF T2", level: .armv6M, "111101111111_jjjj_1010_iiiiiiiiiiii",
      "udf{c}.w {#}", .trap
    ) { Operation(.undefined, immediate: $0.number("j") << 12 | $0.number("i")) },
  ]

  /// Coprocessors other than the FPU: none is fitted, NOCP (A5.3.18).
  static let thumb32Coprocessor: [Encoding] = [
    Encoding(
      "CDP T1", "11101110_oooo_nnnn_dddd_cccc_ppp_0_mmmm",
      "cdp{c} {=c}, {=o}, cr{=d}, cr{=n}, cr{=m}, {{{=p}}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MCR T1", "11101110_ooo_0_nnnn_tttt_cccc_ppp_1_mmmm",
      "mcr{c} {=c}, {=o}, {rt}, cr{=n}, cr{=m}, {{{=p}}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MRC T1", "11101110_ooo_1_nnnn_tttt_cccc_ppp_1_mmmm",
      "mrc{c} {=c}, {=o}, {rt}, cr{=n}, cr{=m}, {{{=p}}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MCRR T1", "111011000100_eeee_tttt_cccc_oooo_mmmm",
      "mcrr{c} {=c}, {=o}, {rt}, {re}, cr{=m}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MRRC T1", "111011000101_eeee_tttt_cccc_oooo_mmmm",
      "mrrc{c} {=c}, {=o}, {rt}, {re}, cr{=m}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "STC T1", "1110110_p_u_b_w_0_nnnn_dddd_cccc_iiiiiiii",
      "stc{l}{c} {=c}, cr{=d}, {coprocessor}", .trap,
      where: { $0.number("c") >> 1 != 5 && ($0.flag("p") || $0.flag("u") || $0.flag("w")) },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "LDC T1", "1110110_p_u_b_w_1_nnnn_dddd_cccc_iiiiiiii",
      "ldc{l}{c} {=c}, cr{=d}, {coprocessor}", .trap,
      where: { $0.number("c") >> 1 != 5 && ($0.flag("p") || $0.flag("u") || $0.flag("w")) },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "CDP2 T2", "11111110_oooo_nnnn_dddd_cccc_ppp_0_mmmm",
      "cdp2{c} {=c}, {=o}, cr{=d}, cr{=n}, cr{=m}, {{{=p}}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MCR2 T2", "11111110_ooo_0_nnnn_tttt_cccc_ppp_1_mmmm",
      "mcr2{c} {=c}, {=o}, {rt}, cr{=n}, cr{=m}, {{{=p}}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MRC2 T2", "11111110_ooo_1_nnnn_tttt_cccc_ppp_1_mmmm",
      "mrc2{c} {=c}, {=o}, {rt}, cr{=n}, cr{=m}, {{{=p}}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MCRR2 T2", "111111000100_eeee_tttt_cccc_oooo_mmmm",
      "mcrr2{c} {=c}, {=o}, {rt}, {re}, cr{=m}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "MRRC2 T2", "111111000101_eeee_tttt_cccc_oooo_mmmm",
      "mrrc2{c} {=c}, {=o}, {rt}, {re}, cr{=m}", .trap,
      where: { $0.number("c") >> 1 != 5 },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "STC2 T2", "1111110_p_u_b_w_0_nnnn_dddd_cccc_iiiiiiii",
      "stc2{l}{c} {=c}, cr{=d}, {coprocessor}", .trap,
      where: { $0.number("c") >> 1 != 5 && ($0.flag("p") || $0.flag("u") || $0.flag("w")) },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
    Encoding(
      "LDC2 T2", "1111110_p_u_b_w_1_nnnn_dddd_cccc_iiiiiiii",
      "ldc2{l}{c} {=c}, cr{=d}, {coprocessor}", .trap,
      where: { $0.number("c") >> 1 != 5 && ($0.flag("p") || $0.flag("u") || $0.flag("w")) },
      decode: { _ in
        Operation(.noCoprocessor)
      }),
  ]
}

extension Fields {
  /// imm6:imm11 or imm10:imm11.
  fileprivate var longOffset: UInt32 { number("i") << 11 | number("l") }

  /// S:I1:I2:imm10:imm11:0, where I1 and I2 are NOT(J EOR S).
  fileprivate var farOffset: UInt32 {
    let s = number("s")
    let (first, second) = (number("j") ^ s ^ 1, number("k") ^ s ^ 1)
    let high = s << 23 | first << 22 | second << 21
    return signExtended(high | longOffset, bits: 24) &* 2
  }
}

private func signExtended(_ value: UInt32, bits: UInt32) -> UInt32 {
  UInt32(bitPattern: Int32(bitPattern: value << (32 - bits)) >> Int32(32 - bits))
}

/// The SYSm numbers that name a register of every profile (B5.1.1).
private func isSpecial(_ number: UInt32) -> Bool {
  switch number {
  case 0...3, 5...9, 16, 20: true
  default: false
  }
}

/// BASEPRI, BASEPRI_MAX and FAULTMASK.
private func isMask(_ number: UInt32) -> Bool { (17...19).contains(number) }
