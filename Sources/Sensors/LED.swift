// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// A light on a pin. It keeps whether it is lit, how often it was switched on and for how long.
///
/// Parameters: pin `pin`; number `activeHigh`, 0 where a low level lights it (default 1).
public struct LED: Codable, PinObserver {
  private let anode: Pin?
  private let litLevel: Level
  private var litSince: Instant?
  private var litBefore = Cycles(0)
  public private(set) var timesLit = 0

  public init(_ parameters: DeviceParameters) {
    anode = parameters.pins["pin"]
    litLevel = parameters.numbers["activeHigh"] ?? 1 == 0 ? .low : .high
  }

  public var isLit: Bool { litSince != nil }

  /// How long it has been lit, all in all.
  public func litTime(until now: Instant) -> Cycles {
    guard let litSince, litSince < now else { return litBefore }
    return litBefore + (now - litSince)
  }

  public mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext) {
    guard pin == anode else { return }
    if level == litLevel, litSince == nil {
      litSince = context.now
      timesLit += 1
    } else if level != litLevel {
      litBefore = litTime(until: context.now)
      litSince = nil
    }
  }
}
