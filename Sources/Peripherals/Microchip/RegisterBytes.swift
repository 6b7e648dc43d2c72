// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Registers of one, two and four bytes that lie side by side, as Microchip's blocks have them. An
/// access of any width touches the bytes that it names and no others.
struct RegisterBytes: Codable {
  struct Register {
    let offset: UInt32
    let width: BusWidth
    let writable: UInt32
    let reset: UInt32

    /// - Parameter writable: the bits that the CPU can change by plain writes.
    init(_ offset: UInt32, _ width: BusWidth, writable: UInt32 = 0, reset: UInt32 = 0) {
      (self.offset, self.width, self.writable, self.reset) = (offset, width, writable, reset)
    }
  }

  private var values: [UInt8]
  private let initial: [UInt8]
  private let writable: [UInt8]
  private let exists: [Bool]

  /// - Parameter size: the bytes of the block; all registers lie below.
  init(size: Int, _ registers: [Register]) {
    var (initial, writable) = (
      [UInt8](repeating: 0, count: size), [UInt8](repeating: 0, count: size)
    )
    var exists = [Bool](repeating: false, count: size)
    for register in registers {
      for lane in 0..<UInt32(register.width.rawValue) {
        let index = Int(register.offset + lane)
        initial[index] = UInt8(truncatingIfNeeded: register.reset >> (8 * lane))
        writable[index] = UInt8(truncatingIfNeeded: register.writable >> (8 * lane))
        exists[index] = true
      }
    }
    (values, self.initial, self.writable, self.exists) = (initial, initial, writable, exists)
  }

  func contains(_ offset: UInt32) -> Bool { offset < exists.count && exists[Int(offset)] }

  /// True where any byte of an access belongs to a register.
  func contains(_ offset: UInt32, _ width: BusWidth) -> Bool {
    (0..<UInt32(width.rawValue)).contains { contains(offset &+ $0) }
  }

  /// The bytes of an access; those that belong to no register are zero.
  func read(_ offset: UInt32, _ width: BusWidth) -> UInt32 {
    (0..<UInt32(width.rawValue)).reduce(0) { $0 | UInt32(self[byte: offset &+ $1]) << (8 * $1) }
  }

  /// A plain write of one byte by the CPU: bits that are not writable keep their value.
  mutating func store(_ value: UInt8, at offset: UInt32) {
    guard contains(offset) else { return }
    let index = Int(offset)
    values[index] = values[index] & ~writable[index] | value & writable[index]
  }

  mutating func reset() { values = initial }

  // MARK: The hardware's side, no mask applied

  subscript(byte offset: UInt32) -> UInt8 {
    get { offset < values.count ? values[Int(offset)] : 0 }
    set { if offset < values.count { values[Int(offset)] = newValue } }
  }
  subscript(half offset: UInt32) -> UInt16 {
    get { UInt16(truncatingIfNeeded: read(offset, .half)) }
    set { put(UInt32(newValue), .half, at: offset) }
  }
  subscript(word offset: UInt32) -> UInt32 {
    get { read(offset, .word) }
    set { put(newValue, .word, at: offset) }
  }

  private mutating func put(_ value: UInt32, _ width: BusWidth, at offset: UInt32) {
    for lane in 0..<UInt32(width.rawValue) {
      self[byte: offset &+ lane] = UInt8(truncatingIfNeeded: value >> (8 * lane))
    }
  }
}

extension UInt32 {
  /// The bytes of a bus access, by the offset that each of them goes to.
  func lanes(_ offset: UInt32, _ width: BusWidth) -> [(offset: UInt32, byte: UInt8)] {
    (0..<UInt32(width.rawValue)).map {
      (offset &+ $0, UInt8(truncatingIfNeeded: self >> (8 * $0)))
    }
  }
}
