// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a chip or board file instantiates a device: where it sits and the numbers and names that
/// tell this instance from its siblings (`channels: 4`, `clock: P0.26`).
public struct DeviceParameters: Codable, Sendable {
  /// The instance's name in the manual, `TIMER0`.
  public let name: String
  public let base: Address
  public let interrupt: Int?
  /// The clock that virtual time is counted in.
  public let reference: Frequency
  public let numbers: [String: UInt64]
  public let pins: [String: Pin]

  public init(
    name: String, base: Address = Address(0), interrupt: Int? = nil, reference: Frequency,
    numbers: [String: UInt64] = [:], pins: [String: Pin] = [:]
  ) {
    self.name = name
    self.base = base
    self.interrupt = interrupt
    self.reference = reference
    self.numbers = numbers
    self.pins = pins
  }
}
