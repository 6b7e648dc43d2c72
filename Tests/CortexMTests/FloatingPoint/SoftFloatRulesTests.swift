// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// The rules that no host shares: which NaN comes out, what flush-to-zero raises (A2.5).
@Suite struct SoftFloatRulesTests {
  private let one: UInt32 = 0x3F80_0000
  private let infinity: UInt32 = 0x7F80_0000
  private let quietA: UInt32 = 0xFFC0_000A
  private let quietB: UInt32 = 0x7FC0_000B
  private let signallingA: UInt32 = 0x7F80_000A
  private let signallingB: UInt32 = 0xFF80_000B

  private func run(
    _ control: UInt32 = 0, _ body: (inout FPSCR) -> UInt32
  ) -> ExpectedFloat {
    var fpscr = FPSCR(control)
    let bits = body(&fpscr)
    return ExpectedFloat(bits: bits, exceptions: fpscr.bits & ~control)
  }

  @Test func nan_firstSignallingThenFirstQuiet() {
    let invalid = FPSCR.invalidOperation
    #expect(run { SoftFloat.add(quietA, quietB, &$0) } == .init(bits: quietA, exceptions: 0))
    #expect(
      run { SoftFloat.add(quietA, signallingB, &$0) }
        == .init(bits: 0xFFC0_000B, exceptions: invalid))
    #expect(
      run { SoftFloat.multiply(signallingA, signallingB, &$0) }
        == .init(bits: 0x7FC0_000A, exceptions: invalid))
    #expect(
      run { SoftFloat.subtract(one, quietB, &$0) } == .init(bits: quietB, exceptions: 0),
      "subtraction does not negate the NaN")
    #expect(
      run(FPSCR.defaultNaN) { SoftFloat.divide(quietA, one, &$0) }
        == .init(bits: SoftFloat.defaultNaN, exceptions: 0))
    #expect(
      run { SoftFloat.squareRoot(0xBF80_0000, &$0) }
        == .init(bits: SoftFloat.defaultNaN, exceptions: invalid))
  }

  @Test func fusedNaN_addendComesFirst() {
    let invalid = FPSCR.invalidOperation
    #expect(
      run { SoftFloat.fusedMultiplyAdd(quietA, quietB, one, &$0) }
        == .init(bits: quietA, exceptions: 0))
    #expect(
      run { SoftFloat.fusedMultiplyAdd(quietA, one, signallingB, &$0) }
        == .init(bits: 0xFFC0_000B, exceptions: invalid))
    #expect(
      run { SoftFloat.fusedMultiplyAdd(signallingA, signallingB, one, &$0) }
        == .init(bits: 0x7FC0_000A, exceptions: invalid))
    #expect(
      run { SoftFloat.fusedMultiplyAdd(quietA, 0, infinity, &$0) }
        == .init(bits: SoftFloat.defaultNaN, exceptions: invalid),
      "a quiet addend does not hide zero times infinity")
    #expect(
      run { SoftFloat.fusedMultiplyAdd(0xFF80_0000, one, infinity, &$0) }
        == .init(bits: SoftFloat.defaultNaN, exceptions: invalid))
  }

  @Test func flushToZero_raisesIDCForOperandsAndUFCAloneForResults() {
    let flush = FPSCR.flushToZero
    #expect(
      run(flush) { SoftFloat.add(0x8000_0001, 0x8000_0000, &$0) }
        == .init(bits: 0x8000_0000, exceptions: FPSCR.inputDenormal))
    #expect(
      run(flush) { SoftFloat.multiply(0x0080_0000, 0x3F00_0000, &$0) }
        == .init(bits: 0, exceptions: FPSCR.underflow), "exact, but flushed")
    #expect(
      run(flush) { SoftFloat.divide(one, 1, &$0) }
        == .init(bits: infinity, exceptions: FPSCR.inputDenormal | FPSCR.divisionByZero))
    #expect(
      run(flush) { SoftFloat.subtract(quietA, 1, &$0) }
        == .init(bits: quietA, exceptions: FPSCR.inputDenormal), "beside a NaN too")
  }

  @Test func underflow_isJudgedBeforeRounding() {
    // 2^-126 × (1 + 2^-23) × (1 - 2^-23) rounds up to the smallest normal number.
    let both = FPSCR.underflow | FPSCR.inexact
    #expect(
      run { SoftFloat.multiply(0x0080_0001, 0x3F7F_FFFE, &$0) }
        == .init(bits: 0x0080_0000, exceptions: both))
    #expect(
      run(FPSCR.inexact) { SoftFloat.multiply(0x0080_0001, 0x3F7F_FFFE, &$0) }
        == .init(bits: 0x0080_0000, exceptions: FPSCR.underflow), "not hidden by the host's path")
    #expect(
      run { SoftFloat.multiply(0x0080_0000, 0x3F00_0000, &$0) }
        == .init(bits: 0x0040_0000, exceptions: 0), "an exact subnormal is no underflow")
  }

  @Test func exactZero_isNegativeOnlyTowardMinusInfinity() {
    for mode in FPSCR.Rounding.allCases {
      let zero: UInt32 = mode == .towardMinusInfinity ? 0x8000_0000 : 0
      let control = mode.rawValue << 22
      #expect(
        run(control) { SoftFloat.subtract(one, one, &$0) } == .init(bits: zero, exceptions: 0))
      #expect(
        run(control) { SoftFloat.fusedMultiplyAdd(one, one, 0xBF80_0000, &$0) }
          == .init(bits: zero, exceptions: 0))
    }
  }

  @Test(
    arguments: [
      (0x3F80_0000, 0x4000_0000, FPSCR.negative), (0xBF80_0000, 0x3F80_0000, FPSCR.negative),
      (0x4000_0000, 0x3F80_0000, FPSCR.carry), (0x8000_0000, 0, FPSCR.zero | FPSCR.carry),
      (0xC000_0000, 0xBF80_0000, FPSCR.negative), (0x7F80_0000, 0x7F7F_FFFF, FPSCR.carry),
      (0x7FC0_0000, 0x3F80_0000, FPSCR.carry | FPSCR.overflow),
    ] as [(UInt32, UInt32, UInt32)])
  func compare_setsConditions(a: UInt32, b: UInt32, expected: UInt32) {
    var fpscr = FPSCR(FPSCR.conditionMask)
    SoftFloat.compare(a, b, signalling: false, &fpscr)
    #expect(fpscr.bits == expected)
  }

  @Test func compare_raisesIOCForQuietNaNsOnlyWhenSignalling() {
    for (a, signalling, expected) in [
      (quietA, false, 0), (quietA, true, FPSCR.invalidOperation),
      (signallingA, false, FPSCR.invalidOperation),
    ] as [(UInt32, Bool, UInt32)] {
      var fpscr = FPSCR()
      SoftFloat.compare(one, a, signalling: signalling, &fpscr)
      #expect(fpscr.bits & FPSCR.cumulativeMask == expected)
    }
  }
}
