// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import Transports

/// Which board a suite runs on: `BREADBOARD_BOARD_UNDER_TEST` is `emulated` (the default),
/// `physical` (the one of that kind that is plugged in), or the path of a serial port.
public enum BoardSelection: Equatable, Sendable {
  case emulated
  case physical
  case port(String)

  public static let variable = "BREADBOARD_BOARD_UNDER_TEST"

  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    switch environment[Self.variable] {
    case nil, "", "emulated": self = .emulated
    case "physical": self = .physical
    case let path?: self = .port(path)
    }
  }

  /// Nil where a suite can run; else what is missing, and what to do, in a line. To be given to
  /// `.enabled(if:_:)`, so that a suite without a board says so.
  public func missing(_ name: String) -> String? {
    guard let board = try? Board.load(named: name) else {
      return "there is no board '\(name)'; 'emulate --list-boards' names them"
    }
    switch self {
    case .emulated:
      return board.isEmulated
        ? nil
        : "\(board.name) cannot be emulated; plug one in and set "
          + "\(Self.variable)=physical"
    case .port(let path):
      return FileManager.default.fileExists(atPath: path)
        ? nil : "NO BOARD: \(path), from \(Self.variable), does not exist; plug the board in"
    case .physical:
      return Self.isPluggedIn(board)
        ? nil
        : "NO BOARD: no \(board.name) is plugged in; connect one, or unset \(Self.variable) to "
          + "test on the emulated one"
    }
  }

  private static func isPluggedIn(_ board: Board) -> Bool {
    let identities = board.usb.values.map { [$0.vendor, $0.product] }
    return SerialPorts.all().contains { port in
      identities.contains([port.vendor, port.product])
    }
  }
}
