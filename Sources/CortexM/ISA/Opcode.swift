// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a predecoded operation does, and in which operand form.
///
/// One instruction of the manual has several opcodes, so that the interpreter's switch reaches
/// straight-line code: by operand (`Register`; `Immediate`; `Left`, a register shifted left by a
/// constant; `Shifted`, by any constant shift; `Rotated`, a constant that sets the carry) and by
/// whether flags are set (`adds` beside `add`). The meaning is stated once, in `Semantics/`.
enum Opcode: UInt16, CaseIterable, Sendable {
  // Data processing.
  case andRegister, andImmediate, andLeft, andShifted
  case andsRegister, andsImmediate, andsRotated, andsShifted
  case bicRegister, bicImmediate, bicLeft, bicShifted
  case bicsRegister, bicsImmediate, bicsRotated, bicsShifted
  case orrRegister, orrImmediate, orrLeft, orrShifted
  case orrsRegister, orrsImmediate, orrsRotated, orrsShifted
  case ornRegister, ornImmediate, ornLeft, ornShifted
  case ornsRegister, ornsImmediate, ornsRotated, ornsShifted
  case eorRegister, eorImmediate, eorLeft, eorShifted
  case eorsRegister, eorsImmediate, eorsRotated, eorsShifted
  case addRegister, addImmediate, addLeft, addShifted
  case addsRegister, addsImmediate, addsShifted
  case adcRegister, adcImmediate, adcLeft, adcShifted
  case adcsRegister, adcsImmediate, adcsShifted
  case sbcRegister, sbcImmediate, sbcLeft, sbcShifted
  case sbcsRegister, sbcsImmediate, sbcsShifted
  case subRegister, subImmediate, subLeft, subShifted
  case subsRegister, subsImmediate, subsShifted
  case rsbRegister, rsbImmediate, rsbLeft, rsbShifted
  case rsbsRegister, rsbsImmediate, rsbsShifted
  case movRegister, movImmediate
  case movsRegister, movsImmediate, movsRotated
  case mvnRegister, mvnImmediate, mvnLeft, mvnShifted
  case mvnsRegister, mvnsImmediate, mvnsRotated, mvnsShifted
  case tstRegister, tstImmediate, tstRotated, tstShifted
  case teqRegister, teqImmediate, teqRotated, teqShifted
  case cmpRegister, cmpImmediate, cmpShifted
  case cmnRegister, cmnImmediate, cmnShifted
  case lslImmediate, lsrImmediate, asrImmediate, rorImmediate, rrx
  case lslsImmediate, lsrsImmediate, asrsImmediate, rorsImmediate, rrxs
  case lslRegister, lsrRegister, asrRegister, rorRegister
  case lslsRegister, lsrsRegister, asrsRegister, rorsRegister
  case movTop
  /// d = pc + 4 (MOV), d = d + pc + 4 (ADD), d = Align(pc + 4, 4) + immediate (ADR).
  case movProgramCounter, addProgramCounter, adr

  // Bit fields, extensions, byte order.
  case bfc, bfi, sbfx, ubfx, clz, rbit, rev, rev16, revsh, sel
  case sxtb, sxth, uxtb, uxth, sxtb16, uxtb16
  case sxtab, sxtah, uxtab, uxtah, sxtab16, uxtab16
  case pkhbt, pkhtb

  // Saturation and parallel arithmetic (`amount` is the `LaneRule` of the parallel ones).
  case ssat, usat, ssat16, usat16, qadd, qsub, qdadd, qdsub
  case add16, asx, sax, sub16, add8, sub8
  case usad8, usada8

  // Multiply and divide.
  case mul, muls, mla, mls
  case smulbb, smulbt, smultb, smultt, smlabb, smlabt, smlatb, smlatt
  case smulwb, smulwt, smlawb, smlawt
  case smuad, smuadx, smusd, smusdx, smlad, smladx, smlsd, smlsdx
  case smlald, smlaldx, smlsld, smlsldx
  case smlalbb, smlalbt, smlaltb, smlaltt
  case smmul, smmulr, smmla, smmlar, smmls, smmlsr
  case smull, umull, smlal, umlal, umaal
  case sdiv, udiv

  // Loads and stores: address = n + immediate, n + (m << amount); pre- and post-indexed.
  case ldrImmediate, ldrRegister, ldrPre, ldrPost, ldrLiteral
  case ldrhImmediate, ldrhRegister, ldrhPre, ldrhPost, ldrhLiteral
  case ldrbImmediate, ldrbRegister, ldrbPre, ldrbPost, ldrbLiteral
  case ldrshImmediate, ldrshRegister, ldrshPre, ldrshPost, ldrshLiteral
  case ldrsbImmediate, ldrsbRegister, ldrsbPre, ldrsbPost, ldrsbLiteral
  /// LDR with pc as the destination.
  case ldrpcImmediate, ldrpcRegister, ldrpcPre, ldrpcPost, ldrpcLiteral
  case strImmediate, strRegister, strPre, strPost
  case strhImmediate, strhRegister, strhPre, strhPost
  case strbImmediate, strbRegister, strbPre, strbPost
  case ldrt, ldrht, ldrbt, ldrsht, ldrsbt, strt, strht, strbt
  case ldrdImmediate, ldrdPre, ldrdPost, ldrdLiteral, strdImmediate, strdPre, strdPost
  case ldrex, ldrexb, ldrexh, strex, strexb, strexh, clrex
  /// `immediate` is the register list, `amount` the number of words, `extra` the offset of the
  /// first word from n (0 when ascending).
  case ldm, ldmWriteBack, ldmpc, ldmpcWriteBack, stm, stmWriteBack

