// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// Literal, register offset, immediate offset, sp-relative, multiple (A5.2.4, A6.7).
  static let thumb16LoadStore: [Encoding] = [
    Encoding("LDR (literal) T1", "01001_ttt_iiiiiiii", "ldr{c} {d}, [pc, {#}]", .load) {
      Operation(.ldrLiteral, d: $0.t, immediate: $0.number("i") * 4)
    },
    Encoding("STR (register) T1", "0101000_mmm_nnn_ttt", "str{c} {d}, [{n}, {m}]", .store) {
      Operation(.strRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("STRH (register) T1", "0101001_mmm_nnn_ttt", "strh{c} {d}, [{n}, {m}]", .store) {
      Operation(.strhRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("STRB (register) T1", "0101010_mmm_nnn_ttt", "strb{c} {d}, [{n}, {m}]", .store) {
      Operation(.strbRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("LDRSB (register) T1", "0101011_mmm_nnn_ttt", "ldrsb{c} {d}, [{n}, {m}]", .load) {
      Operation(.ldrsbRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("LDR (register) T1", "0101100_mmm_nnn_ttt", "ldr{c} {d}, [{n}, {m}]", .load) {
      Operation(.ldrRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("LDRH (register) T1", "0101101_mmm_nnn_ttt", "ldrh{c} {d}, [{n}, {m}]", .load) {
      Operation(.ldrhRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("LDRB (register) T1", "0101110_mmm_nnn_ttt", "ldrb{c} {d}, [{n}, {m}]", .load) {
      Operation(.ldrbRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("LDRSH (register) T1", "0101111_mmm_nnn_ttt", "ldrsh{c} {d}, [{n}, {m}]", .load) {
      Operation(.ldrshRegister, d: $0.t, n: $0.n, m: $0.m)
    },
    Encoding("STR (immediate) T1", "01100_iiiii_nnn_ttt", "str{c} {d}, [{n}, {#}]", .store) {
      Operation(.strImmediate, d: $0.t, n: $0.n, immediate: $0.number("i") * 4)
    },
    Encoding("LDR (immediate) T1", "01101_iiiii_nnn_ttt", "ldr{c} {d}, [{n}, {#}]", .load) {
      Operation(.ldrImmediate, d: $0.t, n: $0.n, immediate: $0.number("i") * 4)
    },
    Encoding("STRB (immediate) T1", "01110_iiiii_nnn_ttt", "strb{c} {d}, [{n}, {#}]", .store) {
      Operation(.strbImmediate, d: $0.t, n: $0.n, immediate: $0.number("i"))
    },
    Encoding("LDRB (immediate) T1", "01111_iiiii_nnn_ttt", "ldrb{c} {d}, [{n}, {#}]", .load) {
      Operation(.ldrbImmediate, d: $0.t, n: $0.n, immediate: $0.number("i"))
    },
    Encoding("STRH (immediate) T1", "10000_iiiii_nnn_ttt", "strh{c} {d}, [{n}, {#}]", .store) {
      Operation(.strhImmediate, d: $0.t, n: $0.n, immediate: $0.number("i") * 2)
    },
    Encoding("LDRH (immediate) T1", "10001_iiiii_nnn_ttt", "ldrh{c} {d}, [{n}, {#}]", .load) {
      Operation(.ldrhImmediate, d: $0.t, n: $0.n, immediate: $0.number("i") * 2)
    },
    Encoding("STR (immediate) T2", "10010_ttt_iiiiiiii", "str{c} {d}, [sp, {#}]", .store) {
      Operation(.strImmediate, d: $0.t, n: 13, immediate: $0.number("i") * 4)
    },
    Encoding("LDR (immediate) T2", "10011_ttt_iiiiiiii", "ldr{c} {d}, [sp, {#}]", .load) {
      Operation(.ldrImmediate, d: $0.t, n: 13, immediate: $0.number("i") * 4)
    },
    Encoding(
      "PUSH T1", "1011010_p_llllllll", "push{c} {list}", .storeMultiple,
      where: { $0.flag("p") || $0.flag("l") },
      decode: { $0.descending(.stmWriteBack, n: 13, list: $0.number("p") << 14 | $0.number("l")) }),
    Encoding(
      "POP T1", "1011110_p_llllllll", "pop{c} {list}", .loadMultiple,
      where: { $0.flag("p") || $0.flag("l") },
      decode: {
        $0.ascending(
          $0.flag("p") ? .ldmpcWriteBack : .ldmWriteBack, n: 13,
          list: $0.number("p") << 15 | $0.number("l"))
      }),
    Encoding(
      "STM T1", "11000_nnn_llllllll", "stmia{c} {n}!, {list}", .storeMultiple,
      where: { $0.flag("l") },
      decode: { $0.ascending(.stmWriteBack, n: $0.n, list: $0.number("l")) }),
    Encoding(
      "LDM T1", "11001_nnn_llllllll", "ldmia{c} {n}{!}, {list}", .loadMultiple,
      where: { $0.flag("l") },
      decode: {
        let loadsBase = $0.number("l") >> UInt32($0.n) & 1 != 0
        return $0.ascending(loadsBase ? .ldm : .ldmWriteBack, n: $0.n, list: $0.number("l"))
      }),
  ]
}

extension Fields {
  /// LDMIA, STMIA: the first word at the base.
  func ascending(_ opcode: Opcode, n: UInt8, list: UInt32) -> Operation {
    Operation(opcode, n: n, amount: UInt8(list.nonzeroBitCount), immediate: list)
  }

  /// LDMDB, STMDB: the last word below the base.
  func descending(_ opcode: Opcode, n: UInt8, list: UInt32) -> Operation {
    var operation = ascending(opcode, n: n, list: list)
    operation.extra = 0 &- 4 * UInt32(list.nonzeroBitCount)
    return operation
  }
}
