// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Arithmetic against the host's (round to nearest) and against results rounded from exact values
/// (all modes, with exceptions).
@Suite struct SoftFloatArithmeticTests {
  enum Operation: CaseIterable {
    case add, subtract, multiply, divide, squareRoot, fusedMultiplyAdd

    func apply(_ x: [UInt32], _ fpscr: inout FPSCR) -> UInt32 {
      switch self {
      case .add: SoftFloat.add(x[0], x[1], &fpscr)
      case .subtract: SoftFloat.subtract(x[0], x[1], &fpscr)
      case .multiply: SoftFloat.multiply(x[0], x[1], &fpscr)
      case .divide: SoftFloat.divide(x[0], x[1], &fpscr)
      case .squareRoot: SoftFloat.squareRoot(x[0], &fpscr)
      case .fusedMultiplyAdd: SoftFloat.fusedMultiplyAdd(x[2], x[0], x[1], &fpscr)
      }
    }

    func onHost(_ x: [Float]) -> Float {
      switch self {
      case .add: x[0] + x[1]
      case .subtract: x[0] - x[1]
      case .multiply: x[0] * x[1]
      case .divide: x[0] / x[1]
      case .squareRoot: x[0].squareRoot()
      case .fusedMultiplyAdd: x[2].addingProduct(x[0], x[1])
      }
    }

    /// Nil where the value is zero, or no real number.
    func exactly(_ x: [Float]) -> ExactReal? {
      let wide = x.map(Double.init)
      guard x.allSatisfy(\.isFinite) else { return nil }
      let value: ExactReal
      switch self {
      case .add: value = .sum(wide[0], wide[1])
      case .subtract: value = .sum(wide[0], -wide[1])
      case .multiply: value = ExactReal(approximation: wide[0] * wide[1], rest: 0)
      case .divide:
        guard x[1] != 0 else { return nil }
        value = .quotient(x[0], x[1])
      case .squareRoot:
        guard x[0] > 0 else { return nil }
        value = .squareRoot(x[0])
      case .fusedMultiplyAdd: value = .sum(wide[0] * wide[1], wide[2])
      }
      return value.approximation == 0 ? nil : value
    }
  }

  private static let cases = 200_000

  @Test(arguments: Operation.allCases, [0, FPSCR.inexact])
  func operation_equalsTheHosts(operation: Operation, before: UInt32) {
    var bits = SeededBits(seed: 0xF10A_7000)
    for index in 0..<Self.cases {
      let x = [bits.single(), bits.single(), bits.single()]
      var fpscr = FPSCR(before)
      let result = Float(bitPattern: operation.apply(x, &fpscr))
      let host = operation.onHost(x.map(Float.init(bitPattern:)))
      let isEqual = host.isNaN ? result.isNaN : result.bitPattern == host.bitPattern
      guard isEqual else {
        Issue.record("case \(index) \(operation) \(x): \(result), host \(host)")
        return
      }
    }
  }

  @Test(arguments: Operation.allCases, FPSCR.Rounding.allCases)
  func operation_roundsTheExactValue(operation: Operation, mode: FPSCR.Rounding) {
    var bits = SeededBits(seed: 0xE8AC_7000 + UInt64(mode.rawValue))
    var checked = 0
    for index in 0..<Self.cases {
      var x = [bits.single(), bits.single(), bits.single()]
      if index % 4 == 0 { x[2] = near(x[0], x[1], &bits) }
      let flushes = index % 3 == 0
      var fpscr = FPSCR(mode.rawValue << 22 | (flushes ? FPSCR.flushToZero : 0))
      let before = fpscr.bits
      if flushes, x.contains(where: { !SoftFloat.isNormalOrZero($0) }) { continue }
      guard let exact = operation.exactly(x.map(Float.init(bitPattern:))) else { continue }
      let result = operation.apply(x, &fpscr)
      let ours = ExpectedFloat(bits: result, exceptions: fpscr.bits ^ before)
      let expected = exact.rounded(mode, flushToZero: flushes)
      checked += 1
      guard ours == expected else {
        Issue.record("case \(index) \(operation) \(mode) \(x): \(ours), expected \(expected)")
        return
      }
    }
    #expect(checked > Self.cases / 6)
  }

  /// An addend close to -(a × b), so that the sum cancels.
  private func near(_ a: UInt32, _ b: UInt32, _ bits: inout SeededBits) -> UInt32 {
    let product = -(Float(bitPattern: a) * Float(bitPattern: b))
    return product.bitPattern &+ UInt32(truncatingIfNeeded: bits.next() % 5) &- 2
  }

  @Test(arguments: Operation.allCases)
  func hostPath_changesNothing(operation: Operation) {
    var bits = SeededBits(seed: 0xFA57)
    for index in 0..<Self.cases {
      let x = [bits.single(), bits.single(), bits.single()]
      let control = UInt32(truncatingIfNeeded: bits.next()) & 0x0700_0000
      var fast = FPSCR(control | FPSCR.inexact)
      // With IXC clear the host's path is never taken.
      var slow = FPSCR(control)
      let (a, b) = (operation.apply(x, &fast), operation.apply(x, &slow))
      guard a == b, fast.bits == slow.bits | FPSCR.inexact else {
        Issue.record("case \(index) \(operation) \(x): \(a) \(fast), without IXC \(b) \(slow)")
        return
      }
    }
  }
}
