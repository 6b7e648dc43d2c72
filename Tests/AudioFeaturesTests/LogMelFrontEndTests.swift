// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import AudioFeatures

@Suite struct LogMelFrontEndTests {
  /// The window after `samples`, a whole number of hops.
  private func window(after samples: [Int16]) -> [Int8] {
    withUnsafeTemporaryAllocation(byteCount: LogMelFrontEnd.byteCount, alignment: 8) { memory in
      var frontEnd = LogMelFrontEnd(memory: memory.baseAddress!)
      samples.withUnsafeBufferPointer { samples in
        for start in stride(from: 0, to: samples.count, by: LogMelFrontEnd.hop) {
          frontEnd.push(samples.baseAddress! + start)
        }
      }
      return [Int8](unsafeUninitializedCapacity: LogMelFrontEnd.windowCount) { buffer, count in
        frontEnd.copyWindow(to: buffer.baseAddress!)
        count = LogMelFrontEnd.windowCount
      }
    }
  }

  private func tone(hertz: Double, amplitude: Double, hops: Int = 60) -> [Int16] {
    (0..<hops * LogMelFrontEnd.hop).map {
      Int16((amplitude * sin(Double($0) * 2 * .pi * hertz / 16000)).rounded())
    }
  }

  /// Rows and hash are those of `features.py` for the same noise.
  @Test func noise_givesWhatTrainingSaw() {
    var random = CongruentialNoise(seed: 12345)
    let shifts: [Int16] = [1, 6, 3, 12, 0]
    let samples = (0..<60 * LogMelFrontEnd.hop).map { random.next() >> shifts[($0 / 1700) % 5] }
    let answer = window(after: samples)
    #expect(
      Array(answer[..<32]) == [
        -50, -51, -64, -93, -60, -48, -34, -42, -51, -48, -53, -40, -46, -61, -53, -50, -37, -34,
        -40, -24, -33, -42, -39, -43, -40, -30, -33, -20, -25, -25, -34, -33,
      ])
    let hash = answer.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64(UInt8(bitPattern: $1))) &* 0x0000_0100_0000_01B3
    }
    #expect(hash == 0xB9B0_1A79_CDA0_902B)
  }

  @Test func level_doesNotMatter() {
    var random = CongruentialNoise(seed: 77)
    let noise = (0..<60 * LogMelFrontEnd.hop).map { _ in random.next() }
    let loud = window(after: noise.map { $0 / 2 })
    let quiet = window(after: noise.map { $0 / 64 })
    #expect(zip(loud, quiet).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
  }

  @Test func silence_isFlatAndLow() {
    let silent = window(after: [Int16](repeating: 0, count: 5 * LogMelFrontEnd.hop))
    #expect(Set(silent) == [-30])
  }

  @Test func lastBitOfNoise_isNotRaisedToASignal() {
    var random = CongruentialNoise(seed: 9)
    let whisper = (0..<60 * LogMelFrontEnd.hop).map { _ in random.next() >> 15 }
    #expect(window(after: whisper).max()! < 20)
  }

  @Test func clippedNoise_saturatesWithoutTrap() {
    var random = CongruentialNoise(seed: 4)
    let clipped = (0..<60 * LogMelFrontEnd.hop).map { _ in
      random.next() < 0 ? Int16.min : Int16.max
    }
    let answer = window(after: clipped)
    #expect(answer.min()! > -128)
    #expect(answer.max()! < 127)
  }

  @Test func window_endsWithTheNewestRow() {
    var samples = [Int16](repeating: 0, count: 59 * LogMelFrontEnd.hop)
    samples += tone(hertz: 1000, amplitude: 9000, hops: 1)
    let answer = window(after: samples)
    #expect(answer.suffix(32).max()! > 20)
    #expect(answer.dropLast(32).allSatisfy { $0 == answer[0] })
  }
}
