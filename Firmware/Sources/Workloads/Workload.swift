// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Semihosting
import StaticMemory

/// What work for measuring emulators has in common: memory, repeatable numbers, an answer.
public enum Workload {
  /// Prints the answer, the same on every emulator that is right, and ends the run.
  public static func finish(_ checksum: UInt32) {
    let text = workloadMemory()
    for digit in 0..<8 {
      let value = UInt8(truncatingIfNeeded: checksum &>> UInt32(28 &- 4 &* digit)) & 15
      text[digit] = value &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
    }
    text[8] = UInt8(ascii: "\n")
    text[9] = 0
    semihosting_write(text)
    semihosting_exit()
  }

  /// A part of the working memory; the parts of one workload do not overlap.
  static func memory<Element>(
    at offset: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer(workloadMemory() + offset).assumingMemoryBound(to: type)
  }
}

/// Numerical Recipes' generator: its upper bits are random enough.
struct Congruence {
  private var state: UInt32

  init(seed: UInt32) { state = seed }

  mutating func next() -> UInt32 {
    state = state &* 1_664_525 &+ 1_013_904_223
    return state
  }
}

/// One step of a checksum over words.
@inline(__always)
func mixed(_ checksum: UInt32, _ word: UInt32) -> UInt32 {
  (checksum &<< 5 | checksum &>> 27) ^ word
}
