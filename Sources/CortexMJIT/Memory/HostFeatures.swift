// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CHostSupport

/// What the host's processor can do beyond its architecture's base, as far as code generation asks.
struct HostFeatures: Equatable {
  /// VEX-encoded scalar floats and 128-bit integers.
  var hasAVX = false
  var hasFMA = false
  /// SHLX, SHRX, SARX, RORX, MULX, PDEP, PEXT.
  var hasBMI2 = false
  /// ANDN, TZCNT.
  var hasBMI1 = false
  var hasLZCNT = false
  var hasPOPCNT = false
  /// AArch64's FEAT_FlagM: RMIF.
  var hasFlagM = false

  /// This machine's.
  static let current = {
    var features = HostFeatures(cpuid: cpuid, extendedControl: { ch_extended_control() })
    features.hasFlagM = ch_has_flag_manipulation() != 0
    return features
  }()

  init() {}

  /// Intel SDM volume 2A, CPUID; `extendedControl` is asked where the system saves extended state.
  init(
    cpuid: (_ leaf: UInt32, _ subleaf: UInt32) -> [UInt32], extendedControl: () -> UInt64
  ) {
    let (features, extended) = (cpuid(1, 0), cpuid(7, 0))
    let ecx = features[2]
    // OSXSAVE, then XMM and YMM state in XCR0.
    let savesVectors = ecx >> 27 & 1 == 1 && extendedControl() & 6 == 6
    hasAVX = savesVectors && ecx >> 28 & 1 == 1
    hasFMA = hasAVX && ecx >> 12 & 1 == 1
    hasPOPCNT = ecx >> 23 & 1 == 1
    // BMI's instructions have VEX prefixes, but need no vector state.
    hasBMI1 = extended[1] >> 3 & 1 == 1
    hasBMI2 = extended[1] >> 8 & 1 == 1
    hasLZCNT = cpuid(0x8000_0001, 0)[2] >> 5 & 1 == 1
  }

  private static func cpuid(leaf: UInt32, subleaf: UInt32) -> [UInt32] {
    var registers: [UInt32] = [0, 0, 0, 0]
    ch_cpuid(leaf, subleaf, &registers)
    return registers
  }
}
