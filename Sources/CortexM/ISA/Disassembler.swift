// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An instruction in the syntax of GNU objdump, from the template of its row and the decoded
/// operation. Tokens in braces stand for a register (`{d}`, `{n}`, `{m}`, `{a}`; `{sd}` and its kin
/// for single registers), a constant (`{#}` the immediate, `{#amount}`, `{#extra}`), a raw field
/// (`{=c}`), or one of the phrases below.
struct Disassembler {
  let encoding: Encoding
  let word: UInt32
  let operation: Operation

  /// The text of the instruction at `address`.
  ///
  /// - Parameters:
  ///   - condition: that of the IT block around it, nil outside.
  ///   - architecture: words that it does not have are shown as data.
  static func text(
    _ first: UInt16, _ second: UInt16, at address: UInt32, condition: UInt8? = nil,
    for architecture: Architecture = .cortexM4F
  ) -> String {
    let decoded = Decoder.decode(first, second, for: architecture)
    let isWide = Decoder.isWide(first)
    guard let index = decoded.encoding else {
      return isWide ? ".inst.w 0x\(hex(first, 4))\(hex(second, 4))" : ".inst.n 0x\(hex(first, 4))"
    }
    let word = isWide ? UInt32(first) << 16 | UInt32(second) : UInt32(first)
    var operation = decoded.operation
    operation.address = address
    if let condition, operation.opcode != .branchConditional { operation.condition = condition }
    let row = Encoding.all[index]
    return Disassembler(encoding: row, word: word, operation: operation)
      .text(insideIfThen: condition != nil)
  }

