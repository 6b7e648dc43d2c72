// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// White noise at full scale that Python makes with one line too (Numerical Recipes' constants).
struct CongruentialNoise {
  private var state: UInt32

  init(seed: UInt32) {
    state = seed
  }

  mutating func next() -> Int16 {
    state = state &* 1_664_525 &+ 1_013_904_223
    return Int16(Int32(state >> 16) - 32768)
  }
}
