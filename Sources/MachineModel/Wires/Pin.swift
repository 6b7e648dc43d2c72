// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One pad of the chip: its port and its number on that port, `P0.13` in Nordic's spelling. Ports
/// from 10 on are those that vendors call by letters, `PA20` in Microchip's and ST's.
public struct Pin: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public let port: UInt8
  public let number: UInt8

  public init(port: UInt8, number: UInt8) { (self.port, self.number) = (port, number) }

  public static func < (a: Pin, b: Pin) -> Bool { (a.port, a.number) < (b.port, b.number) }
  public var description: String {
    let digits = number < 10 ? "0\(number)" : "\(number)"
    guard let letter else { return "P\(port)." + digits }
    return "P\(letter)" + digits
  }
}

extension Pin {
  /// The port that is called A.
  public static let firstLetteredPort: UInt8 = 10

  /// The port's letter, nil where ports have numbers.
  private var letter: Unicode.Scalar? {
    guard port >= Self.firstLetteredPort, port < Self.firstLetteredPort + 26 else { return nil }
    return Unicode.Scalar(UInt8(ascii: "A") + (port - Self.firstLetteredPort))
  }
}

public enum Level: UInt8, Codable, Sendable {
  case low = 0
  case high = 1
}
