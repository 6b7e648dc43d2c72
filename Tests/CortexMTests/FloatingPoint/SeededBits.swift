// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// SplitMix64: a case is reproduced by its seed.
struct SeededBits: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A single-precision pattern: half the time from the edges of the format.
  mutating func single() -> UInt32 {
    let random = UInt32(truncatingIfNeeded: next())
    switch next() % 8 {
    case 0: return Self.edges[Int(random % UInt32(Self.edges.count))] ^ random & 0x8000_0000
    case 1: return random & 0x807F_FFFF  // subnormal
    case 2: return random & 0x81FF_FFFF  // tiny
    case 3: return random & 0x8000_0000 | 0x3F80_0000 &+ (random & 0x0380_0007) &- 0x0180_0003
    case 4: return random & 0xBFFF_0000 | 0x3000_0000  // few bits, near one: ties are frequent
    case 5: return random & 0x80FF_FFFF | 0x7E00_0000  // huge
    default: return random
    }
  }

  private static let edges: [UInt32] = [
    0, 1, 2, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x00FF_FFFF, 0x0100_0000, 0x3F7F_FFFF,
    0x3F80_0000, 0x3F80_0001, 0x4F00_0000, 0x4EFF_FFFF, 0x4F80_0000, 0x4F7F_FFFF, 0x7F7F_FFFF,
    0x7F80_0000, 0x7F80_0001, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FC1_2345, 0x7FFF_FFFF, 0x477F_E000,
    0x477F_F000, 0x3380_0000, 0x3880_0000, 0x387F_C000, 0x4780_0000, 0x5F00_0000,
  ]
}
