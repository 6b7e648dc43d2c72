// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SplitMix64 with a taste for edges: a case is reproduced by its seed.
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

  mutating func below(_ bound: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: next() >> 16) % bound
  }

  /// A word for an integer register.
  mutating func word() -> UInt32 {
    let random = UInt32(truncatingIfNeeded: next())
    switch below(8) {
    case 0: return Self.wordEdges[Int(random) % Self.wordEdges.count]
    case 1: return random & 0xFF  // shift amounts, small divisors
    case 2: return random & 0xFFFF
    case 3: return random | 0xFFFF_FF00
    case 4: return Self.halves(random)
    default: return random
    }
  }

  /// Edge values in each half, for the SIMD and halfword multiply instructions.
  private static func halves(_ random: UInt32) -> UInt32 {
    let edges: [UInt32] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7F80, 0x80FF]
    return edges[Int(random % 10)] << 16 | edges[Int(random >> 8 % 10)]
  }

  private static let wordEdges: [UInt32] = [
    0, 1, 2, 0x1F, 0x20, 0x21, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000,
    0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x5555_5555, 0xAAAA_AAAA,
    0x7F7F_7F7F, 0x8080_8080, 0x7FFF_7FFF, 0x8000_8000,
  ]

  /// A pattern for an S register.
  mutating func single() -> UInt32 {
    let random = UInt32(truncatingIfNeeded: next())
    switch below(10) {
    case 0, 1: return Self.singleEdges[Int(random >> 1) % Self.singleEdges.count] ^ random << 31
    case 2: return random & 0x807F_FFFF  // subnormal
    case 3: return random & 0x81FF_FFFF  // tiny
    case 4: return random & 0x80FF_FFFF | 0x7E00_0000  // huge
    case 5, 6: return random & 0x87FF_E000 | 0x3C00_0000  // near one, ties
    case 7: return random & 0x80FF_FFFF | 0x4E00_0000  // around 2^30: integers
    default: return random
    }
  }

  /// A pattern for a D register.
  mutating func double() -> UInt64 {
    let random = next()
    let sign = random & 1 << 63
    switch below(10) {
    case 0, 1: return Self.doubleEdges[Int(random >> 1 & 0xFFFF) % Self.doubleEdges.count] | sign
    case 2: return random & 0x800F_FFFF_FFFF_FFFF  // subnormal
    case 3: return random & 0x803F_FFFF_FFFF_FFFF  // tiny
    case 4: return random & 0x801F_FFFF_FFFF_FFFF | 0x7FC0_0000_0000_0000  // huge
    case 5: return random & 0x801F_FFFF_FFF0_0000 | 0x3FE0_0000_0000_0000  // near one, ties
    case 6: return random & 0x801F_FFFF_FFFF_FFFF | 0x41C0_0000_0000_0000  // around 2^30: integers
    case 7: return random & 0x807F_FFFF_E000_0000 | 0x3800_0000_0000_0000  // tiny as a single
    case 8: return random & 0x800F_FFFF_FFFF_FFFF | UInt64(0x3F0 + below(0x40)) << 52
    default: return random
    }
  }

  private static let doubleEdges: [UInt64] = [
    0, 1, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x0010_0000_0000_0001,
    0x3FEF_FFFF_FFFF_FFFF, 0x3FF0_0000_0000_0000, 0x3FF0_0000_0000_0001, 0x3FE0_0000_0000_0000,
    0x41DF_FFFF_FFC0_0000, 0x41E0_0000_0000_0000, 0x41EF_FFFF_FFE0_0000, 0x41F0_0000_0000_0000,
    0x7FEF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x7FF7_FFFF_FFFF_FFFF,
    0x7FF8_0000_0000_0000, 0x7FF8_1234_5678_9ABC, 0x47EF_FFFF_E000_0000, 0x47EF_FFFF_F000_0000,
    0x3810_0000_0000_0000, 0x36A0_0000_0000_0000, 0x40EF_FE00_0000_0000, 0x3FF8_0000_0000_0000,
  ]

  private static let singleEdges: [UInt32] = [
    0, 1, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x3F7F_FFFF, 0x3F80_0000, 0x3F80_0001, 0x3F00_0000,
    0x4EFF_FFFF, 0x4F00_0000, 0x4F7F_FFFF, 0x4F80_0000, 0x7F7F_FFFF, 0x7F80_0000, 0x7F80_0001,
    0x7FBF_FFFF, 0x7FC0_0000, 0x7FC1_2345, 0x7FFF_FFFF, 0x477F_E000, 0x477F_F000, 0x3380_0000,
    0x387F_C000,
  ]
}