  private func text(insideIfThen: Bool) -> String {
    var text = ""
    var rest = encoding.assembly[...]
    while let open = rest.firstIndex(of: "{") {
      text += rest[..<open]
      rest = rest[rest.index(after: open)...]
      // Two braces print one.
      if rest.first == "{" {
        text += "{"
        rest.removeFirst()
        continue
      }
      guard let close = rest.firstIndex(of: "}") else { break }
      let token = rest[..<close]
      text += token == "s" ? flagSuffix(insideIfThen) : phrase(token)
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  /// "s": a field of 32-bit encodings; of 16-bit ones, whatever lies outside IT blocks.
  private func flagSuffix(_ insideIfThen: Bool) -> String {
    let setsFlags = encoding.pattern.has("s") ? field("s") != 0 : !insideIfThen
    return setsFlags ? "s" : ""
  }

  func field(_ name: Character) -> UInt32 { encoding.pattern.extract(name, from: word) }

  private func phrase(_ token: Substring) -> String {
    if token.hasPrefix("="), let name = token.last { return "\(field(name))" }
    return operand(token) ?? constant(token) ?? special(token)
  }

  private func operand(_ token: Substring) -> String? {
    switch token {
    case "c": operation.condition == 14 ? "" : Self.conditions[Int(operation.condition)]
    case "cond": Self.conditions[Int(operation.condition)]
    case "d": Self.register(operation.d)
    case "n": Self.register(operation.n)
    case "m": Self.register(operation.m)
    case "a": Self.register(operation.a)
    case "sd": "s\(operation.d)"
    case "sn": "s\(operation.n)"
    case "sm": "s\(operation.m)"
    case "sm+1": "s\(operation.m + 1)"
    case "rt": Self.register(UInt8(truncatingIfNeeded: field("t")))
    case "re": Self.register(UInt8(truncatingIfNeeded: field("e")))
    case "dd": "d\(operation.d / 2)"
    case "dn": "d\(operation.n / 2)"
    case "dm": "d\(operation.m / 2)"
    case "select": Self.conditions[Int(operation.amount)]
    case "direction": ["a", "n", "p", "m"][Int(operation.amount & 3)]
    case "integer": IntegerFormat(field: operation.extra).name
    case "!": writesBack ? "!" : ""
    case "list": Self.list(UInt16(truncatingIfNeeded: operation.immediate))
    case "singles": singles
    default: nil
    }
  }

  private func constant(_ token: Substring) -> String? {
    let immediate = Int32(bitPattern: operation.immediate)
    switch token {
    case "#": return "#\(immediate)"
    case "const": return "#\(operation.immediate)"
    case "#magnitude": return "#\(field("i"))"
    case "immediate": return "\(immediate)"
    case "braced": return "{\(immediate)}"
    case "hex4": return "0x\(hex(UInt16(truncatingIfNeeded: immediate), 4))"
    case "#amount": return "#\(operation.amount)"
    case "#extra": return "#\(operation.extra)"
    case "#i": return "#\(field("i"))"
    case "#w+1": return "#\(field("w") + 1)"
    case "#width": return "#\(field("w") - field("i") + 1)"
    case "#float": return "#\(field("i") << 4 | field("j"))"
    case "target": return "0x\(String(operation.branchTarget, radix: 16))"
    default: return nil
    }
  }

  private func special(_ token: Substring) -> String {
    switch token {
    case "shift": shift
    case "ror": operation.amount == 0 ? "" : ", ror #\(operation.amount)"
    case "lsl": operation.amount == 0 ? "" : ", lsl #\(operation.amount)"
    case "offset": operation.immediate == 0 ? "" : ", #\(Int32(bitPattern: operation.immediate))"
    case "signedOffset": isNegativeZero ? ", #-0" : unlessPositiveZero
    case "indexed": indexed
    case "coprocessor": coprocessorAddress
    case "vldm": isFLDMX ? "fldm" : "vldm"
    case "vstm": isFLDMX ? "fstm" : "vstm"
    case "x": isFLDMX ? "x" : ""
    case "l": field("b") == 0 ? "" : "l"
    case "then": then
    case "firstcond": Self.conditions[Int(operation.immediate >> 4 & 15)].ifEmpty("al")
    case "effect": effect
    case "special": specialRegister
    case "barrier": barrier
    default: "?"
    }
  }
}

/// Phrases with a rule of their own.
extension Disassembler {
  static let conditions = [
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "",
  ]

  static func register(_ number: UInt8) -> String {
    switch number {
    case 13: "sp"
    case 14: "lr"
    case 15: "pc"
    default: "r\(number)"
    }
  }

  static func list(_ registers: UInt16) -> String {
    let names = (0..<UInt8(16)).filter { registers >> UInt16($0) & 1 != 0 }.map(register)
    return "{" + names.joined(separator: ", ") + "}"
  }

  private var writesBack: Bool {
    switch operation.opcode {
    case .ldmWriteBack, .ldmpcWriteBack, .stmWriteBack, .vldmWriteBack, .vstmWriteBack: true
    default: false
    }
  }

  private var singles: String {
    let isDouble = word >> 8 & 1 != 0
    let (first, count) = (UInt32(operation.d), operation.immediate)
    let (low, high) =
      isDouble ? (first / 2, first / 2 + count / 2 - 1) : (first, first + count - 1)
    let prefix = isDouble ? "d" : "s"
    return low == high ? "{\(prefix)\(low)}" : "{\(prefix)\(low)-\(prefix)\(high)}"
  }

  /// The deprecated form that counts one word too many.
  private var isFLDMX: Bool { operation.amount & 1 != 0 && word >> 8 & 1 != 0 }

  private var shift: String {
    switch (operation.shift, operation.amount) {
    case (.left, 0): ""
    case (.left, let amount): ", lsl #\(amount)"
    case (.right, let amount): ", lsr #\(amount)"
    case (.arithmetic, let amount): ", asr #\(amount)"
    case (.rotate, let amount): ", ror #\(amount)"
    case (.rotateExtended, _): ", rrx"
    }
  }

  /// The U bit clear and nothing to subtract: a difference that only the text shows.
  private var isNegativeZero: Bool { operation.immediate == 0 && field("u") == 0 }

  private var unlessPositiveZero: String {
    operation.immediate == 0 ? "" : ", #\(Int32(bitPattern: operation.immediate))"
  }

  private var indexed: String {
    let base = Self.register(operation.n)
    let offset = isNegativeZero ? "#-0" : "#\(Int32(bitPattern: operation.immediate))"
    if field("p") == 0 { return "[\(base)], \(offset)" }
    if field("w") != 0 { return "[\(base), \(offset)]!" }
    return offset == "#0" ? "[\(base)]" : "[\(base), \(offset)]"
  }

  private var coprocessorAddress: String {
    let base = Self.register(UInt8(truncatingIfNeeded: field("n")))
    let magnitude = field("i") * 4
    let offset = field("u") == 0 ? "#-\(magnitude)" : "#\(magnitude)"
    if field("p") == 0, field("w") == 0 { return "[\(base)], {\(field("i"))}" }
    if field("p") == 0 { return "[\(base)], \(offset)" }
    if field("w") != 0 { return "[\(base), \(offset)]!" }
    return offset == "#0" ? "[\(base)]" : "[\(base), \(offset)]"
  }

  /// "t" and "e" for the second to fourth instruction.
  private var then: String {
    let mask = operation.immediate & 15
    let count = 3 - mask.trailingZeroBitCount
    let sense = operation.immediate >> 4 & 1
    return (0..<count).map { mask >> UInt32(3 - $0) & 1 == sense ? "t" : "e" }.joined()
  }

  private var effect: String {
    let amount = operation.amount
    return (amount & 16 != 0 ? "id " : "ie ") + (amount & 2 != 0 ? "i" : "")
      + (amount & 1 != 0 ? "f" : "")
  }

  /// The register of MRS and MSR; MSR says which fields of APSR it writes.
  private var specialRegister: String {
    let names: [UInt8: String] = [
      0: "CPSR", 1: "IAPSR", 2: "EAPSR", 3: "PSR", 5: "IPSR", 6: "EPSR", 7: "IEPSR", 8: "MSP",
      9: "PSP", 16: "PRIMASK", 17: "BASEPRI", 18: "BASEPRI_MAX", 19: "FAULTMASK", 20: "CONTROL",
    ]
    let name = names[operation.amount] ?? "?"
    guard operation.opcode == .msr, operation.amount == 0 else { return name }
    return name + ["", "_s", "_f", "_fs"][Int(operation.a & 3)]
  }

  private var barrier: String {
    let names: [UInt32: String] = [
      15: "sy", 14: "st", 13: "ld", 11: "ish", 10: "ishst", 9: "ishld", 7: "un", 6: "unst",
      5: "nshld", 3: "osh", 2: "oshst", 1: "oshld",
    ]
    if operation.opcode == .isb, operation.immediate != 15 { return "#\(operation.immediate)" }
    return names[operation.immediate] ?? "#\(operation.immediate)"
  }
}

private func hex(_ value: UInt16, _ digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

extension String {
  fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
