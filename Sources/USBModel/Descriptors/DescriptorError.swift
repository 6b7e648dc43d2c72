// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a device's descriptors cannot be used: which one, where in it, what is wrong.
public struct DescriptorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `device descriptor`, `configuration descriptor`…
  public var descriptor: String
  /// Byte offset of the part that is wrong.
  public var offset: Int
  public var problem: String

  public init(_ descriptor: String, at offset: Int, _ problem: String) {
    (self.descriptor, self.offset, self.problem) = (descriptor, offset, problem)
  }

  public var description: String {
    "\(descriptor), offset \(offset): \(problem); unplug the board, plug it in again, and try "
      + "another cable"
  }
}

/// `bDescriptorType` (Universal Serial Bus Specification 2.0, table 9-5; DFU 1.1, 4.1.3; CDC 1.2,
/// table 12).
public enum DescriptorType {
  public static let device: UInt8 = 1
  public static let configuration: UInt8 = 2
  public static let string: UInt8 = 3
  public static let interface: UInt8 = 4
  public static let endpoint: UInt8 = 5
  public static let interfaceAssociation: UInt8 = 11
  public static let dfuFunctional: UInt8 = 0x21
  public static let classInterface: UInt8 = 0x24
}

extension [UInt8] {
  /// The two bytes at an offset, least significant first. The caller knows that they are there.
  package func word(at offset: Int) -> UInt16 {
    UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
  }

  /// The four bytes at an offset, least significant first. The caller knows that they are there.
  package func doubleWord(at offset: Int) -> UInt32 {
    UInt32(word(at: offset)) | UInt32(word(at: offset + 2)) << 16
  }

  package mutating func append(doubleWord: UInt32) {
    append(word: UInt16(truncatingIfNeeded: doubleWord))
    append(word: UInt16(truncatingIfNeeded: doubleWord >> 16))
  }

  package mutating func append(word: UInt16) {
    append(UInt8(truncatingIfNeeded: word))
    append(UInt8(truncatingIfNeeded: word >> 8))
  }
}
