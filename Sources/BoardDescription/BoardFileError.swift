// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A line and column of a board or chip file, both counted from 1.
public struct Place: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { "\(file):\(line):\(column)" }
}

/// What is wrong with a board or chip file, where, and what would be right.
public struct BoardFileError: Error, Equatable, CustomStringConvertible {
  public var place: Place
  /// `devices.microphone.clock`; empty for the file as a whole.
  public var keyPath: String
  public var found: String
  public var expected: String

  public init(at place: Place, keyPath: String, found: String, expected: String) {
    self.place = place
    self.keyPath = keyPath
    self.found = found
    self.expected = expected
  }

  public var description: String {
    let key = keyPath.isEmpty ? "" : "\(keyPath): "
    // A file that cannot be opened has no line.
    let place = self.place.line > 0 ? self.place.description : self.place.file
    return "\(place): \(key)found \(found), expected \(expected)"
  }
}
