// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// Registers that only remember: what was written is read back, as far as its bits exist.
struct StoredRegisters: Codable {
  struct Register: Codable {
    let offset: UInt32
    let writable: UInt32
    let reset: UInt32

    /// - Parameter writable: the bits that exist.
    init(_ offset: UInt32, writable: UInt32 = .max, reset: UInt32 = 0) {
      (self.offset, self.writable, self.reset) = (offset, writable, reset)
    }
  }

  private let registers: [Register]
  private var values: [UInt32]

  init(_ registers: [Register]) {
    self.registers = registers
    values = registers.map(\.reset)
  }

  /// The value at an offset that is known to be one of these registers, 0 elsewhere.
  subscript(offset: UInt32) -> UInt32 { read(offset) ?? 0 }

  func read(_ offset: UInt32) -> UInt32? { index(of: offset).map { values[$0] } }

  /// False where no register has this offset.
  mutating func write(_ offset: UInt32, _ value: UInt32) -> Bool {
    guard let index = index(of: offset) else { return false }
    values[index] = value & registers[index].writable
    return true
  }

  mutating func reset() { values = registers.map(\.reset) }

  private func index(of offset: UInt32) -> Int? { registers.firstIndex { $0.offset == offset } }
}

/// The index of an array register's element, nil where the offset lies outside the array.
@inline(__always)
func element(of offset: UInt32, in first: UInt32, count: Int, stride: UInt32 = 4) -> Int? {
  guard offset >= first else { return nil }
  let distance = offset &- first
  guard distance % stride == 0, Int(distance / stride) < count else { return nil }
  return Int(distance / stride)
}

extension Pin {
  /// The pad that a PSEL register selects, nil while it is disconnected.
  init?(select value: UInt32) {
    guard value & UARTE.PinSelect.disconnected == 0 else { return nil }
    self.init(
      port: value & UARTE.PinSelect.port == 0 ? 0 : 1, number: UInt8(value & UARTE.PinSelect.pin))
  }
}

extension DeviceContext {
  /// Asks for a wake at the first of these instants, or for none.
  mutating func wake(atFirstOf instants: Instant?...) {
    wake(at: instants.reduce(.never) { min($0, $1 ?? .never) })
  }
}

extension DeviceParameters {
  /// The length of a time that the manual states in microseconds.
  func microseconds(_ count: UInt64) -> Cycles {
    TickClock(Frequency(hertz: 1_000_000), reference: reference).span(ofTicks: count)
  }
}
