// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One alternate setting of an interface (Universal Serial Bus Specification 2.0, 9.6.5).
public struct InterfaceDescriptor: Equatable, Sendable {
  public var number: UInt8
  public var alternate: UInt8 = 0
  public var classCode: UInt8
  public var subclass: UInt8
  public var protocolCode: UInt8
  public var string: UInt8 = 0
  /// The interface association descriptor before this one, empty for none.
  public var association: [UInt8] = []
  /// Descriptors of the class that stand between this one and its endpoints.
  public var classSpecific: [[UInt8]] = []
  public var endpoints: [EndpointDescriptor] = []

  static let size = 9

  public init(number: UInt8, classCode: UInt8, subclass: UInt8, protocolCode: UInt8) {
    self.number = number
    (self.classCode, self.subclass, self.protocolCode) = (classCode, subclass, protocolCode)
  }

  init(_ part: [UInt8], at offset: Int, association: [UInt8]) throws(DescriptorError) {
    guard part.count >= Self.size else {
      throw DescriptorError(
        ConfigurationDescriptor.name, at: offset, "an interface of \(part.count) bytes, of 9")
    }
    (number, alternate) = (part[2], part[3])
    (classCode, subclass, protocolCode, string) = (part[5], part[6], part[7], part[8])
    self.association = association
  }

  public var bytes: [UInt8] {
    association
      + [
        UInt8(Self.size), DescriptorType.interface, number, alternate,
        UInt8(truncatingIfNeeded: endpoints.count), classCode, subclass, protocolCode, string,
      ] + classSpecific.flatMap { $0 } + endpoints.flatMap(\.bytes)
  }
}

/// Where data of an interface go (Universal Serial Bus Specification 2.0, 9.6.6).
public struct EndpointDescriptor: Equatable, Sendable {
  public enum Kind: UInt8, Sendable {
    case control = 0
    case isochronous, bulk, interrupt
  }

  /// Bit 7: to the host.
  public var address: UInt8
  public var kind: Kind
  public var maxPacketSize: UInt16
  /// In milliseconds at full speed, for interrupt endpoints.
  public var interval: UInt8
  public var classSpecific: [[UInt8]] = []

  static let size = 7

  public init(address: UInt8, _ kind: Kind, maxPacketSize: UInt16 = 64, interval: UInt8 = 0) {
    (self.address, self.kind) = (address, kind)
    (self.maxPacketSize, self.interval) = (maxPacketSize, interval)
  }

  init(_ part: [UInt8], at offset: Int) throws(DescriptorError) {
    let name = ConfigurationDescriptor.name
    guard part.count >= Self.size else {
      throw DescriptorError(name, at: offset, "an endpoint of \(part.count) bytes, of 7")
    }
    address = part[2]
    kind = Kind(rawValue: part[3] & 3) ?? .control
    maxPacketSize = part.word(at: 4) & 0x7FF
    interval = part[6]
    guard maxPacketSize > 0 else {
      throw DescriptorError(name, at: offset + 4, "an endpoint whose packets have no bytes")
    }
  }

  public var isToHost: Bool { address & 0x80 != 0 }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = [UInt8(Self.size), DescriptorType.endpoint, address, kind.rawValue]
    bytes.append(word: maxPacketSize)
    return bytes + [interval] + classSpecific.flatMap { $0 }
  }
}
