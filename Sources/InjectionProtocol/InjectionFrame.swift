// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a host gives an application its samples in place of the board's sensor, over the serial port
/// that it prints on. The host sends frames; the application answers with lines of text that begin
/// with `@`, between those it prints anyway.
///
/// A frame is 0x01, the command, the payload's length (16 bits), the payload, and a checksum over
/// all of them but the first (CRC-16, polynomial 0x1021, start 0xFFFF). Numbers are little-endian.
/// What is not a frame is passed over, so a terminal may be typed at.
public enum InjectionCommand: UInt8, Sendable {
  /// Forgets everything that was heard and waits for samples: `@begin N`, N bytes a block.
  case begin = 0x62
  /// One block of samples: `@block N`, how many there were. The next may follow then.
  case block = 0x73
  /// Back to the sensor: `@end N`.
  case end = 0x65
  /// The level of the built-in LED: `@led 0` or `@led 1`.
  case led = 0x6C
}

/// What an application answers, without the `@`. In the order in which they come of a block:
/// `features CYCLES`, and where an inference was due `inference CYCLES` and `outputs HEX`.
public enum InjectionAnswer {
  public static let prefix = UInt8(ascii: "@")
}

public enum InjectionFrame {
  public static let start: UInt8 = 0x01
  /// Bytes around a payload.
  public static let overhead = 6
  /// The longest payload.
  public static let capacity = 1024

  /// The bytes of a frame; nil where the payload is too long.
  public static func bytes(_ command: InjectionCommand, _ payload: [UInt8] = []) -> [UInt8]? {
    guard payload.count <= capacity else { return nil }
    let body =
      [
        command.rawValue, UInt8(truncatingIfNeeded: payload.count),
        UInt8(truncatingIfNeeded: payload.count >> 8),
      ] + payload
    var checksum = InjectionChecksum()
    for byte in body { checksum.add(byte) }
    return [start] + body
      + [UInt8(truncatingIfNeeded: checksum.value), UInt8(truncatingIfNeeded: checksum.value >> 8)]
  }
}

/// CRC-16/IBM-3740.
struct InjectionChecksum {
  private(set) var value: UInt16 = 0xFFFF

  mutating func add(_ byte: UInt8) {
    value ^= UInt16(byte) &<< 8
    for _ in 0..<8 { value = value &<< 1 ^ (value & 0x8000 != 0 ? 0x1021 : 0) }
  }
}
