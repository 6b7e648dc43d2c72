// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Doubles against the host's, which rounds to nearest, and by the rules that FPSCR changes. The
/// differential tests hold every mode and flag against Unicorn.
@Suite struct SoftDoubleTests {
  enum Operation: CaseIterable {
    case add, subtract, multiply, divide, squareRoot, fusedMultiplyAdd

    func apply(_ x: [UInt64], _ fpscr: inout FPSCR) -> UInt64 {
      switch self {
      case .add: SoftDouble.add(x[0], x[1], &fpscr)
      case .subtract: SoftDouble.subtract(x[0], x[1], &fpscr)
      case .multiply: SoftDouble.multiply(x[0], x[1], &fpscr)
      case .divide: SoftDouble.divide(x[0], x[1], &fpscr)
      case .squareRoot: SoftDouble.squareRoot(x[0], &fpscr)
      case .fusedMultiplyAdd: SoftDouble.fusedMultiplyAdd(x[2], x[0], x[1], &fpscr)
      }
    }

    func onHost(_ x: [Double]) -> Double {
      switch self {
      case .add: x[0] + x[1]
      case .subtract: x[0] - x[1]
      case .multiply: x[0] * x[1]
      case .divide: x[0] / x[1]
      case .squareRoot: x[0].squareRoot()
      case .fusedMultiplyAdd: x[2].addingProduct(x[0], x[1])
      }
    }
  }

  /// Numbers of which many meet within the precision of a sum, some subnormal, some huge.
  private static func operand(_ bits: inout SeededBits) -> UInt64 {
    let random = bits.next()
    switch bits.next() % 8 {
    case 0: return random & 0x800F_FFFF_FFFF_FFFF
    case 1: return random
    case 2: return random & 0x803F_FFFF_FFFF_FFFF
    case 3: return random & 0x801F_FFFF_FFFF_FFFF | 0x7FC0_0000_0000_0000
    default: return random & 0x807F_FFFF_FFFF_FFFF | 0x3FC0_0000_0000_0000
    }
  }

  /// IXC before lets the host's operation through, without it everything is computed here.
  @Test(arguments: Operation.allCases, [0, FPSCR.inexact])
  func operation_equalsTheHosts(operation: Operation, before: UInt32) {
    var bits = SeededBits(seed: 11)
    for _ in 0..<50_000 {
      let operands = (0..<3).map { _ in Self.operand(&bits) }
      let expected = operation.onHost(operands.map(Double.init(bitPattern:)))
      if expected.isNaN { continue }
      var fpscr = FPSCR(before)
      let result = operation.apply(operands, &fpscr)
      #expect(result == expected.bitPattern, "\(operands.map { String($0, radix: 16) })")
      if result != expected.bitPattern { return }
    }
  }

  /// Directed results lie on the two sides of the exact one, a unit apart, unless it is exact.
  @Test(arguments: Operation.allCases)
  func directedRounding_bracketsTheNearest(operation: Operation) {
    var bits = SeededBits(seed: 12)
    for _ in 0..<20_000 {
      let operands = (0..<3).map { _ in Self.operand(&bits) }
      var nearest = FPSCR()
      var down = FPSCR(2 << 22)
      var up = FPSCR(1 << 22)
      var zero = FPSCR(3 << 22)
      let middle = Double(bitPattern: operation.apply(operands, &nearest))
      if middle.isNaN || middle.isInfinite { continue }
      let low = Double(bitPattern: operation.apply(operands, &down))
      let high = Double(bitPattern: operation.apply(operands, &up))
      let cut = Double(bitPattern: operation.apply(operands, &zero))
      let isInexact = nearest.has(FPSCR.inexact)
      #expect(isInexact ? low.nextUp == high : low == high)
      #expect(low <= middle && middle <= high)
      #expect(cut.magnitude == min(low.magnitude, high.magnitude))
    }
  }

  @Test func conversion_equalsTheHosts() {
    var bits = SeededBits(seed: 13)
    for _ in 0..<50_000 {
      var fpscr = FPSCR()
      let double = Double(bitPattern: Self.operand(&bits))
      if !double.isNaN {
        #expect(SoftDouble.toSingle(double.bitPattern, &fpscr) == Float(double).bitPattern)
      }
      let single = Float(bitPattern: UInt32(truncatingIfNeeded: bits.next()))
      if !single.isNaN {
        #expect(SoftDouble.fromSingle(single.bitPattern, &fpscr) == Double(single).bitPattern)
      }
      let word = Int32(truncatingIfNeeded: bits.next())
      #expect(
        SoftDouble.fromFixed(UInt32(bitPattern: word), .signedWord) == Double(word).bitPattern)
      #expect(
        SoftDouble.fromFixed(UInt32(bitPattern: word), .unsignedWord)
          == Double(UInt32(bitPattern: word)).bitPattern)
    }
  }

  @Test(
    arguments: [
      (.nearestAway, .toNearestOrAwayFromZero), (.nearestEven, .toNearestOrEven),
      (.towardPlusInfinity, .up), (.towardMinusInfinity, .down), (.towardZero, .towardZero),
      (.current, .toNearestOrEven),
    ] as [(IntegralRounding, FloatingPointRoundingRule)])
  func rounding_equalsTheHosts(rounding: IntegralRounding, rule: FloatingPointRoundingRule) {
    var bits = SeededBits(seed: 14)
    for _ in 0..<20_000 {
      // Quarters between -64 and 64, and anything.
      let quarter = Double(Int64(bitPattern: bits.next()) % 256) / 4
      let number = bits.next() & 1 == 0 ? quarter : Double(bitPattern: Self.operand(&bits))
      if number.isNaN { continue }
      var fpscr = FPSCR()
      #expect(
        SoftDouble.roundToIntegral(number.bitPattern, rounding, &fpscr)
          == number.rounded(rule).bitPattern, "\(number)")
      let single = Float(quarter)
      #expect(
        SoftFloat.roundToIntegral(single.bitPattern, rounding, &fpscr)
          == single.rounded(rule).bitPattern, "\(single)")
      #expect(fpscr.bits & FPSCR.inexact == 0)
    }
  }

  @Test func maximum_prefersNumbersToQuietNaNs() {
    let (one, quiet, signalling): (UInt64, UInt64, UInt64) =
      (0x3FF0_0000_0000_0000, 0x7FF8_0000_0000_0001, 0x7FF0_0000_0000_0001)
    var fpscr = FPSCR()
    #expect(SoftDouble.number(one, quiet, larger: true, &fpscr) == one)
    #expect(SoftDouble.number(quiet, one, larger: false, &fpscr) == one)
    #expect(SoftDouble.number(0, 1 << 63, larger: true, &fpscr) == 0)
    #expect(SoftDouble.number(0, 1 << 63, larger: false, &fpscr) == 1 << 63)
    #expect(fpscr.bits == 0)
    #expect(SoftDouble.number(one, signalling, larger: true, &fpscr) == signalling | 1 << 51)
    #expect(fpscr.bits == FPSCR.invalidOperation)
  }
}
