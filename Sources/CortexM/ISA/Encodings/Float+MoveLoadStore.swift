// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Moves between registers, and FPSCR (A6.6, A6.7).
  static let floatMove: [Encoding] = [
    Encoding(
      "VMOV (immediate) T1", level: .fpv4Single, "111011101_D_11_iiii_dddd_1010_0000_jjjj",
      "vmov{c}.f32 {sd}, {#float}", .floatMove
    ) { Operation(.vmovImmediate, d: $0.sd, immediate: $0.expandedFloat) },
    Encoding(
      "VMOV (register) T1", level: .fpv4Single, "111011101_D_11_0000_dddd_1010_01_M_0_mmmm",
      "vmov{c}.f32 {sd}, {sm}", .floatMove
    ) { $0.singles(.vmov, hasN: false) },
    Encoding(
      "VMOV T1, to single", level: .fpv4Single, "111011100000_nnnn_tttt_1010_N_0010000",
      "vmov{c} {sn}, {d}", .floatMove,
      where: { $0.ordinary("t") },
      decode: { Operation(.vmovFromCore, d: $0.t, n: $0.sn) }),
    Encoding(
      "VMOV T1, from single", level: .fpv4Single, "111011100001_nnnn_tttt_1010_N_0010000",
      "vmov{c} {d}, {sn}", .floatMove,
      where: { $0.ordinary("t") },
      decode: { Operation(.vmovToCore, d: $0.t, n: $0.sn) }),
    Encoding(
      "VMOV T1, to half a double", level: .fpv4Single, "1110111000_x_0_dddd_tttt_1011_0_0010000",
      "vmov{c}.32 d{=d}[{=x}], {d}", .floatMove,
      where: { $0.ordinary("t") },
      decode: { Operation(.vmovFromCore, d: $0.t, n: $0.d << 1 | $0.register("x")) }),
    Encoding(
      "VMOV T1, from half a double", level: .fpv4Single, "1110111000_x_1_nnnn_tttt_1011_0_0010000",
      "vmov{c}.32 {d}, d{=n}[{=x}]", .floatMove,
      where: { $0.ordinary("t") },
      decode: { Operation(.vmovToCore, d: $0.t, n: $0.n << 1 | $0.register("x")) }),
    Encoding(
      "VMOV T1, to two singles", level: .fpv4Single, "111011000100_eeee_tttt_1010_00_M_1_mmmm",
      "vmov{c} {sm}, {sm+1}, {d}, {a}", .floatMovePair,
      where: { $0.ordinary("te") && $0.sm < 31 },
      decode: { Operation(.vmovPairFromCore, d: $0.t, m: $0.sm, a: $0.register("e")) }),
    Encoding(
      "VMOV T1, from two singles", level: .fpv4Single, "111011000101_eeee_tttt_1010_00_M_1_mmmm",
      "vmov{c} {d}, {a}, {sm}, {sm+1}", .floatMovePair,
      where: { $0.ordinary("te") && $0.sm < 31 && $0.t != $0.register("e") },
      decode: { Operation(.vmovPairToCore, d: $0.t, m: $0.sm, a: $0.register("e")) }),
    Encoding(
      "VMOV T1, to a double", level: .fpv4Single, "111011000100_eeee_tttt_1011_0001_mmmm",
      "vmov{c} d{=m}, {d}, {a}", .floatMovePair,
      where: { $0.ordinary("te") },
      decode: { Operation(.vmovDoubleFromCore, d: $0.t, m: $0.m << 1, a: $0.register("e")) }),
    Encoding(
      "VMOV T1, from a double", level: .fpv4Single, "111011000101_eeee_tttt_1011_0001_mmmm",
      "vmov{c} {d}, {a}, d{=m}", .floatMovePair,
      where: { $0.ordinary("te") && $0.t != $0.register("e") },
      decode: { Operation(.vmovDoubleToCore, d: $0.t, m: $0.m << 1, a: $0.register("e")) }),
    Encoding(
      "VMRS T1", level: .fpv4Single, "1110111011110001_tttt_1010_00010000",
      "vmrs{c} {d}, fpscr", .floatStatus,
      where: { $0.ordinary("t") },
      decode: { Operation(.vmrs, d: $0.t) }),
    Encoding(
      "VMRS T1, to APSR", level: .fpv4Single, "1110111011110001_1111_1010_00010000",
      "vmrs{c} APSR_nzcv, fpscr", .floatStatus
    ) { _ in Operation(.vmrsFlags) },
    Encoding(
      "VMSR T1", level: .fpv4Single, "1110111011100001_tttt_1010_00010000",
      "vmsr{c} fpscr, {d}", .floatStatus,
      where: { $0.ordinary("t") },
      decode: { Operation(.vmsr, d: $0.t) }),
  ]

  /// Loads and stores (A6.5).
  static let floatLoadStore: [Encoding] = [
    Encoding(
      "VLDR T2", level: .fpv4Single, "11101101_u_D_01_nnnn_dddd_1010_iiiiiiii",
      "vldr{c} {sd}, [{n}{signedOffset}]", .floatLoad,
      where: { $0.n != 15 },
      decode: {
        Operation(
          .vldr, d: $0.sd, n: $0.n, immediate: $0.offset(scale: 4))
      }),
    Encoding(
      "VLDR T2, literal", level: .fpv4Single, "11101101_u_D_01_1111_dddd_1010_iiiiiiii",
      "vldr{c} {sd}, [pc{signedOffset}]", .floatLoad
    ) {
      Operation(
        .vldrLiteral, d: $0.sd, immediate: $0.offset(scale: 4))
    },
    Encoding(
      "VLDR T1", level: .fpv4Single, "11101101_u_0_01_nnnn_dddd_1011_iiiiiiii",
      "vldr{c} {dd}, [{n}{signedOffset}]", .floatLoadMultiple,
      where: { $0.n != 15 },
      decode: {
        Operation(
          .vldrDouble, d: $0.d << 1, n: $0.n, immediate: $0.offset(scale: 4))
      }),
    Encoding(
      "VLDR T1, literal", level: .fpv4Single, "11101101_u_0_01_1111_dddd_1011_iiiiiiii",
      "vldr{c} {dd}, [pc{signedOffset}]", .floatLoadMultiple
    ) {
      Operation(
        .vldrDoubleLiteral, d: $0.d << 1, immediate: $0.offset(scale: 4))
    },
    Encoding(
      "VSTR T2", level: .fpv4Single, "11101101_u_D_00_nnnn_dddd_1010_iiiiiiii",
      "vstr{c} {sd}, [{n}{signedOffset}]", .floatStore,
      where: { $0.n != 15 },
      decode: {
        Operation(
          .vstr, d: $0.sd, n: $0.n, immediate: $0.offset(scale: 4))
      }),
    Encoding(
      "VSTR T1", level: .fpv4Single, "11101101_u_0_00_nnnn_dddd_1011_iiiiiiii",
      "vstr{c} {dd}, [{n}{signedOffset}]", .floatStoreMultiple,
      where: { $0.n != 15 },
      decode: {
        Operation(
          .vstrDouble, d: $0.d << 1, n: $0.n, immediate: $0.offset(scale: 4))
      }),
    Encoding(
      "VLDM T2, ascending", level: .fpv4Single, "111011001_D_w_1_nnnn_dddd_1010_iiiiiiii",
      "{vldm}ia{x}{c} {n}{!}, {singles}", .floatLoadMultiple,
      where: { $0.n != 15 && $0.isSingleList && !($0.n == 13 && $0.flag("w")) },
      decode: { $0.multiple($0.flag("w") ? .vldmWriteBack : .vldm, doubles: false) }),
    Encoding(
      "VLDM T2, descending", level: .fpv4Single, "111011010_D_1_1_nnnn_dddd_1010_iiiiiiii",
      "{vldm}db{x}{c} {n}!, {singles}", .floatLoadMultiple,
      where: { $0.n != 15 && $0.isSingleList },
      decode: { $0.multiple(.vldmWriteBack, descends: true, doubles: false) }),
    Encoding(
      "VSTM T2, ascending", level: .fpv4Single, "111011001_D_w_0_nnnn_dddd_1010_iiiiiiii",
      "{vstm}ia{x}{c} {n}{!}, {singles}", .floatStoreMultiple,
      where: { $0.n != 15 && $0.isSingleList },
      decode: { $0.multiple($0.flag("w") ? .vstmWriteBack : .vstm, doubles: false) }),
    Encoding(
      "VSTM T2, descending", level: .fpv4Single, "111011010_D_1_0_nnnn_dddd_1010_iiiiiiii",
      "{vstm}db{x}{c} {n}!, {singles}", .floatStoreMultiple,
      where: { $0.n != 15 && $0.isSingleList && $0.n != 13 },
      decode: { $0.multiple(.vstmWriteBack, descends: true, doubles: false) }),
    Encoding(
      "VPOP T2", level: .fpv4Single, "111011001_D_11_1101_dddd_1010_iiiiiiii",
      "vpop{c} {singles}", .floatLoadMultiple,
      where: { $0.isSingleList },
      decode: { $0.multiple(.vldmWriteBack, n: 13, doubles: false) }),
    Encoding(
      "VPUSH T2", level: .fpv4Single, "111011010_D_10_1101_dddd_1010_iiiiiiii",
      "vpush{c} {singles}", .floatStoreMultiple,
      where: { $0.isSingleList },
      decode: { $0.multiple(.vstmWriteBack, n: 13, descends: true, doubles: false) }),
    Encoding(
      "VLDM T1, ascending", level: .fpv4Single, "111011001_0_w_1_nnnn_dddd_1011_iiiiiiii",
      "{vldm}ia{x}{c} {n}{!}, {singles}", .floatLoadMultiple,
      where: { $0.n != 15 && $0.isDoubleList && !($0.n == 13 && $0.flag("w") && !$0.isOdd) },
      decode: { $0.multiple($0.flag("w") ? .vldmWriteBack : .vldm, doubles: true) }),
    Encoding(
      "VLDM T1, descending", level: .fpv4Single, "111011010_0_1_1_nnnn_dddd_1011_iiiiiiii",
      "{vldm}db{x}{c} {n}!, {singles}", .floatLoadMultiple,
      where: { $0.n != 15 && $0.isDoubleList },
      decode: { $0.multiple(.vldmWriteBack, descends: true, doubles: true) }),
    Encoding(
      "VSTM T1, ascending", level: .fpv4Single, "111011001_0_w_0_nnnn_dddd_1011_iiiiiiii",
      "{vstm}ia{x}{c} {n}{!}, {singles}", .floatStoreMultiple,
      where: { $0.n != 15 && $0.isDoubleList },
      decode: { $0.multiple($0.flag("w") ? .vstmWriteBack : .vstm, doubles: true) }),
    Encoding(
      "VSTM T1, descending", level: .fpv4Single, "111011010_0_1_0_nnnn_dddd_1011_iiiiiiii",
      "{vstm}db{x}{c} {n}!, {singles}", .floatStoreMultiple,
      where: { $0.n != 15 && $0.isDoubleList && ($0.n != 13 || $0.isOdd) },
      decode: { $0.multiple(.vstmWriteBack, descends: true, doubles: true) }),
    Encoding(
      "VPOP T1", level: .fpv4Single, "111011001_0_11_1101_dddd_1011_iiiiiiii",
      "vpop{c} {singles}", .floatLoadMultiple,
      where: { $0.isDoubleList && !$0.isOdd },
      decode: { $0.multiple(.vldmWriteBack, n: 13, doubles: true) }),
    Encoding(
      "VPUSH T1", level: .fpv4Single, "111011010_0_10_1101_dddd_1011_iiiiiiii",
      "vpush{c} {singles}", .floatStoreMultiple,
      where: { $0.isDoubleList && !$0.isOdd },
      decode: { $0.multiple(.vstmWriteBack, n: 13, descends: true, doubles: true) }),
  ]
}

extension Fields {
  /// VFPExpandImm() (A6.4.1).
  fileprivate var expandedFloat: UInt32 {
    let byte = number("i") << 4 | number("j")
    let exponent: UInt32 = byte & 0x40 != 0 ? 0x3E00_0000 : 0x4000_0000
    return (byte & 0x80) << 24 | exponent | (byte & 0x3F) << 19
  }

  fileprivate var isSingleList: Bool {
    flag("i") && number("i") + UInt32(sd) <= 32
  }

  /// i counts words; an odd count is the deprecated FLDMX, which transfers one register less and
  /// still moves the base by i words.
  fileprivate var isDoubleList: Bool {
    number("i") >= 2 && number("i") / 2 + UInt32(d) <= 16
  }

  fileprivate var isOdd: Bool { number("i") & 1 != 0 }

  fileprivate func multiple(
    _ opcode: Opcode, n base: UInt8? = nil, descends: Bool = false, doubles: Bool
  ) -> Operation {
    let words = number("i")
    return Operation(
      opcode, d: doubles ? d << 1 : sd, n: base ?? n, amount: UInt8(truncatingIfNeeded: words),
      immediate: doubles ? words & ~1 : words, extra: descends ? 0 &- words * 4 : 0)
  }
}
