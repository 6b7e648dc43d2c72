// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferenceKernels

@Suite struct ProvedAdditionTests {
  /// As the compiler makes it from three scales.
  private func addition(
    _ scales: (Double, Double, Double), _ random: inout RandomLayer, count: Int
  ) -> Addition {
    func quantized(_ real: Double) -> (Int32, Int32) {
      let shift = real.exponent + 1
      let fraction = real / Double(sign: .plus, exponent: Int(shift), significand: 1)
      return (Int32(min((fraction * 0x1p31).rounded(), 0x1p31 - 1)), Int32(shift))
    }
    let common = 2 * max(scales.0, scales.1)
    let first = quantized(scales.0 / common)
    let second = quantized(scales.1 / common)
    let output = quantized(common / (0x1p20 * scales.2))
    return Addition(
      count: count,
      first: .init(
        zeroPoint: Int32(random.zeroPoint()), multiplier: first.0, shift: first.1),
      second: .init(
        zeroPoint: Int32(random.zeroPoint()), multiplier: second.0, shift: second.1),
      outputMultiplier: output.0, outputShift: output.1, stage: random.stage())
  }

  private func real(_ random: inout RandomLayer) -> Double {
    Double(Float(random.int(1000...100_000)) * 1e-6)
  }

  @Test func provedAddition_equalsAddition_inPlaceOfEither() {
    var proved = 0
    for seed in 1...40 as ClosedRange<UInt64> {
      var random = RandomLayer(seed: seed)
      let scales = (real(&random), real(&random), real(&random))
      let count = random.int(1...90)
      let addition = addition(scales, &random, count: count)
      guard let fast = ProvedAddition(addition) else { continue }
      proved += 1
      let (first, second) = (random.bytes(count), random.bytes(count))
      var expected = [Int8](repeating: 0, count: count)
      addition.run(first: first, second: second, output: &expected)
      let onFirst = withAlignedBytes(first) {
        fast.run(first: $0, second: second, output: $0)
        return Array(UnsafeBufferPointer(start: $0, count: count))
      }
      let onSecond = withAlignedBytes(second) {
        fast.run(first: first, second: $0, output: $0)
        return Array(UnsafeBufferPointer(start: $0, count: count))
      }
      #expect(onFirst == expected && onSecond == expected, "\(fast)")
    }
    #expect(proved >= 36)
  }

  /// Sums of odd bytes lie half way, and are rounded away from zero: no affine function does that.
  @Test func halves_areNotProved() {
    var random = RandomLayer(seed: 1)
    var addition = addition((0.5, 0.5, 1), &random, count: 1)
    addition.stage = OutputStage(zeroPoint: 0, minimum: -128, maximum: 127)
    #expect(ProvedAddition(addition) == nil)
  }
}
