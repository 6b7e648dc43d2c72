// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Standard error for people, standard output for what the board says.
enum Terminal {
  static let errorIsTerminal = isatty(2) == 1
  static let outputIsTerminal = isatty(1) == 1

  /// One clear line about what went wrong.
  static func complain(_ message: String) {
    write("emulate: \(message)\n")
  }

  /// More about it.
  static func detail(_ line: String) { write("  \(line)\n") }

  /// A line that replaces itself; nothing at all in a pipe.
  static func progress(_ text: String) {
    guard errorIsTerminal else { return }
    write("\r\u{1B}[K\(text.prefix(100))")
  }

  static func endProgress() {
    guard errorIsTerminal else { return }
    write("\r\u{1B}[K")
  }

  /// Prints at once, so that a transcript is live in a pipe too.
  static func output(_ line: String) { put(line + "\n", on: 1) }

  private static func write(_ text: String) { put(text, on: 2) }

  private static func put(_ text: String, on descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
