// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One width of single loads or stores: the middle of its mnemonic and its opcodes.
private struct Access {
  var name: String
  /// Bits 24 (sign) and 22…20 (size, load) of the first half word around the U or P bit.
  var sign: String
  var size: String
  var immediate, register, pre, post, unprivileged: Opcode
  var literal: Opcode?
  var cost: CostClass { literal == nil ? .store : .load }
  var isWord: Bool { size.hasPrefix("10") }
}

extension Encoding {
  /// Loads and stores of one register (A5.3.7 to A5.3.10).
  static let thumb32LoadStore: [Encoding] = [
    Access(
      name: "LDR", sign: "0", size: "101", immediate: .ldrImmediate, register: .ldrRegister,
      pre: .ldrPre, post: .ldrPost, unprivileged: .ldrt, literal: .ldrLiteral),
    Access(
      name: "LDRH", sign: "0", size: "011", immediate: .ldrhImmediate, register: .ldrhRegister,
      pre: .ldrhPre, post: .ldrhPost, unprivileged: .ldrht, literal: .ldrhLiteral),
    Access(
      name: "LDRB", sign: "0", size: "001", immediate: .ldrbImmediate, register: .ldrbRegister,
      pre: .ldrbPre, post: .ldrbPost, unprivileged: .ldrbt, literal: .ldrbLiteral),
    Access(
      name: "LDRSH", sign: "1", size: "011", immediate: .ldrshImmediate,
      register: .ldrshRegister, pre: .ldrshPre, post: .ldrshPost, unprivileged: .ldrsht,
      literal: .ldrshLiteral),
    Access(
      name: "LDRSB", sign: "1", size: "001", immediate: .ldrsbImmediate,
      register: .ldrsbRegister, pre: .ldrsbPre, post: .ldrsbPost, unprivileged: .ldrsbt,
      literal: .ldrsbLiteral),
    Access(
      name: "STR", sign: "0", size: "100", immediate: .strImmediate, register: .strRegister,
      pre: .strPre, post: .strPost, unprivileged: .strt),
    Access(
      name: "STRH", sign: "0", size: "010", immediate: .strhImmediate, register: .strhRegister,
      pre: .strhPre, post: .strhPost, unprivileged: .strht),
    Access(
      name: "STRB", sign: "0", size: "000", immediate: .strbImmediate, register: .strbRegister,
      pre: .strbPre, post: .strbPost, unprivileged: .strbt),
  ].flatMap(rows)

  private static func rows(_ access: Access) -> [Encoding] {
    let (name, sign, size, cost) = (access.name, access.sign, access.size, access.cost)
    let mnemonic = name.lowercased()
    let isWord = access.isWord
    // Words may go to and from sp; pc as the target is a row of its own, or a hint.
    let isTarget: @Sendable (Fields) -> Bool = { isWord ? $0.t != 15 : $0.ordinary("t") }
    var rows = [
      Encoding(
        "\(name) (immediate), 12 bits", "1111100\(sign)1\(size)_nnnn_tttt_iiiiiiiiiiii",
        "\(mnemonic){c}.w {d}, [{n}{offset}]", cost, where: { $0.n != 15 && isTarget($0) },
        decode: { Operation(access.immediate, d: $0.t, n: $0.n, immediate: $0.number("i")) }),
      Encoding(
        "\(name) (immediate), 8 bits", "1111100\(sign)0\(size)_nnnn_tttt_1_p_u_w_iiiiiiii",
        "\(mnemonic){c}.w {d}, {indexed}", cost,
        where: { $0.n != 15 && isTarget($0) && $0.isIndexed && !($0.flag("w") && $0.n == $0.t) },
        decode: {
          let opcode = !$0.flag("w") ? access.immediate : $0.flag("p") ? access.pre : access.post
          return Operation(opcode, d: $0.t, n: $0.n, immediate: $0.offset())
        }),
      Encoding(
        "\(name) (register), 32 bits", "1111100\(sign)0\(size)_nnnn_tttt_000000_ii_mmmm",
        "\(mnemonic){c}.w {d}, [{n}, {m}{lsl}]", cost,
        where: { $0.n != 15 && isTarget($0) && $0.ordinary("m") },
        decode: {
          Operation(access.register, d: $0.t, n: $0.n, m: $0.m, amount: $0.register("i"))
        }),
      Encoding(
        "\(name)T T1", "1111100\(sign)0\(size)_nnnn_tttt_1110_iiiiiiii",
        "\(mnemonic)t{c} {d}, [{n}{offset}]", cost, where: { $0.n != 15 && $0.ordinary("t") },
        decode: { Operation(access.unprivileged, d: $0.t, n: $0.n, immediate: $0.number("i")) }),
    ]
    if let literal = access.literal {
      rows.append(
        Encoding(
          "\(name) (literal), 12 bits", "1111100\(sign)_u_\(size)_1111_tttt_iiiiiiiiiiii",
          "\(mnemonic){c}.w {d}, [pc{signedOffset}]", cost, where: { isTarget($0) },
          decode: { Operation(literal, d: $0.t, immediate: $0.offset()) }))
    }
    return rows
  }

