// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One pad of the chip: its port and its number on that port, `P0.13` in Nordic's spelling.
public struct Pin: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public let port: UInt8
  public let number: UInt8

  public init(port: UInt8, number: UInt8) { (self.port, self.number) = (port, number) }

  public static func < (a: Pin, b: Pin) -> Bool { (a.port, a.number) < (b.port, b.number) }
  public var description: String {
    "P\(port)." + (number < 10 ? "0\(number)" : "\(number)")
  }
}

public enum Level: UInt8, Codable, Sendable {
  case low = 0
  case high = 1
}
