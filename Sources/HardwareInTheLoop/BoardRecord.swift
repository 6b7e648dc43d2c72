// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a suite measured on one board, to be set beside another's.
public struct BoardRecord: Codable, Equatable, Sendable {
  public var board: String
  public var kind: BoardKind
  public var steps: [Step] = []

  public init(board: String, kind: BoardKind) { (self.board, self.kind) = (board, kind) }

  /// One injection.
  public struct Step: Codable, Equatable, Sendable {
    public var name: String
    /// By inference, in hexadecimal.
    public var outputs: [String]
    /// Core cycles by task, run after run.
    public var cycles: [String: [UInt32]]
    public var lines: [String]
    public var wallSeconds: Double
    /// On the board's clock; the same as the wall's on a real one.
    public var boardSeconds: Double

    init(name: String, _ injected: Injected, wall: Duration, board: Duration) {
      self.name = name
      outputs = injected.outputs.map { bytes in
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
      (cycles, lines) = (injected.cycles, injected.lines)
      (wallSeconds, boardSeconds) = (Self.seconds(wall), Self.seconds(board))
    }

    private static func seconds(_ time: Duration) -> Double {
      Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
  }

  /// - Throws: `BoardError` naming the file.
  public static func read(_ path: String) throws -> BoardRecord {
    do {
      return try JSONDecoder().decode(
        BoardRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw BoardError(
        "\(path) is no record of a board", remedy: "write one with BoardUnderTest.write(record:)")
    }
  }

  public func write(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try BoardReport.write(encoder.encode(self), to: path)
  }
}

extension BoardUnderTest {
  /// What has been measured so far.
  public var measured: BoardRecord { record }

  /// Writes it as JSON, for `BoardReport` to set beside another board's.
  public func write(record path: String) throws { try record.write(path) }
}
