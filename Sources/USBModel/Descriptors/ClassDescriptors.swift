// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Text of a device (Universal Serial Bus Specification 2.0, 9.6.7).
public enum StringDescriptor {
  /// The list of languages, which is what string 0 holds.
  public static let usEnglish: UInt16 = 0x0409
  public static let languages: [UInt8] = [4, DescriptorType.string, 0x09, 0x04]

  /// At most 126 UTF-16 units; what is longer is cut.
  public static func bytes(_ text: String) -> [UInt8] {
    let units = text.utf16.prefix(126)
    var bytes: [UInt8] = [UInt8(2 + 2 * units.count), DescriptorType.string]
    for unit in units { bytes.append(word: unit) }
    return bytes
  }

  public static func text(_ bytes: [UInt8]) throws(DescriptorError) -> String {
    let name = "string descriptor"
    guard bytes.count >= 2, bytes[1] == DescriptorType.string else {
      throw DescriptorError(name, at: 0, "it does not start with its length and 3")
    }
    let length = Int(bytes[0])
    guard length >= 2, length % 2 == 0, length <= bytes.count else {
      throw DescriptorError(name, at: 0, "it says \(length) bytes and has \(bytes.count)")
    }
    let units = stride(from: 2, to: length, by: 2).map { bytes.word(at: $0) }
    return String(decoding: units, as: UTF16.self)
  }
}

/// What a DFU interface can do (Device Firmware Upgrade 1.1, 4.1.3).
public struct DFUFunctionalDescriptor: Equatable, Sendable {
  public struct Attributes: OptionSet, Equatable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let canDownload = Attributes(rawValue: 1)
    public static let canUpload = Attributes(rawValue: 2)
    public static let manifestationTolerant = Attributes(rawValue: 4)
    /// It leaves the bus by itself after DETACH.
    public static let willDetach = Attributes(rawValue: 8)
  }

  public var attributes: Attributes
  /// How long it waits for a reset after DETACH, in milliseconds.
  public var detachTimeout: UInt16
  /// The most bytes of one DNLOAD or UPLOAD.
  public var transferSize: UInt16
  /// Binary-coded decimal: 0x0110 is DFU 1.1, 0x011A is ST's DfuSe.
  public var version: UInt16

  public init(
    attributes: Attributes, detachTimeout: UInt16, transferSize: UInt16, version: UInt16
  ) {
    (self.attributes, self.detachTimeout) = (attributes, detachTimeout)
    (self.transferSize, self.version) = (transferSize, version)
  }

  /// Nil if these are not the bytes of one. Version 1.0 has two bytes less.
  public init?(_ part: [UInt8]) {
    guard part.count >= 7, part[1] == DescriptorType.dfuFunctional else { return nil }
    self.init(
      attributes: Attributes(rawValue: part[2]), detachTimeout: part.word(at: 3),
      transferSize: part.word(at: 5), version: part.count >= 9 ? part.word(at: 7) : 0x0100)
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = [9, DescriptorType.dfuFunctional, attributes.rawValue]
    bytes.append(word: detachTimeout)
    bytes.append(word: transferSize)
    bytes.append(word: version)
    return bytes
  }
}

/// The functional descriptors of a serial port (Communications Devices 1.2, 5.2.3; PSTN 1.2, 5.3).
public enum CDCFunctionalDescriptors {
  /// - Parameters: the numbers of the two interfaces.
  public static func bytes(control: UInt8, data: UInt8) -> [[UInt8]] {
    [
      // Header: release 1.20.
      [5, DescriptorType.classInterface, 0, 0x20, 0x01],
      // Call management: none.
      [5, DescriptorType.classInterface, 1, 0, data],
      // Abstract control: line coding and control line state; breaks.
      [4, DescriptorType.classInterface, 2, 0x06],
      // Union.
      [5, DescriptorType.classInterface, 6, control, data],
    ]
  }

  /// Makes one function of the two interfaces for a host that knows interface associations.
  public static func association(control: UInt8) -> [UInt8] {
    [8, DescriptorType.interfaceAssociation, control, 2, 2, 2, 0, 0]
  }

  /// The data interface that a control interface's union names.
  public static func dataInterface(of interface: InterfaceDescriptor) -> UInt8? {
    let union = interface.classSpecific.first {
      $0.count >= 5 && $0[1] == DescriptorType.classInterface && $0[2] == 6
    }
    return union?[4]
  }
}
