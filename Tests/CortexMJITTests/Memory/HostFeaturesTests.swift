// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexMJIT

@Suite struct HostFeaturesTests {
  /// A processor that has everything.
  private func cpuid(leaf: UInt32, subleaf: UInt32) -> [UInt32] { Array(repeating: .max, count: 4) }

  @Test func allBits_areAllFeatures() {
    let features = HostFeatures(cpuid: cpuid, extendedControl: { 7 })
    #expect(features.hasAVX && features.hasFMA && features.hasBMI1 && features.hasBMI2)
    #expect(features.hasLZCNT && features.hasPOPCNT)
  }

  @Test func vectorsThatTheSystemDoesNotSave_areNotUsed() {
    let features = HostFeatures(cpuid: cpuid, extendedControl: { 3 })
    #expect(!features.hasAVX && !features.hasFMA && features.hasBMI2)
  }

  @Test func noBits_areNoFeatures() {
    let features = HostFeatures(
      cpuid: { _, _ in [0, 0, 0, 0] },
      extendedControl: {
        Issue.record("XGETBV without OSXSAVE is an invalid instruction")
        return 0
      })
    #expect(features == HostFeatures())
  }
}
