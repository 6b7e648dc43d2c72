// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import AudioFeatures

@Suite struct MelBandsTests {
  private func row(of samples: [Int16]) -> [Int16] {
    let byteCount = MelBands.byteCount + RealFFT.byteCount
    return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { memory in
      let bands = MelBands(memory: memory.baseAddress!)
      let spectrum = RealFFT(memory: memory.baseAddress! + MelBands.byteCount)
      spectrum.transform(samples)
      return [Int16](unsafeUninitializedCapacity: MelBands.count) { buffer, count in
        bands.writeLogarithms(of: spectrum, to: buffer.baseAddress!)
        count = MelBands.count
      }
    }
  }

  private func tone(hertz: Double) -> [Int16] {
    (0..<512).map { Int16((9000 * sin(Double($0) * 2 * .pi * hertz / 16000)).rounded()) }
  }

  @Test(arguments: [125.0, 250, 440, 1000, 1700, 3000, 3700])
  func tone_peaksInItsBand(hertz: Double) {
    let answer = row(of: tone(hertz: hertz))
    // Bands lie evenly on the logarithm of 1 + f / 700 Hz; the first peaks one step above 81 Hz.
    let step = Foundation.log2(736.0 / 125) / 33
    let place = Foundation.log2((1 + hertz / 700) * 112 / 125) / step - 1
    let peak = answer.firstIndex(of: answer.max()!)!
    #expect(abs(Double(peak) - place) < 0.75)
  }

  @Test(arguments: [20.0, 4300, 7000])
  func toneOutsideTheBands_isHeardFaintly(hertz: Double) {
    let inside = row(of: tone(hertz: 1000)).max()!
    #expect(row(of: tone(hertz: hertz)).max()! < inside - 256 * 10)
  }

  @Test func silence_liesOnTheFloor() {
    #expect(row(of: [Int16](repeating: 0, count: 512)) == [Int16](repeating: 0, count: 32))
  }
}
