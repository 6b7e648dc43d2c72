// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import _Volatile

/// The registers of one peripheral, by their offset. Every access is volatile: it happens once,
/// where it is written, and is neither merged nor dropped.
public struct RegisterBlock: Sendable {
  private let base: UInt32

  public init(at base: UInt32) { self.base = base }

  public subscript(offset: UInt32) -> UInt32 {
    get { VolatileMappedRegister<UInt32>(unsafeBitPattern: UInt(base &+ offset)).load() }
    nonmutating set {
      VolatileMappedRegister<UInt32>(unsafeBitPattern: UInt(base &+ offset)).store(newValue)
    }
  }

  /// A register of one byte.
  public subscript(byte offset: UInt32) -> UInt32 {
    get { UInt32(VolatileMappedRegister<UInt8>(unsafeBitPattern: UInt(base &+ offset)).load()) }
    nonmutating set {
      VolatileMappedRegister<UInt8>(unsafeBitPattern: UInt(base &+ offset))
        .store(UInt8(truncatingIfNeeded: newValue))
    }
  }

  /// A register of two bytes.
  public subscript(half offset: UInt32) -> UInt32 {
    get { UInt32(VolatileMappedRegister<UInt16>(unsafeBitPattern: UInt(base &+ offset)).load()) }
    nonmutating set {
      VolatileMappedRegister<UInt16>(unsafeBitPattern: UInt(base &+ offset))
        .store(UInt16(truncatingIfNeeded: newValue))
    }
  }

  /// Writes a register's lowest byte only, for registers that tell the access size.
  public func storeByte(_ value: UInt8, at offset: UInt32) {
    VolatileMappedRegister<UInt8>(unsafeBitPattern: UInt(base &+ offset)).store(value)
  }
}
