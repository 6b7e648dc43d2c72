// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Large tables of which little is ever used: the system hands out their pages as they are
/// touched, where `initialize(repeating: 0)` would touch them all.
package enum ZeroedMemory {
  /// - Precondition: the host has the memory.
  package static func allocate<T: FixedWidthInteger>(count: Int) -> UnsafeMutablePointer<T> {
    guard let raw = calloc(count, MemoryLayout<T>.stride) else {
      preconditionFailure("the host has no memory for \(count) entries of a table")
    }
    return raw.bindMemory(to: T.self, capacity: count)
  }

  package static func free<T>(_ table: UnsafeMutablePointer<T>) {
    #if canImport(Darwin)
      Darwin.free(table)
    #elseif canImport(Musl)
      Musl.free(table)
    #else
      Glibc.free(table)
    #endif
  }
}
