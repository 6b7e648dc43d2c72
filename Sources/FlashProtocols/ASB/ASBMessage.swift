// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A message of the Ambiq Secure Bootloader (Apollo3_Uploader_ASB, `asb.py`, `am_defines.py`): a
/// CRC-32 over what follows it, a kind, the length of all, words and data; least significant byte
/// first.
package struct ASBMessage: Equatable, Sendable {
  package enum Kind: UInt16, Sendable {
    case hello, status, descriptor, update, abort, recover, reset, acknowledge, data
  }

  /// How the bootloader answers; by the numbers of `AM_SECBOOT_WIRED_ACK_STATUS`.
  package enum Status: UInt32, Sendable {
    case success, failure, invalidInfo0, checksum, security, tooBig, unknownMessage, invalidAddress
    case invalidOperation, invalidParameter, sequence, tooMuchData

    /// In words.
    var meaning: String {
      switch self {
      case .success: "success"
      case .failure: "failure"
      case .invalidInfo0: "the chip's INFO0 is not set up"
      case .checksum: "a checksum is wrong"
      case .security: "the chip takes only signed images"
      case .tooBig: "a message is too long"
      case .unknownMessage: "it does not know the message"
      case .invalidAddress: "it does not write there"
      case .invalidOperation: "it does not do that now"
      case .invalidParameter: "a parameter is wrong"
      case .sequence: "a part is missing"
      case .tooMuchData: "there is more than was announced"
      }
    }
  }

  /// Bytes of a message at most, and of a status.
  package static let limit = 8192
  package static let statusLength = 88
  package static let acknowledgeLength = 20

  package var kind: Kind
  package var body: [UInt8]

  package init(_ kind: Kind, words: [UInt32] = [], data: [UInt8] = []) {
    self.kind = kind
    body = words.flatMap(Self.bytes) + data
  }

  /// - Parameter bytes: a whole message.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8, Self.word(bytes, 0) == Checksum.crc32(bytes[4...]),
      Self.word(bytes, 4) >> 16 == UInt32(bytes.count),
      let kind = Kind(rawValue: UInt16(truncatingIfNeeded: Self.word(bytes, 4)))
    else { return nil }
    (self.kind, body) = (kind, Array(bytes[8...]))
  }

  package var bytes: [UInt8] {
    let rest =
      Self.bytes(UInt32(truncatingIfNeeded: body.count + 8) << 16 | UInt32(kind.rawValue)) + body
    return Self.bytes(Checksum.crc32(rest)) + rest
  }

  /// The nth word of the body; 0 where there is none.
  package func word(_ index: Int) -> UInt32 {
    body.count >= 4 * index + 4 ? Self.word(body, 4 * index) : 0
  }

  package static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }

  package static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
  }
}

/// The two headers around an application that the Apollo3 installs: the inner one says where it
/// goes, the outer one where it is kept until then.
package enum ASBImage {
  package static let innerHeader = 128
  package static let outerHeader = 96
  /// Where the image waits to be installed, and the page that says so (SparkFun's and TensorFlow's
  /// own choice).
  package static let store: UInt32 = 0x2_0000
  package static let descriptor: UInt32 = 0xF_E000
  /// Bytes of one download.
  package static let limit = 0x4_8000
  package static let key: UInt32 = 0x1234_4321
  package static let nonSecureMagic: UInt32 = 0xCB
  package static let nonSecureKind: UInt8 = 6

  /// An unsigned, unencrypted image whose CRC is checked when it is installed.
  package static func wrap(_ image: FlashImage) -> [UInt8] {
    let application = image.padded(to: 4).bytes
    var inner = [UInt8](repeating: 0, count: innerHeader)
    func put(_ word: UInt32, at offset: Int, in header: inout [UInt8]) {
      header.replaceSubrange(offset..<offset + 4, with: ASBMessage.bytes(word))
    }
    let length = UInt32(truncatingIfNeeded: innerHeader + application.count)
    put(nonSecureMagic << 24 | length, at: 0, in: &inner)
    // Check the CRC before installation; the indices of keys that are not used.
    put(0x1000_8080, at: 8, in: &inner)
    put(image.start, at: 112, in: &inner)
    // No child images.
    put(.max, at: 120, in: &inner)
    put(.max, at: 124, in: &inner)
    put(Checksum.crc32(inner[8...] + application), at: 4, in: &inner)
    var outer = [UInt8](repeating: 0, count: outerHeader)
    put(0x0800_0800, at: 0, in: &outer)
    outer[80] = nonSecureKind
    // Install it after the next reset.
    outer[81] = 1
    put(key, at: 84, in: &outer)
    put(store, at: 88, in: &outer)
    put(length, at: 92, in: &outer)
    return outer + inner + application
  }
}