  /// LDR with pc as its target.
  static let thumb32LoadProgramCounter: [Encoding] = [
    Encoding(
      "LDR (immediate) T3, to pc", "111110001101_nnnn_1111_iiiiiiiiiiii",
      "ldr{c}.w pc, [{n}{offset}]", .load, where: { $0.n != 15 },
      decode: { Operation(.ldrpcImmediate, d: 15, n: $0.n, immediate: $0.number("i")) }),
    Encoding(
      "LDR (immediate) T4, to pc", "111110000101_nnnn_1111_1_p_u_w_iiiiiiii",
      "ldr{c}.w pc, {indexed}", .load, where: { $0.n != 15 && $0.isIndexed },
      decode: {
        let opcode: Opcode =
          !$0.flag("w") ? .ldrpcImmediate : $0.flag("p") ? .ldrpcPre : .ldrpcPost
        return Operation(opcode, d: 15, n: $0.n, immediate: $0.offset())
      }),
    Encoding(
      "LDR (register) T2, to pc", "111110000101_nnnn_1111_000000_ii_mmmm",
      "ldr{c}.w pc, [{n}, {m}{lsl}]", .load, where: { $0.n != 15 && $0.ordinary("m") },
      decode: { Operation(.ldrpcRegister, d: 15, n: $0.n, m: $0.m, amount: $0.register("i")) }),
    Encoding(
      "LDR (literal) T2, to pc", "11111000_u_1011111_1111_iiiiiiiiiiii",
      "ldr{c}.w pc, [pc{signedOffset}]", .load
    ) { Operation(.ldrpcLiteral, d: 15, immediate: $0.offset()) },
  ]

  /// PLD, PLI and the unallocated memory hints, which do nothing here (A5.3.8, A5.3.9).
  static let thumb32MemoryHints: [Encoding] = [
    (name: "PLD", sign: "0", size: "001"), (name: "PLI", sign: "1", size: "001"),
    (name: "PLDW", sign: "0", size: "011"), (name: "Memory hint", sign: "1", size: "011"),
  ].flatMap { name, sign, size in
    let isNamed = name.hasPrefix("PL")
    let mnemonic = isNamed ? "\(name.lowercased()){c}" : "ldrsh{c}.w pc,"
    return [
      Encoding(
        "\(name) (immediate) T1", "1111100\(sign)1\(size)_nnnn_1111_iiiiiiiiiiii",
        "\(mnemonic) [{n}{offset}]", .hint, where: { $0.n != 15 },
        decode: { Operation(.nop, n: $0.n, immediate: $0.number("i")) }),
      Encoding(
        "\(name) (immediate) T2", "1111100\(sign)0\(size)_nnnn_1111_1100_iiiiiiii",
        "\(mnemonic) [{n}{offset}]", .hint, where: { $0.n != 15 },
        decode: { Operation(.nop, n: $0.n, immediate: 0 &- $0.number("i")) }),
      Encoding(
        "\(name) (literal)", "1111100\(sign)_u_\(size)_1111_1111_iiiiiiiiiiii",
        "\(mnemonic) [pc{signedOffset}]", .hint
      ) { Operation(.nop, immediate: $0.offset()) },
      Encoding(
        "\(name) (register)", "1111100\(sign)0\(size)_nnnn_1111_000000_ii_mmmm",
        "\(mnemonic) [{n}, {m}{lsl}]", .hint, where: { $0.n != 15 && $0.ordinary("m") },
        decode: { Operation(.nop, n: $0.n, m: $0.m, amount: $0.register("i")) }),
    ]
  }
}

extension Fields {
  /// P, U and W name an indexing mode: not all of post-index without write-back (UNDEFINED) and
  /// the unprivileged form (P, U, not W).
  fileprivate var isIndexed: Bool {
    flag("p") ? flag("w") || !flag("u") : flag("w")
  }
}
