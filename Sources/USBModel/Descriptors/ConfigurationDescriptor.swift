// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A configuration with all that belongs to it (Universal Serial Bus Specification 2.0, 9.6.3 to
/// 9.6.6), in the order in which a device sends it.
public struct ConfigurationDescriptor: Equatable, Sendable {
  public var value: UInt8 = 1
  public var string: UInt8 = 0
  /// Bit 7 is always set, bit 6: powered by itself, bit 5: can wake the host.
  public var attributes: UInt8 = 0x80
  /// In units of 2 mA.
  public var maxPower: UInt8 = 50
  /// Every alternate setting of every interface.
  public var interfaces: [InterfaceDescriptor]

  public static let headerSize = 9

  public init(interfaces: [InterfaceDescriptor]) { self.interfaces = interfaces }

  public var bytes: [UInt8] {
    let body = interfaces.flatMap(\.bytes)
    var bytes: [UInt8] = [UInt8(Self.headerSize), DescriptorType.configuration]
    bytes.append(word: UInt16(truncatingIfNeeded: Self.headerSize + body.count))
    bytes += [UInt8(truncatingIfNeeded: Set(interfaces.map(\.number)).count), value]
    return bytes + [string, attributes | 0x80, maxPower] + body
  }

  /// `wTotalLength` of the first nine bytes, which say how many to ask for.
  public static func totalLength(_ header: [UInt8]) throws(DescriptorError) -> Int {
    guard header.count >= headerSize else {
      throw DescriptorError(name, at: header.count, "it ends after \(header.count) of 9 bytes")
    }
    guard header[0] == 9, header[1] == DescriptorType.configuration else {
      throw DescriptorError(name, at: 0, "it starts with \(header[0]), \(header[1]) and not 9, 2")
    }
    let length = Int(header.word(at: 2))
    guard length >= headerSize else {
      throw DescriptorError(name, at: 2, "it says that it has \(length) bytes in all")
    }
    return length
  }

  static let name = "configuration descriptor"

  public init(_ bytes: [UInt8]) throws(DescriptorError) {
    let total = try Self.totalLength(bytes)
    guard bytes.count >= total else {
      throw DescriptorError(Self.name, at: bytes.count, "it has \(bytes.count) of \(total) bytes")
    }
    (value, string, attributes, maxPower) = (bytes[5], bytes[6], bytes[7], bytes[8])
    interfaces = []
    var association: [UInt8] = []
    var offset = Self.headerSize
    while offset < total {
      let part = try Self.part(of: bytes, at: offset, end: total)
      if part[1] == DescriptorType.interfaceAssociation {
        association = part
      } else if part[1] == DescriptorType.interface {
        interfaces.append(try InterfaceDescriptor(part, at: offset, association: association))
        association = []
      } else {
        try append(part, at: offset)
      }
      offset += part.count
    }
  }

  /// The descriptor that starts there.
  private static func part(
    of bytes: [UInt8], at offset: Int, end: Int
  ) throws(DescriptorError) -> [UInt8] {
    let length = Int(bytes[offset])
    guard length >= 2 else {
      throw DescriptorError(name, at: offset, "a descriptor of \(length) bytes")
    }
    guard offset + length <= end else {
      throw DescriptorError(
        name, at: offset, "a descriptor of \(length) bytes, of which \(end - offset) are there")
    }
    return Array(bytes[offset..<offset + length])
  }

  /// An endpoint, or what a class adds to the interface or endpoint before it.
  private mutating func append(_ part: [UInt8], at offset: Int) throws(DescriptorError) {
    let isEndpoint = part[1] == DescriptorType.endpoint
    guard let last = interfaces.indices.last else {
      guard isEndpoint else { return }
      throw DescriptorError(Self.name, at: offset, "an endpoint outside an interface")
    }
    if isEndpoint {
      interfaces[last].endpoints.append(try EndpointDescriptor(part, at: offset))
    } else if let endpoint = interfaces[last].endpoints.indices.last,
      part[1] != DescriptorType.dfuFunctional
    {
      interfaces[last].endpoints[endpoint].classSpecific.append(part)
    } else {
      interfaces[last].classSpecific.append(part)
    }
  }
}
