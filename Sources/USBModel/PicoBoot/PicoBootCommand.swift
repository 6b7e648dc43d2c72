// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The commands of Raspberry Pi's boot ROMs (RP2040 Datasheet, 2.8.5; pico-sdk, boot/picoboot.h).
public enum PicoBootCommand: UInt8, Equatable, Sendable {
  case exclusiveAccess = 0x01
  case reboot = 0x02
  case flashErase = 0x03
  case read = 0x84
  case write = 0x05
  case exitXIP = 0x06
  case enterCommandXIP = 0x07
  case execute = 0x08
  case vectorizeFlash = 0x09

  /// Bytes of arguments that the ROM insists on.
  public var argumentSize: UInt8 {
    switch self {
    case .exclusiveAccess: 1
    case .reboot: 12
    case .flashErase, .read, .write: 8
    case .exitXIP, .enterCommandXIP: 0
    case .execute, .vectorizeFlash: 4
    }
  }

  /// Bit 7 of the number: the data go to the host.
  public var isToHost: Bool { rawValue & 0x80 != 0 }
}

/// How the ROM ends a command.
public enum PicoBootStatus: UInt32, Equatable, Sendable {
  case ok = 0
  case unknownCommand, invalidCommandLength, invalidTransferLength, invalidAddress, badAlignment
  case interleavedWrite, rebooting, unknownError

  public var text: String {
    switch self {
    case .ok: "no error"
    case .unknownCommand: "an unknown command"
    case .invalidCommandLength: "a command of the wrong length"
    case .invalidTransferLength: "a transfer of the wrong length"
    case .invalidAddress: "an address where no memory is"
    case .badAlignment: "an address or a length that is not aligned"
    case .interleavedWrite: "that its disk was written meanwhile"
    case .rebooting: "that it restarts"
    case .unknownError: "an error of its own"
    }
  }
}

/// The 32 bytes that begin a command.
public struct PicoBootRequest: Equatable, Sendable {
  public static let size = 32
  static let magic: UInt32 = 0x431F_D10B

  public var token: UInt32
  public var command: UInt8
  public var argumentSize: UInt8
  /// Bytes of the data stage.
  public var transferLength: UInt32
  /// Sixteen bytes.
  public var arguments: [UInt8]

  /// - Parameter words: the arguments, 32 bits each; those of EXCLUSIVE_ACCESS have 8.
  public init(
    _ command: PicoBootCommand, token: UInt32, words: [UInt32] = [], transferLength: Int = 0
  ) {
    self.token = token
    self.command = command.rawValue
    argumentSize = command.argumentSize
    self.transferLength = UInt32(clamping: transferLength)
    arguments = []
    for word in words.prefix(4) { arguments.append(doubleWord: word) }
    arguments += Array(repeating: 0, count: 16 - arguments.count)
  }

  /// Nil for what is no command.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size, bytes.doubleWord(at: 0) == Self.magic else { return nil }
    token = bytes.doubleWord(at: 4)
    (command, argumentSize) = (bytes[8], bytes[9])
    transferLength = bytes.doubleWord(at: 12)
    arguments = Array(bytes[16...])
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(doubleWord: Self.magic)
    bytes.append(doubleWord: token)
    bytes += [command, argumentSize, 0, 0]
    bytes.append(doubleWord: transferLength)
    return bytes + arguments
  }

  public func word(_ index: Int) -> UInt32 { arguments.doubleWord(at: 4 * index) }
}

/// The 16 bytes of the interface's status request.
public struct PicoBootReport: Equatable, Sendable {
  public static let size = 16
  /// Vendor requests to the interface.
  public static let resetRequest: UInt8 = 0x41
  public static let statusRequest: UInt8 = 0x42

  public var token: UInt32
  public var status: PicoBootStatus
  public var command: UInt8
  public var isInProgress: Bool

  public init(token: UInt32, _ status: PicoBootStatus, command: UInt8, isInProgress: Bool) {
    (self.token, self.status) = (token, status)
    (self.command, self.isInProgress) = (command, isInProgress)
  }

  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size, let status = PicoBootStatus(rawValue: bytes.doubleWord(at: 4))
    else { return nil }
    self.init(
      token: bytes.doubleWord(at: 0), status, command: bytes[8], isInProgress: bytes[9] != 0)
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(doubleWord: token)
    bytes.append(doubleWord: status.rawValue)
    return bytes + [command, isInProgress ? 1 : 0] + Array(repeating: 0, count: 6)
  }
}
