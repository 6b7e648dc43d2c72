// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension ExecutionContext {
  /// The operations that `execute` leaves out of its switch.
  @inline(never) mutating func executeUncommon(_ o: OperationPointer) {
    switch o.opcode {
    case .rbit: self[o.d] = reverseBits(self[o.m])
    case .rev16: reverseBytesInHalves(o)
    case .revsh: reverseSignedHalf(o)
    case .sel: selectBytes(o)
    case .sxtab16: extendPairAndAdd(o, .signedBytePair)
    case .uxtab16: extendPairAndAdd(o, .bytePair)
    case .ssat16: saturateHalves(o, signed: true)
    case .usat16: saturateHalves(o, signed: false)
    case .qadd: saturatingAdd(o, doubling: false)
    case .qdadd: saturatingAdd(o, doubling: true)
    case .qsub: saturatingSubtract(o, doubling: false)
    case .qdsub: saturatingSubtract(o, doubling: true)
    case .add16:
      parallelHalves(
        o, subtractingBottom: false, subtractingTop: false, exchanging: false)
    case .sub16:
      parallelHalves(
        o, subtractingBottom: true, subtractingTop: true, exchanging: false)
    case .asx:
      parallelHalves(
        o, subtractingBottom: true, subtractingTop: false, exchanging: true)
    case .sax:
      parallelHalves(
        o, subtractingBottom: false, subtractingTop: true, exchanging: true)
    case .add8: parallelBytes(o, subtracting: false)
    case .sub8: parallelBytes(o, subtracting: true)
    case .usad8: absoluteDifferences(o, constant(0))
    case .usada8: absoluteDifferences(o, self[o.a])
    case .smulwb: multiplyWordByHalf(o, .bottom)
    case .smlawb: multiplyWordByHalfAdd(o, .bottom)
    case .smulwt: multiplyWordByHalf(o, .top)
    case .smlawt: multiplyWordByHalfAdd(o, .top)
    case .smlald: dualMultiplyAddLong(o, subtracting: false, exchanging: false)
    case .smlaldx: dualMultiplyAddLong(o, subtracting: false, exchanging: true)
    case .smlsld: dualMultiplyAddLong(o, subtracting: true, exchanging: false)
    case .smlsldx: dualMultiplyAddLong(o, subtracting: true, exchanging: true)
    case .smlalbb: multiplyHalvesAddLong(o, .bottom, .bottom)
    case .smlalbt: multiplyHalvesAddLong(o, .bottom, .top)
    case .smlaltb: multiplyHalvesAddLong(o, .top, .bottom)
    case .smlaltt: multiplyHalvesAddLong(o, .top, .top)
    case .smmlar: multiplyHigh(o, .added, rounding: true)
    case .smmls: multiplyHigh(o, .subtracted, rounding: false)
    case .smmlsr: multiplyHigh(o, .subtracted, rounding: true)
    case .umaal: multiplyAddTwice(o)
    case .sdiv: divide(o, signed: true)
    case .udiv: divide(o, signed: false)
    case .ldrpcImmediate: loadProgramCounter(o, at: offset(o))
    case .ldrpcRegister: loadProgramCounter(o, at: indexed(o))
    case .ldrpcLiteral: loadProgramCounter(o, at: literal(o))
    case .ldrpcPre: loadProgramCounterPreIndexed(o)
    case .ldrpcPost: loadProgramCounterPostIndexed(o)
    case .ldrt: loadUnprivileged(o, .word)
    case .ldrht: loadUnprivileged(o, .half)
    case .ldrbt: loadUnprivileged(o, .byte)
    case .ldrsht: loadUnprivileged(o, .signedHalf)
    case .ldrsbt: loadUnprivileged(o, .signedByte)
    case .strt: storeUnprivileged(o, .word)
    case .strht: storeUnprivileged(o, .half)
    case .strbt: storeUnprivileged(o, .byte)
    case .ldrdLiteral: loadPair(o, at: literal(o))
    case .ldrex: loadExclusive(o, .alignedWord)
    case .strex: storeExclusive(o, .alignedWord)
    case .ldrexb: loadExclusive(o, .byte)
    case .strexb: storeExclusive(o, .byte)
    case .ldrexh: loadExclusive(o, .half)
    case .strexh: storeExclusive(o, .half)
    case .clrex: clearExclusive()
    case .branchExchangeProgramCounter: branchExchange(to: constant(o.programCounter))
    case .branchProgramCounter: branch(to: constant(o.programCounter))
    case .ifThen: beginIfThen(UInt8(truncatingIfNeeded: o.immediate))
    case .svc: raise(.supervisorCall(o.immediate))
    case .bkpt: raise(.breakpoint(o.immediate))
    case .cps: changeProcessorState(o)
    case .mrs: readSpecial(o)
    case .msr: writeSpecial(o)
    case .wfe: hint(.waitForEvent)
    case .wfi: hint(.waitForInterrupt)
    case .sev: hint(.sendEvent)
    case .dsb: hint(.dataSynchronization)
    case .dmb: hint(.dataMemory)
    case .isb: hint(.instructionSynchronization)
    case .undefined: raise(.undefined)
    case .noCoprocessor: raise(.noCoprocessor)
    default: executeUncommonFloat(o)
    }
  }

  @inline(__always) private mutating func executeUncommonFloat(_ o: OperationPointer) {
    switch o.opcode {
    case .vnmul: floatMultiply(o, negating: true)
    case .vmla:
      floatMultiplyThenAdd(o, negatingAddend: false, negatingProduct: false)
    case .vmls:
      floatMultiplyThenAdd(o, negatingAddend: false, negatingProduct: true)
    case .vnmla:
      floatMultiplyThenAdd(o, negatingAddend: true, negatingProduct: true)
    case .vnmls:
      floatMultiplyThenAdd(o, negatingAddend: true, negatingProduct: false)
    case .vfnma: floatFused(o, negatingAddend: true, negatingProduct: true)
    case .vfnms: floatFused(o, negatingAddend: true, negatingProduct: false)
    case .vdiv: floatDivide(o)
    case .vsqrt: self[single: o.d] = floatSquareRoot(self[single: o.m])
    case .vcmp:
      floatCompare(self[single: o.d], self[single: o.m], signaling: o.amount != 0)
    case .vcmpZero: floatCompare(self[single: o.d], constant(0), signaling: o.amount != 0)
    case .vmovPairToCore, .vmovDoubleToCore: movePairToCore(o)
    case .vmovPairFromCore, .vmovDoubleFromCore: movePairFromCore(o)
    case .vcvtToInteger: floatToInteger(o)
    case .vcvtFromInteger: floatFromInteger(o)
    case .vcvtbToSingle: floatFromHalf(o, .bottom)
    case .vcvttToSingle: floatFromHalf(o, .top)
    case .vcvtbToHalf: floatToHalf(o, .bottom)
    case .vcvttToHalf: floatToHalf(o, .top)
    case .vldrDouble: floatLoadDouble(o, at: offset(o))
    case .vldrDoubleLiteral: floatLoadDouble(o, at: literal(o))
    case .vstrDouble: floatStoreDouble(o)
    case .vmrs: self[o.d] = readFloatingPointStatus()
    case .vmsr: writeFloatingPointStatus(self[o.d])
    default: executeFPv5(o)
    }
  }
}
