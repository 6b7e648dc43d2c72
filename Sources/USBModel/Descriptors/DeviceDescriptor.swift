// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a device is (Universal Serial Bus Specification 2.0, 9.6.1).
public struct DeviceDescriptor: Equatable, Sendable {
  /// Binary-coded decimal: 0x0200 is 2.0.
  public var usbVersion: UInt16 = 0x0200
  public var classCode: UInt8 = 0
  public var subclass: UInt8 = 0
  public var protocolCode: UInt8 = 0
  /// Of endpoint 0: 8, 16, 32 or 64 bytes.
  public var maxPacketSize: UInt8 = 64
  public var vendor: UInt16
  public var product: UInt16
  /// Binary-coded decimal.
  public var release: UInt16 = 0x0100
  /// Indexes of string descriptors; 0 for none.
  public var manufacturerString: UInt8 = 0
  public var productString: UInt8 = 0
  public var serialNumberString: UInt8 = 0
  public var configurationCount: UInt8 = 1

  public static let size = 18

  public init(vendor: UInt16, product: UInt16) {
    (self.vendor, self.product) = (vendor, product)
  }

  public init(_ bytes: [UInt8]) throws(DescriptorError) {
    let name = "device descriptor"
    guard bytes.count >= Self.size else {
      throw DescriptorError(name, at: bytes.count, "it ends after \(bytes.count) of 18 bytes")
    }
    guard bytes[0] == 18, bytes[1] == DescriptorType.device else {
      throw DescriptorError(name, at: 0, "it starts with \(bytes[0]), \(bytes[1]) and not 18, 1")
    }
    guard [8, 16, 32, 64].contains(bytes[7]) else {
      throw DescriptorError(name, at: 7, "packets of \(bytes[7]) bytes on endpoint 0")
    }
    usbVersion = bytes.word(at: 2)
    (classCode, subclass, protocolCode) = (bytes[4], bytes[5], bytes[6])
    maxPacketSize = bytes[7]
    (vendor, product, release) = (bytes.word(at: 8), bytes.word(at: 10), bytes.word(at: 12))
    (manufacturerString, productString) = (bytes[14], bytes[15])
    (serialNumberString, configurationCount) = (bytes[16], bytes[17])
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = [UInt8(Self.size), DescriptorType.device]
    bytes.append(word: usbVersion)
    bytes += [classCode, subclass, protocolCode, maxPacketSize]
    bytes.append(word: vendor)
    bytes.append(word: product)
    bytes.append(word: release)
    return bytes + [manufacturerString, productString, serialNumberString, configurationCount]
  }
}
