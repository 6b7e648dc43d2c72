// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import AudioFeatures

@Suite struct RealFFTTests {
  /// |X|² of a Hann-windowed block, by definition, in quarters.
  private func expectedPower(_ samples: [Int16], bin: Int) -> Double {
    var real = 0.0
    var imaginary = 0.0
    for (index, sample) in samples.enumerated() {
      let angle = 2 * Double.pi * Double(index) / 512
      let weighted = Double(sample) * (0.5 - 0.5 * cos(angle))
      real += weighted * cos(angle * Double(bin))
      imaginary -= weighted * sin(angle * Double(bin))
    }
    return 4 * (real * real + imaginary * imaginary)
  }

  private func powers(_ samples: [Int16]) -> [Double] {
    withUnsafeTemporaryAllocation(byteCount: RealFFT.byteCount, alignment: 8) { memory in
      let transform = RealFFT(memory: memory.baseAddress!)
      transform.transform(samples)
      return (1..<256).map { Double(transform.power(of: $0)) }
    }
  }

  @Test(arguments: [UInt32(1), 2, 3])
  func power_isThatOfTheDefinition(seed: UInt32) {
    var random = CongruentialNoise(seed: seed)
    let samples = (0..<512).map { _ in random.next() }
    let answers = powers(samples)
    for bin in 1..<256 {
      let expected = expectedPower(samples, bin: bin)
      #expect(abs(answers[bin - 1] - expected) < 0.002 * expected + 20_000, "bin \(bin)")
    }
  }

  @Test func quietSine_keepsItsPower() {
    let samples = (0..<512).map { Int16((8 * sin(Double($0) * 2 * .pi * 40 / 512)).rounded()) }
    let answers = powers(samples)
    let expected = expectedPower(samples, bin: 40)
    #expect(abs(answers[39] - expected) < 0.02 * expected)
    #expect(answers[99] < expected / 1000)
  }

  @Test func fullScaleSquare_doesNotOverflow() {
    let samples = (0..<512).map { ($0 / 8) % 2 == 0 ? Int16.max : Int16.min }
    let answers = powers(samples)
    let expected = expectedPower(samples, bin: 32)
    #expect(abs(answers[31] - expected) < 0.001 * expected)
    #expect(answers.max() == answers[31])
  }

  @Test func silence_isExactlyZero() {
    #expect(powers([Int16](repeating: 0, count: 512)).allSatisfy { $0 == 0 })
  }
}
