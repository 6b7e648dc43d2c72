// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The opcodes of one data-processing instruction by operand form.
struct OpcodeFamily: Sendable {
  var register, immediate, left, shifted: Opcode
  /// Those that set flags.
  var sRegister, sImmediate, sRotated, sShifted: Opcode

  static let and = OpcodeFamily(
    register: .andRegister, immediate: .andImmediate, left: .andLeft, shifted: .andShifted,
    sRegister: .andsRegister, sImmediate: .andsImmediate, sRotated: .andsRotated,
    sShifted: .andsShifted)
  static let bic = OpcodeFamily(
    register: .bicRegister, immediate: .bicImmediate, left: .bicLeft, shifted: .bicShifted,
    sRegister: .bicsRegister, sImmediate: .bicsImmediate, sRotated: .bicsRotated,
    sShifted: .bicsShifted)
  static let orr = OpcodeFamily(
    register: .orrRegister, immediate: .orrImmediate, left: .orrLeft, shifted: .orrShifted,
    sRegister: .orrsRegister, sImmediate: .orrsImmediate, sRotated: .orrsRotated,
    sShifted: .orrsShifted)
  static let orn = OpcodeFamily(
    register: .ornRegister, immediate: .ornImmediate, left: .ornLeft, shifted: .ornShifted,
    sRegister: .ornsRegister, sImmediate: .ornsImmediate, sRotated: .ornsRotated,
    sShifted: .ornsShifted)
  static let eor = OpcodeFamily(
    register: .eorRegister, immediate: .eorImmediate, left: .eorLeft, shifted: .eorShifted,
    sRegister: .eorsRegister, sImmediate: .eorsImmediate, sRotated: .eorsRotated,
    sShifted: .eorsShifted)
  static let add = OpcodeFamily(
    register: .addRegister, immediate: .addImmediate, left: .addLeft, shifted: .addShifted,
    sRegister: .addsRegister, sImmediate: .addsImmediate, sRotated: .addsImmediate,
    sShifted: .addsShifted)
  static let adc = OpcodeFamily(
    register: .adcRegister, immediate: .adcImmediate, left: .adcLeft, shifted: .adcShifted,
    sRegister: .adcsRegister, sImmediate: .adcsImmediate, sRotated: .adcsImmediate,
    sShifted: .adcsShifted)
  static let sbc = OpcodeFamily(
    register: .sbcRegister, immediate: .sbcImmediate, left: .sbcLeft, shifted: .sbcShifted,
    sRegister: .sbcsRegister, sImmediate: .sbcsImmediate, sRotated: .sbcsImmediate,
    sShifted: .sbcsShifted)
  static let sub = OpcodeFamily(
    register: .subRegister, immediate: .subImmediate, left: .subLeft, shifted: .subShifted,
    sRegister: .subsRegister, sImmediate: .subsImmediate, sRotated: .subsImmediate,
    sShifted: .subsShifted)
  static let rsb = OpcodeFamily(
    register: .rsbRegister, immediate: .rsbImmediate, left: .rsbLeft, shifted: .rsbShifted,
    sRegister: .rsbsRegister, sImmediate: .rsbsImmediate, sRotated: .rsbsImmediate,
    sShifted: .rsbsShifted)
  static let mvn = OpcodeFamily(
    register: .mvnRegister, immediate: .mvnImmediate, left: .mvnLeft, shifted: .mvnShifted,
    sRegister: .mvnsRegister, sImmediate: .mvnsImmediate, sRotated: .mvnsRotated,
    sShifted: .mvnsShifted)
  /// A shifted MOV is a shift, with opcodes of its own.
  static let mov = OpcodeFamily(
    register: .movRegister, immediate: .movImmediate, left: .lslImmediate, shifted: .lslImmediate,
    sRegister: .movsRegister, sImmediate: .movsImmediate, sRotated: .movsRotated,
    sShifted: .lslsImmediate)

  // Comparisons always set flags; only those members are used.
  static let tst = comparing(.tstRegister, .tstImmediate, .tstRotated, .tstShifted)
  static let teq = comparing(.teqRegister, .teqImmediate, .teqRotated, .teqShifted)
  static let cmp = comparing(.cmpRegister, .cmpImmediate, .cmpImmediate, .cmpShifted)
  static let cmn = comparing(.cmnRegister, .cmnImmediate, .cmnImmediate, .cmnShifted)

  private static func comparing(
    _ register: Opcode, _ immediate: Opcode, _ rotated: Opcode, _ shifted: Opcode
  ) -> OpcodeFamily {
    OpcodeFamily(
      register: register, immediate: immediate, left: shifted, shifted: shifted,
      sRegister: register, sImmediate: immediate, sRotated: rotated, sShifted: shifted)
  }
}

extension Fields {
  /// DecodeImmShift() of the fields t and i (A7.4.2).
  var shift: (kind: ShiftKind, amount: UInt8) {
    let amount = register("i")
    switch (number("t"), amount) {
    case (0, _): return (.left, amount)
    case (1, _): return (.right, amount == 0 ? 32 : amount)
    case (2, _): return (.arithmetic, amount == 0 ? 32 : amount)
    case (_, 0): return (.rotateExtended, 1)
    default: return (.rotate, amount)
    }
  }

  /// d, n and a shifted m; `s` chooses whether flags are set, which comparisons always do.
  func shifted(_ family: OpcodeFamily, hasN: Bool = true, compares: Bool = false) -> Operation {
    let (kind, amount) = shift
    let setsFlags = compares || flag("s")
    let opcode: Opcode =
      switch (kind, amount) {
      case (.left, 0): setsFlags ? family.sRegister : family.register
      case (.left, _): setsFlags ? family.sShifted : family.left
      default: setsFlags ? family.sShifted : family.shifted
      }
    return Operation(
      opcode, d: compares ? 0 : d, n: hasN ? n : 0, m: m, a: kind.rawValue, amount: amount)
  }

  /// d, n and a modified immediate.
  func modified(_ family: OpcodeFamily, hasN: Bool = true, compares: Bool = false) -> Operation {
    let (value, isRotated) = expanded
    let setsFlags = compares || flag("s")
    let flagging = isRotated ? family.sRotated : family.sImmediate
    return Operation(
      setsFlags ? flagging : family.immediate, d: compares ? 0 : d, n: hasN ? n : 0,
      immediate: value)
  }
}
