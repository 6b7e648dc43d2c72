// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A task whose begin and end are told to the debug probe, or to the emulator's meter, through the
/// ITM's stimulus ports 1 and 2 (Armv7-M Architecture Reference Manual, C1.7).
public struct MeasuredTask: Sendable {
  private static let itm = RegisterBlock(at: 0xE000_0000)
  private static let beginPort: UInt32 = 1
  private static let endPort: UInt32 = 2

  private let number: UInt8

  public init(_ number: UInt8) { self.number = number }

  public func callAsFunction<Result>(_ body: () -> Result) -> Result {
    tell(port: Self.beginPort)
    defer { tell(port: Self.endPort) }
    return body()
  }

  /// Says nothing when nobody has enabled the port, as on a board without a probe.
  private func tell(port: UInt32) {
    let itm = Self.itm
    guard itm[ITM.Offset.traceControl] & ITM.enabled != 0,
      itm[ITM.Offset.traceEnable] & 1 << port != 0
    else { return }
    itm.storeByte(number, at: ITM.Offset.stimulus &+ port &* 4)
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
