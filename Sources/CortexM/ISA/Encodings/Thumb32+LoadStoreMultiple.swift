// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// LDM, STM (A5.3.5).
  static let thumb32LoadStoreMultiple: [Encoding] = [
    Encoding(
      "LDM T2", "1110100010_w_1_nnnn_p_k_0_lllllllllllll", "ldmia{c}.w {n}{!}, {list}",
      .loadMultiple, where: { $0.isLoadable },
      decode: { $0.ascending($0.loadOpcode, n: $0.n, list: $0.list) }),
    Encoding(
      "LDMDB T1", "1110100100_w_1_nnnn_p_k_0_lllllllllllll", "ldmdb{c} {n}{!}, {list}",
      .loadMultiple, where: { $0.isLoadable },
      decode: { $0.descending($0.loadOpcode, n: $0.n, list: $0.list) }),
    Encoding(
      "STM T2", "1110100010_w_0_nnnn_0_k_0_lllllllllllll", "stmia{c}.w {n}{!}, {list}",
      .storeMultiple, where: { $0.isStorable },
      decode: { $0.ascending($0.storeOpcode, n: $0.n, list: $0.storeList) }),
    Encoding(
      "STMDB T1", "1110100100_w_0_nnnn_0_k_0_lllllllllllll", "stmdb{c} {n}{!}, {list}",
      .storeMultiple, where: { $0.isStorable },
      decode: { $0.descending($0.storeOpcode, n: $0.n, list: $0.storeList) }),
  ]

  /// LDRD, STRD, exclusives (A5.3.6).
  static let thumb32DualExclusive: [Encoding] = [
    Encoding(
      "LDRD (immediate) T1", "1110100_p_u_1_w_1_nnnn_tttt_eeee_iiiiiiii",
      "ldrd{c} {d}, {a}, {indexed}", .loadPair,
      where: { $0.n != 15 && $0.isPair && $0.t != $0.register("e") },
      decode: {
        $0.pair($0.flag("w") ? $0.flag("p") ? .ldrdPre : .ldrdPost : .ldrdImmediate)
      }),
    Encoding(
      "LDRD (literal) T1", "11101001_u_1_0_1_1111_tttt_eeee_iiiiiiii",
      "ldrd{c} {d}, {a}, [pc{signedOffset}]", .loadPair,
      where: { $0.ordinary("te") && $0.t != $0.register("e") },
      decode: {
        Operation(
          .ldrdLiteral, d: $0.t, a: $0.register("e"), immediate: $0.offset(scale: 4))
      }),
    Encoding(
      "STRD (immediate) T1", "1110100_p_u_1_w_0_nnnn_tttt_eeee_iiiiiiii",
      "strd{c} {d}, {a}, {indexed}", .storePair, where: { $0.n != 15 && $0.isPair },
      decode: {
        $0.pair($0.flag("w") ? $0.flag("p") ? .strdPre : .strdPost : .strdImmediate)
      }),
    Encoding(
      "LDREX T1", "111010000101_nnnn_tttt_1111_iiiiiiii", "ldrex{c} {d}, [{n}{offset}]",
      .exclusive, where: { $0.n != 15 && $0.ordinary("t") },
      decode: { Operation(.ldrex, d: $0.t, n: $0.n, immediate: $0.number("i") * 4) }),
    Encoding(
      "STREX T1", "111010000100_nnnn_tttt_dddd_iiiiiiii", "strex{c} {d}, {a}, [{n}{offset}]",
      .exclusive, where: { $0.isExclusiveStore },
      decode: {
        Operation(.strex, d: $0.d, n: $0.n, a: $0.t, immediate: $0.number("i") * 4)
      }),
    Encoding(
      "LDREXB T1", "111010001101_nnnn_tttt_1111_0100_1111", "ldrexb{c} {d}, [{n}]", .exclusive,
      where: { $0.n != 15 && $0.ordinary("t") },
      decode: { Operation(.ldrexb, d: $0.t, n: $0.n) }),
    Encoding(
      "LDREXH T1", "111010001101_nnnn_tttt_1111_0101_1111", "ldrexh{c} {d}, [{n}]", .exclusive,
      where: { $0.n != 15 && $0.ordinary("t") },
      decode: { Operation(.ldrexh, d: $0.t, n: $0.n) }),
    Encoding(
      "STREXB T1", "111010001100_nnnn_tttt_1111_0100_dddd", "strexb{c} {d}, {a}, [{n}]",
      .exclusive, where: { $0.isExclusiveStore },
      decode: { Operation(.strexb, d: $0.d, n: $0.n, a: $0.t) }),
    Encoding(
      "STREXH T1", "111010001100_nnnn_tttt_1111_0101_dddd", "strexh{c} {d}, {a}, [{n}]",
      .exclusive, where: { $0.isExclusiveStore },
      decode: { Operation(.strexh, d: $0.d, n: $0.n, a: $0.t) }),
  ]
}

extension Fields {
  fileprivate var list: UInt32 { number("p") << 15 | storeList }
  fileprivate var storeList: UInt32 { number("k") << 14 | number("l") }

  /// At least two registers, not both pc and lr, no write-back of a base that is loaded.
  fileprivate var isLoadable: Bool {
    n != 15 && list.nonzeroBitCount >= 2 && list >> 14 != 3
      && !(flag("w") && list >> UInt32(n) & 1 != 0)
  }

  fileprivate var isStorable: Bool {
    n != 15 && storeList.nonzeroBitCount >= 2 && !(flag("w") && storeList >> UInt32(n) & 1 != 0)
  }

  fileprivate var loadOpcode: Opcode {
    if flag("p") { return flag("w") ? .ldmpcWriteBack : .ldmpc }
    return flag("w") ? .ldmWriteBack : .ldm
  }

  fileprivate var storeOpcode: Opcode { flag("w") ? .stmWriteBack : .stm }

  /// P and W both clear are the exclusives and table branches.
  fileprivate var isPair: Bool {
    (flag("p") || flag("w")) && ordinary("te")
      && !(flag("w") && (n == t || n == register("e")))
  }

  fileprivate func pair(_ opcode: Opcode) -> Operation {
    Operation(opcode, d: t, n: n, a: register("e"), immediate: offset(scale: 4))
  }

  fileprivate var isExclusiveStore: Bool {
    n != 15 && ordinary("dt") && d != n && d != t
  }
}
