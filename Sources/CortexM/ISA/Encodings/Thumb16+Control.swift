// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Addresses, sp adjustment, extension, byte order (A5.2.5, A6.7).
  static let thumb16Miscellaneous: [Encoding] = [
    Encoding("ADR T1", "10100_ddd_iiiiiiii", "add{c} {d}, pc, {#}") {
      Operation(.adr, d: $0.d, immediate: $0.number("i") * 4)
    },
    Encoding("ADD (SP plus immediate) T1", "10101_ddd_iiiiiiii", "add{c} {d}, sp, {#}") {
      Operation(.addImmediate, d: $0.d, n: 13, immediate: $0.number("i") * 4)
    },
    Encoding("ADD (SP plus immediate) T2", "101100000_iiiiiii", "add{c} sp, {#}") {
      Operation(.addImmediate, d: 13, n: 13, immediate: $0.number("i") * 4)
    },
    Encoding("SUB (SP minus immediate) T1", "101100001_iiiiiii", "sub{c} sp, {#}") {
      Operation(.subImmediate, d: 13, n: 13, immediate: $0.number("i") * 4)
    },
    Encoding("SXTH T1", "1011001000_mmm_ddd", "sxth{c} {d}, {m}") {
      Operation(.sxth, d: $0.d, m: $0.m)
    },
    Encoding("SXTB T1", "1011001001_mmm_ddd", "sxtb{c} {d}, {m}") {
      Operation(.sxtb, d: $0.d, m: $0.m)
    },
    Encoding("UXTH T1", "1011001010_mmm_ddd", "uxth{c} {d}, {m}") {
      Operation(.uxth, d: $0.d, m: $0.m)
    },
    Encoding("UXTB T1", "1011001011_mmm_ddd", "uxtb{c} {d}, {m}") {
      Operation(.uxtb, d: $0.d, m: $0.m)
    },
    Encoding("REV T1", "1011101000_mmm_ddd", "rev{c} {d}, {m}") {
      Operation(.rev, d: $0.d, m: $0.m)
    },
    Encoding("REV16 T1", "1011101001_mmm_ddd", "rev16{c} {d}, {m}") {
      Operation(.rev16, d: $0.d, m: $0.m)
    },
    Encoding("REVSH T1", "1011101011_mmm_ddd", "revsh{c} {d}, {m}") {
      Operation(.revsh, d: $0.d, m: $0.m)
    },
  ]

  /// Branches, exceptions, IT and hints (A5.2.5, A5.2.6).
  static let thumb16Control: [Encoding] = [
    Encoding(
      "B T1", "1101_cccc_iiiiiiii", "b{cond}.n {target}", .branchConditional,
      where: { $0.number("c") < 14 },
      decode: {
        var operation = Operation(.branchConditional, immediate: $0.signed("i", bits: 8) &* 2)
        operation.condition = $0.register("c")
        return operation
      }),
    Encoding("B T2", "11100_iiiiiiiiiii", "b{c}.n {target}", .branch) {
      Operation(.branch, immediate: $0.signed("i", bits: 11) &* 2)
    },
    Encoding("CBZ T1", level: .armv7M, "10110_0_i_1_iiiii_nnn", "cbz {n}, {target}", .compareBranch)
    {
      Operation(.cbz, n: $0.n, immediate: $0.number("i") * 2)
    },
    Encoding(
      "CBNZ T1", level: .armv7M, "10111_0_i_1_iiiii_nnn", "cbnz {n}, {target}", .compareBranch
    ) {
      Operation(.cbnz, n: $0.n, immediate: $0.number("i") * 2)
    },
    Encoding("UDF T1", "11011110_iiiiiiii", "udf{c} {#}", .trap) {
      Operation(.undefined, immediate: $0.number("i"))
    },
    Encoding("SVC T1", "11011111_iiiiiiii", "svc{c} {immediate}", .trap) {
      Operation(.svc, immediate: $0.number("i"))
    },
    Encoding("BKPT T1", "10111110_iiiiiiii", "bkpt {hex4}", .trap) {
      Operation(.bkpt, immediate: $0.number("i"))
    },
    Encoding("CPS T1", "10110110011_i_0010", "cps{effect}", .system) {
      Operation(.cps, amount: $0.register("i") << 4 | 2)
    },
    Encoding("CPS T1, FAULTMASK", level: .armv7M, "10110110011_i_00_p_1", "cps{effect}", .system) {
      Operation(.cps, amount: $0.register("i") << 4 | $0.register("p") << 1 | 1)
    },
    Encoding(
      "IT T1", level: .armv7M, "10111111_cccc_mmmm", "it{then} {firstcond}", .ifThen,
      where: {
        let (condition, mask) = ($0.number("c"), $0.number("m"))
        return mask != 0 && condition != 15 && (condition != 14 || mask.nonzeroBitCount == 1)
      },
      decode: { Operation(.ifThen, immediate: $0.number("c") << 4 | $0.number("m")) }),
    Encoding("NOP T1", "1011111100000000", "nop{c}", .hint) { _ in Operation(.nop) },
    Encoding("YIELD T1", "1011111100010000", "yield{c}", .hint) { _ in Operation(.nop) },
    Encoding("WFE T1", "1011111100100000", "wfe{c}", .hint) { _ in Operation(.wfe) },
    Encoding("WFI T1", "1011111100110000", "wfi{c}", .hint) { _ in Operation(.wfi) },
    Encoding("SEV T1", "1011111101000000", "sev{c}", .hint) { _ in Operation(.sev) },
    // "Unallocated hints execute as NOPs."
    Encoding(
      "Hint T1, unallocated", "10111111_iiii_0000", "nop{c} {braced}", .hint,
      where: { $0.number("i") > 4 },
      decode: { Operation(.nop, immediate: $0.number("i")) }),
  ]
}
