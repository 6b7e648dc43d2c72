// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct SoftFloatConversionTests {
  /// Every conversion to integer against Double, which holds a scaled float exactly.
  @Test(arguments: FPSCR.Rounding.allCases, [16, 32] as [UInt32])
  func toFixed_roundsAndSaturates(mode: FPSCR.Rounding, width: UInt32) {
    var bits = SeededBits(seed: 0xF1CED + UInt64(width))
    for index in 0..<100_000 {
      let fraction = UInt32(truncatingIfNeeded: bits.next()) % (width + 1)
      let format = SoftFloat.FixedPoint(
        width: width, fractionBits: fraction, isSigned: bits.next() & 1 == 0)
      // Half of the operands within range of the format.
      var a = bits.single()
      if index & 1 == 0 { a = a & 0x807F_FFFF | (a >> 23 % 40 + 120 - fraction) << 23 }
      var fpscr = FPSCR()
      let result = SoftFloat.toFixed(a, format, rounding: mode, &fpscr)
      let expected = fixed(Float(bitPattern: a), format, mode)
      guard ExpectedFloat(bits: result, exceptions: fpscr.bits) == expected else {
        Issue.record("case \(index) \(a) \(format): \(result) \(fpscr), expected \(expected)")
        return
      }
    }
  }

  private func fixed(
    _ a: Float, _ format: SoftFloat.FixedPoint, _ mode: FPSCR.Rounding
  ) -> ExpectedFloat {
    if a.isNaN { return ExpectedFloat(bits: 0, exceptions: FPSCR.invalidOperation) }
    let scaled = Double(a) * Double(sign: .plus, exponent: Int(format.fractionBits), significand: 1)
    let rule: FloatingPointRoundingRule =
      switch mode {
      case .nearest: .toNearestOrEven
      case .towardPlusInfinity: .up
      case .towardMinusInfinity: .down
      case .towardZero: .towardZero
      }
    let rounded = scaled.rounded(rule)
    let width = Int(format.width)
    let highest = Double(sign: .plus, exponent: format.isSigned ? width - 1 : width, significand: 1)
    let lowest = format.isSigned ? -highest : 0
    if rounded < lowest || rounded >= highest {
      let limit = Int64(rounded < lowest ? lowest : highest - 1)
      return ExpectedFloat(
        bits: UInt32(truncatingIfNeeded: limit), exceptions: FPSCR.invalidOperation)
    }
    return ExpectedFloat(
      bits: UInt32(truncatingIfNeeded: Int64(rounded)),
      exceptions: rounded == scaled ? 0 : FPSCR.inexact)
  }

  @Test(arguments: FPSCR.Rounding.allCases)
  func fromFixed_roundsTheExactValue(mode: FPSCR.Rounding) {
    var bits = SeededBits(seed: 0xF801)
    for index in 0..<100_000 {
      let width: UInt32 = bits.next() & 1 == 0 ? 16 : 32
      let format = SoftFloat.FixedPoint(
        width: width, fractionBits: UInt32(truncatingIfNeeded: bits.next()) % (width + 1),
        isSigned: bits.next() & 1 == 0)
      let a = UInt32(truncatingIfNeeded: bits.next() >> (bits.next() % 32))
      let number: Double =
        switch (width, format.isSigned) {
        case (16, true): Double(Int16(truncatingIfNeeded: a))
        case (16, false): Double(UInt16(truncatingIfNeeded: a))
        case (_, true): Double(Int32(bitPattern: a))
        default: Double(a)
        }
      let scale = Double(sign: .plus, exponent: -Int(format.fractionBits), significand: 1)
      let expected =
        number == 0
        ? ExpectedFloat(bits: 0, exceptions: 0)
        : ExactReal(approximation: number * scale, rest: 0).rounded(mode, flushToZero: false)
      var fpscr = FPSCR()
      let result = SoftFloat.fromFixed(a, format, rounding: mode, &fpscr)
      guard ExpectedFloat(bits: result, exceptions: fpscr.bits) == expected else {
        Issue.record("case \(index) \(a) \(format): \(result) \(fpscr), expected \(expected)")
        return
      }
    }
  }

  @Test func integerConversions_followFPSCRUnlessTowardZero() {
    var fpscr = FPSCR(FPSCR.Rounding.towardPlusInfinity.rawValue << 22)
    let oneAndAHalf = Float(1.5).bitPattern
    #expect(SoftFloat.toSigned(oneAndAHalf, &fpscr) == 1)
    #expect(SoftFloat.toSigned(oneAndAHalf, rounding: fpscr.rounding, &fpscr) == 2)
    #expect(SoftFloat.toUnsigned(Float(-0.5).bitPattern, rounding: fpscr.rounding, &fpscr) == 0)
    #expect(!fpscr.has(FPSCR.invalidOperation))
    #expect(SoftFloat.toUnsigned(Float(-1).bitPattern, &fpscr) == 0)
    #expect(fpscr.has(FPSCR.invalidOperation))
    #expect(SoftFloat.fromUnsigned(0x0100_0001, &fpscr) == 0x4B80_0001)
    #expect(SoftFloat.fromSigned(0xFEFF_FFFF, &fpscr) == 0xCB80_0000)
  }

  @Test func halfToSingle_isExactForEveryHalf() {
    for half in 0...UInt32(0xFFFF) {
      for control in [0, FPSCR.alternativeHalfPrecision, FPSCR.flushToZero] {
        var fpscr = FPSCR(control)
        let result = SoftFloat.halfToSingle(half, &fpscr)
        let fraction = Double(half & 0x3FF)
        let exponent = Int(half >> 10 & 0x1F)
        let magnitude: Double
        if exponent == 0x1F, control != FPSCR.alternativeHalfPrecision {
          guard fraction == 0 else {
            #expect(result == (half & 0x8000) << 16 | 0x7FC0_0000 | (half & 0x3FF) << 13)
            #expect(fpscr.has(FPSCR.invalidOperation) == (half & 0x200 == 0))
            continue
          }
          magnitude = .infinity
        } else if exponent == 0 {
          magnitude = fraction * 0x1p-24
        } else {
          magnitude =
            (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
        let expected = Float(half & 0x8000 == 0 ? magnitude : -magnitude)
        #expect(result == expected.bitPattern)
        #expect(fpscr.bits == control)
      }
    }
  }

  @Test(arguments: FPSCR.Rounding.allCases)
  func singleToHalf_roundsByDefinition(mode: FPSCR.Rounding) {
    var bits = SeededBits(seed: 0x4A1F)
    var scratch = FPSCR()
    // All positive finite halves in order: the neighbours of any number lie here.
    let halves = (0..<UInt32(0x7C00)).map {
      Float(bitPattern: SoftFloat.halfToSingle($0, &scratch))
    }
    for index in 0..<50_000 {
      var a = bits.single()
      if index & 1 == 0 { a = a & 0x807F_FFFF | (a >> 23 % 44 + 98) << 23 }
      let magnitude = Double(Float(bitPattern: a & 0x7FFF_FFFF))
      guard magnitude > 0, magnitude.isFinite else { continue }
      var fpscr = FPSCR(mode.rawValue << 22)
      let result = SoftFloat.singleToHalf(a, &fpscr)
      let expected = half(magnitude, isNegative: a >> 31 == 1, mode, halves)
      let ours = ExpectedFloat(
        bits: result, exceptions: fpscr.bits & FPSCR.cumulativeMask)
      guard ours == expected else {
        Issue.record("case \(index) \(Float(bitPattern: a)): \(ours), expected \(expected)")
        return
      }
    }
  }

  private func half(
    _ magnitude: Double, isNegative: Bool, _ mode: FPSCR.Rounding, _ halves: [Float]
  ) -> ExpectedFloat {
    var (low, high) = (0, halves.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Double(halves[middle]) <= magnitude { low = middle } else { high = middle }
    }
    let sign: UInt32 = isNegative ? 0x8000 : 0
    let lower = Double(halves[low])
    if lower == magnitude { return ExpectedFloat(bits: sign | UInt32(low), exceptions: 0) }
    let isLast = low == halves.count - 1
    let upper = isLast ? 65536 : Double(halves[low + 1])
    let middle = (lower + upper) / 2
    let goesUp =
      switch mode {
      case .nearest: magnitude > middle || (magnitude == middle && low & 1 == 1)
      case .towardPlusInfinity: !isNegative
      case .towardMinusInfinity: isNegative
      case .towardZero: false
      }
    var exceptions = FPSCR.inexact
    if magnitude < 0x1p-14 { exceptions |= FPSCR.underflow }
    if isLast, goesUp || magnitude >= upper { exceptions |= FPSCR.overflowed }
    return ExpectedFloat(bits: sign | UInt32(low + (goesUp ? 1 : 0)), exceptions: exceptions)
  }

  @Test func alternativeHalf_hasNoInfinitiesOrNaNs() {
    let control = FPSCR.alternativeHalfPrecision
    for (a, half, exceptions) in [
      (0x7F80_0000, 0x7FFF, FPSCR.invalidOperation), (0xFFC0_0000, 0x8000, FPSCR.invalidOperation),
      (Float(131_008).bitPattern, 0x7FFF, 0), (Float(131_072).bitPattern, 0x7FFF, 1),
      (Float(65536).bitPattern, 0x7C00, 0), (Float(131_009).bitPattern, 0x7FFF, FPSCR.inexact),
    ] as [(UInt32, UInt32, UInt32)] {
      var fpscr = FPSCR(control)
      #expect(SoftFloat.singleToHalf(a, &fpscr) == half)
      #expect(fpscr.bits == control | exceptions)
    }
  }
}