  // Control.
  /// Target = address + 4 + immediate. `branchConditional` tests `condition`.
  case branch, branchConditional, branchLink
  case branchExchange, branchLinkExchange, branchRegister, addBranch
  /// BX pc, MOV pc, pc and the like: the target is the instruction's own pc.
  case branchExchangeProgramCounter, branchProgramCounter
  case cbz, cbnz, tbb, tbh, tbbProgramCounter, tbhProgramCounter
  case ifThen
  case svc, bkpt, cps, mrs, msr
  case nop, wfe, wfi, sev, dsb, dmb, isb
  case undefined, noCoprocessor

  // Single-precision floating point: d, n, m number single registers.
  case vadd, vsub, vmul, vnmul, vmla, vmls, vnmla, vnmls
  case vfma, vfms, vfnma, vfnms, vdiv, vsqrt, vabs, vneg
  case vmov, vmovImmediate, vcmp, vcmpZero
  /// VMOV between core and single registers; the pair forms move two.
  case vmovToCore, vmovFromCore, vmovPairToCore, vmovPairFromCore
  case vmovDoubleToCore, vmovDoubleFromCore
  /// `amount` is the number of fraction bits, `extra` the `IntegerFormat`.
  case vcvtToInteger, vcvtFromInteger
  case vcvtbToSingle, vcvttToSingle, vcvtbToHalf, vcvttToHalf
  case vldr, vldrLiteral, vldrDouble, vldrDoubleLiteral, vstr, vstrDouble
  /// `immediate` counts single registers, `amount` and `extra` as for LDM.
  case vldm, vldmWriteBack, vstm, vstmWriteBack
  case vmrs, vmrsFlags, vmsr

  // FPv5: VSEL's condition and the `IntegralRounding` of the others stand in `amount`.
  case vsel, vmaxnm, vminnm, vrint, vcvtDirected

  // Double precision: d, n, m number the first single register of the two.
  case vaddDouble, vsubDouble, vmulDouble, vnmulDouble, vmlaDouble, vmlsDouble, vnmlaDouble
  case vnmlsDouble, vfmaDouble, vfmsDouble, vfnmaDouble, vfnmsDouble, vdivDouble, vsqrtDouble
  case vabsDouble, vnegDouble, vmovDouble, vmovImmediateDouble, vcmpDouble, vcmpZeroDouble
  case vselDouble, vmaxnmDouble, vminnmDouble, vrintDouble
  /// Between a double and a single register; `amount` and `extra` as for singles, and for halves
  /// `amount` 1 is the top.
  case vcvtDoubleToInteger, vcvtDoubleFromInteger, vcvtDoubleDirected
  case vcvtDoubleToSingle, vcvtSingleToDouble, vcvtHalfToDouble, vcvtDoubleToHalf
  /// Leaves the fixed-point number, extended to 64 bits, in the double register.
  case vcvtDoubleToFixed

  // The block translator's own; no encoding decodes to these and `execute` ignores them.
  case checkFloatingPoint, noteStackPointer, noteArrival, leave
}

extension Opcode {
  /// The opcode that does the same without setting flags, where there is one.
  var quiet: Opcode? {
    switch self {
    case .andsRegister: .andRegister
    case .andsImmediate, .andsRotated: .andImmediate
    case .andsShifted: .andShifted
    case .bicsRegister: .bicRegister
    case .bicsImmediate, .bicsRotated: .bicImmediate
    case .bicsShifted: .bicShifted
    case .orrsRegister: .orrRegister
    case .orrsImmediate, .orrsRotated: .orrImmediate
    case .orrsShifted: .orrShifted
    case .ornsRegister: .ornRegister
    case .ornsImmediate, .ornsRotated: .ornImmediate
    case .ornsShifted: .ornShifted
    case .eorsRegister: .eorRegister
    case .eorsImmediate, .eorsRotated: .eorImmediate
    case .eorsShifted: .eorShifted
    case .addsRegister: .addRegister
    case .addsImmediate: .addImmediate
    case .addsShifted: .addShifted
    case .adcsRegister: .adcRegister
    case .adcsImmediate: .adcImmediate
    case .adcsShifted: .adcShifted
    case .sbcsRegister: .sbcRegister
    case .sbcsImmediate: .sbcImmediate
    case .sbcsShifted: .sbcShifted
    case .subsRegister: .subRegister
    case .subsImmediate: .subImmediate
    case .subsShifted: .subShifted
    case .rsbsRegister: .rsbRegister
    case .rsbsImmediate: .rsbImmediate
    case .rsbsShifted: .rsbShifted
    case .movsRegister: .movRegister
    case .movsImmediate, .movsRotated: .movImmediate
    case .mvnsRegister: .mvnRegister
    case .mvnsImmediate, .mvnsRotated: .mvnImmediate
    case .mvnsShifted: .mvnShifted
    case .lslsImmediate: .lslImmediate
    case .lsrsImmediate: .lsrImmediate
    case .asrsImmediate: .asrImmediate
    case .rorsImmediate: .rorImmediate
    case .rrxs: .rrx
    case .lslsRegister: .lslRegister
    case .lsrsRegister: .lsrRegister
    case .asrsRegister: .asrRegister
    case .rorsRegister: .rorRegister
    case .muls: .mul
    default: nil
    }
  }
}
