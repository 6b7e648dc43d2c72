// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// A device some of whose answers are somebody else's.
package struct Sabotaged<Base: USBDeviceClass>: USBDeviceClass {
  package var base: Base
  package var presentIdentity: (USBIdentity?) -> USBIdentity? = { $0 }
  /// An answer in the device's place, which then does not hear of the request.
  package var answer: (SetupPacket) -> ControlAnswer? = { _ in nil }
  package var receiving: (UInt8) -> EndpointAnswer? = { _ in nil }
  package var sending: (UInt8) -> EndpointAnswer? = { _ in nil }

  package init(_ base: Base) { self.base = base }

  package var identity: USBIdentity? { presentIdentity(base.identity) }
  package mutating func control(_ setup: SetupPacket, data: [UInt8]) -> ControlAnswer {
    answer(setup) ?? base.control(setup, data: data)
  }
  package mutating func receive(_ data: [UInt8], endpoint: UInt8) -> EndpointAnswer {
    receiving(endpoint) ?? base.receive(data, endpoint: endpoint)
  }
  package mutating func send(atMost length: Int, endpoint: UInt8) -> EndpointAnswer {
    sending(endpoint) ?? base.send(atMost: length, endpoint: endpoint)
  }
  package mutating func select(interface: UInt8, alternate: UInt8) {
    base.select(interface: interface, alternate: alternate)
  }
  package mutating func haltCleared(endpoint: UInt8) { base.haltCleared(endpoint: endpoint) }
  package mutating func reset() { base.reset() }
  package mutating func advance(by time: Duration) { base.advance(by: time) }
}
