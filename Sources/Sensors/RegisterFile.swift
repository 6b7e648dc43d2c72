// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// The registers of a part on I2C, and how a master walks through them: the first byte written is
/// the place, what follows is stored from there on.
struct RegisterFile: Codable, Sendable {
  private let resets: [UInt8: UInt8]
  private var values: [UInt8]
  private(set) var place: UInt8 = 0
  private var placeComes = false
  /// Whether the place moves on with each byte of this transfer.
  private var advances = true

  /// What a byte of a transfer means to the part.
  enum Step: Equatable {
    /// The place was set.
    case placed
    case written(UInt8, UInt8)
  }

  /// - Parameter resets: values after reset that are not zero, by register.
  init(_ resets: [UInt8: UInt8]) {
    self.resets = resets
    values = Array(repeating: 0, count: 128)
    reset()
  }

  mutating func reset() {
    values = Array(repeating: 0, count: 128)
    for (register, value) in resets { values[Int(register & 0x7F)] = value }
  }

  subscript(register: UInt8) -> UInt8 {
    get { values[Int(register & 0x7F)] }
    set { values[Int(register & 0x7F)] = newValue }
  }

  mutating func start(isRead: Bool) { if !isRead { placeComes = true } }

  /// - Parameter advances: whether the place moves on, by the byte that sets it.
  mutating func write(_ byte: UInt8, advances: (UInt8) -> Bool) -> Step {
    if placeComes {
      (placeComes, place) = (false, byte & 0x7F)
      self.advances = advances(byte)
      return .placed
    }
    let register = place
    self[register] = byte
    moveOn()
    return .written(register, byte)
  }

  /// The register to be read next; the place moves on.
  mutating func nextToRead() -> UInt8 {
    let register = place
    moveOn()
    return register
  }

  private mutating func moveOn() { if advances { place = (place &+ 1) & 0x7F } }
}

/// When a sensor's samples are due: one every `1 / hertz` from when the rate was set.
struct OutputClock: Codable, Sendable {
  private let reference: Frequency
  private(set) var ticks: TickClock?
  private(set) var start = Instant.reset

  init(reference: Frequency) { self.reference = reference }

  /// - Parameter rate: nil switches the sensor off.
  mutating func set(_ rate: Frequency?, at now: Instant) {
    let wanted = rate.map { TickClock($0, reference: reference) }
    guard wanted != ticks else { return }
    (ticks, start) = (wanted, now)
  }

  /// How many samples have been taken.
  func count(at now: Instant) -> UInt64 {
    guard let ticks, start <= now else { return 0 }
    return ticks.ticks(in: now - start)
  }

  /// When the sample of this number was taken, counted from one.
  func instant(of sample: UInt64) -> Instant {
    ticks.map { start + $0.span(ofTicks: sample) } ?? start
  }
}
