// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What programs can tell of a core: its architecture and its floating-point extension.
public struct Architecture: Hashable, Sendable {
  /// Each one has all instructions of those before it.
  public enum Profile: UInt8, CaseIterable, Comparable, Sendable {
    /// 16-bit Thumb and a handful of 32-bit instructions; four faults in one: HardFault.
    case armv6M
    case armv7M
    /// ARMv7-M with the DSP extension.
    case armv7EM

    public static func < (a: Profile, b: Profile) -> Bool { a.rawValue < b.rawValue }
  }

  /// Each one has all instructions of those before it.
  public enum FloatingPoint: UInt8, CaseIterable, Comparable, Sendable {
    case none
    /// FPv4-SP: single precision.
    case fpv4Single
    /// FPv5 with single precision only.
    case fpv5Single
    /// FPv5 with double precision.
    case fpv5Double

    public static func < (a: FloatingPoint, b: FloatingPoint) -> Bool { a.rawValue < b.rawValue }
  }

  public var profile: Profile
  public var floatingPoint: FloatingPoint

  public init(_ profile: Profile, _ floatingPoint: FloatingPoint = .none) {
    (self.profile, self.floatingPoint) = (profile, floatingPoint)
  }

  /// False for ARMv6-M, which has HardFault alone, no BASEPRI, no FAULTMASK, no fault status and no
  /// unaligned access.
  public var isMainline: Bool { profile >= .armv7M }

  /// The bits of APSR: NZCV, Q from ARMv7-M on, GE with the DSP extension.
  var statusBits: UInt32 {
    switch profile {
    case .armv6M: 0xF000_0000
    case .armv7M: 0xF800_0000
    case .armv7EM: 0xF80F_0000
    }
  }
}

/// The processors that chips are built around: what the timing tables and CPUID depend on.
public enum ProcessorModel: CaseIterable, Sendable {
  case cortexM0, cortexM0Plus, cortexM3, cortexM4, cortexM7

  public var profile: Architecture.Profile {
    switch self {
    case .cortexM0, .cortexM0Plus: .armv6M
    case .cortexM3: .armv7M
    case .cortexM4, .cortexM7: .armv7EM
    }
  }

  /// Whether an unaligned access to Device memory is made of aligned ones (UNPREDICTABLE in the
  /// architecture; Cortex-M7 faults).
  var splitsDeviceAccesses: Bool { self == .cortexM3 || self == .cortexM4 }

  /// The floating-point extensions that it can be built with.
  public var floatingPointOptions: [Architecture.FloatingPoint] {
    switch self {
    case .cortexM0, .cortexM0Plus, .cortexM3: [.none]
    case .cortexM4: [.none, .fpv4Single]
    case .cortexM7: [.none, .fpv5Single, .fpv5Double]
    }
  }
}
