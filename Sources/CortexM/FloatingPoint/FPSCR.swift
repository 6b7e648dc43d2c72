// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Floating-point status and control register (Armv7-M ARM B1.4.7, FPSCR).
public struct FPSCR: Equatable, Sendable {
  /// The register as VMRS reads it.
  public var bits: UInt32

  @inlinable public init(_ bits: UInt32 = 0) { self.bits = bits }

  /// The bits that exist; the others read as zero and ignore writes.
  public static let writableMask: UInt32 = 0xF7C0_009F

  // N, Z, C and V as VCMP leaves them.
  public static let negative: UInt32 = 1 << 31
  public static let zero: UInt32 = 1 << 30
  public static let carry: UInt32 = 1 << 29
  public static let overflow: UInt32 = 1 << 28
  /// N, Z, C, V together, where APSR has them too.
  public static let conditionMask: UInt32 = 0xF000_0000

  /// AHP: halves have no infinities or NaNs but twice the range.
  public static let alternativeHalfPrecision: UInt32 = 1 << 26
  /// DN: every NaN result is the default NaN.
  public static let defaultNaN: UInt32 = 1 << 25
  /// FZ: subnormal operands and results count as zero.
  public static let flushToZero: UInt32 = 1 << 24
  /// RMode, two bits.
  public static let roundingMask: UInt32 = 3 << 22

  // The cumulative exception bits: set by arithmetic, cleared by VMSR only.
  public static let inputDenormal: UInt32 = 1 << 7
  public static let inexact: UInt32 = 1 << 4
  public static let underflow: UInt32 = 1 << 3
  public static let overflowed: UInt32 = 1 << 2
  public static let divisionByZero: UInt32 = 1 << 1
  public static let invalidOperation: UInt32 = 1 << 0
  public static let cumulativeMask: UInt32 = 0x9F

  /// RMode: how a result that lies between two representable numbers is chosen.
  public enum Rounding: UInt32, Sendable, CaseIterable {
    case nearest = 0
    case towardPlusInfinity = 1
    case towardMinusInfinity = 2
    case towardZero = 3
  }

  @inlinable public var rounding: Rounding {
    switch bits >> 22 & 3 {
    case 0: .nearest
    case 1: .towardPlusInfinity
    case 2: .towardMinusInfinity
    default: .towardZero
    }
  }

  @inlinable public func has(_ mask: UInt32) -> Bool { bits & mask != 0 }

  /// Sets cumulative exception bits. Armv7-M never traps them.
  @inlinable public mutating func raise(_ exceptions: UInt32) { bits |= exceptions }

  /// N, Z, C and V in bits 31 to 28.
  @inlinable public var conditions: UInt32 {
    get { bits & Self.conditionMask }
    set { bits = bits & ~Self.conditionMask | newValue & Self.conditionMask }
  }

  /// With round to nearest and IXC already set, no rounding of a normal result can change this
  /// register, so that the host's own operation is indistinguishable from ours.
  @inlinable var admitsHostArithmetic: Bool {
    bits & (Self.roundingMask | Self.inexact) == Self.inexact
  }
}
