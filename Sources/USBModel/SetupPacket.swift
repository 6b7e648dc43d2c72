// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A control request (Universal Serial Bus Specification 2.0, 9.3).
public struct SetupPacket: Equatable, Hashable, Codable, Sendable {
  /// Bit 7: the data go to the host. Bits 6 and 5: standard, class, vendor. Bits 4 to 0: recipient.
  public var requestType: UInt8
  public var request: UInt8
  public var value: UInt16
  public var index: UInt16
  public var length: UInt16

  public init(requestType: UInt8, request: UInt8, value: UInt16, index: UInt16, length: UInt16) {
    self.requestType = requestType
    self.request = request
    self.value = value
    self.index = index
    self.length = length
  }

  /// - Parameter bytes: the eight bytes as sent, least significant first.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 8 else { return nil }
    let byte = Array(bytes)
    func word(_ at: Int) -> UInt16 { UInt16(byte[at]) | UInt16(byte[at + 1]) << 8 }
    self.init(
      requestType: byte[0], request: byte[1], value: word(2), index: word(4), length: word(6))
  }

  public var bytes: [UInt8] {
    [requestType, request]
      + [value, index, length].flatMap {
        [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
      }
  }

  public var isToHost: Bool { requestType & 0x80 != 0 }
}
