// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Registers

/// A task that a debug probe, or the emulator's meter, can time: begin and end are told through the
/// ITM's stimulus ports (Armv7-M Architecture Reference Manual, C1.7), and who it is before.
///
/// Port 1 gets the task's number when it begins, port 2 when it ends, port 3 the deadline (number
/// in the upper byte, microseconds below), port 4 the name (number, characters, 0).
public struct MeasuredTask: Sendable {
  private enum Port {
    static let begin: UInt32 = 1
    static let end: UInt32 = 2
    static let deadline: UInt32 = 3
    static let name: UInt32 = 4
  }

  private static let itm = RegisterBlock(at: 0xE000_0000)

  private let number: UInt8

  /// - Parameters:
  ///   - number: 1 to 255, of one task only.
  ///   - deadline: in milliseconds, at most 16,000.
  public init(_ number: UInt8, name: StaticString, deadline: UInt32) {
    self.number = number
    if isEnabled(Port.name) {
      tell(number, port: Port.name)
      name.withUTF8Buffer { for character in $0 { tell(character, port: Port.name) } }
      tell(0, port: Port.name)
    }
    if isEnabled(Port.deadline) {
      Self.itm[ITM.Offset.stimulus &+ Port.deadline &* 4] =
        UInt32(number) << 24 | (deadline &* 1000)
    }
  }

  public func callAsFunction<Result>(_ body: () -> Result) -> Result {
    if isEnabled(Port.begin) { tell(number, port: Port.begin) }
    defer { if isEnabled(Port.end) { tell(number, port: Port.end) } }
    return body()
  }

  /// Ports are off on a board without a probe.
  private func isEnabled(_ port: UInt32) -> Bool {
    Self.itm[ITM.Offset.traceControl] & ITM.enabled != 0
      && Self.itm[ITM.Offset.traceEnable] & 1 << port != 0
  }

  private func tell(_ byte: UInt8, port: UInt32) {
    Self.itm.storeByte(byte, at: ITM.Offset.stimulus &+ port &* 4)
  }
}

enum ITM {
  enum Offset {
    static let stimulus: UInt32 = 0x000
    static let traceEnable: UInt32 = 0xE00
    static let traceControl: UInt32 = 0xE80
  }
  static let enabled: UInt32 = 1
}
