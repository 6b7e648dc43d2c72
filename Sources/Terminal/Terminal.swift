// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Standard error, for people: what went wrong, and what is under way.
package enum Terminal {
  private static let errorIsTerminal = isatty(2) == 1
  private static let errorIsColoured = isColoured(2)
  /// What the user called.
  private static let command =
    CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? ""

  /// Colour is for terminals, and not for those who do not want it (no-color.org).
  package static func isColoured(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }

  /// One clear line about what went wrong. Lines after the first are details.
  package static func complain(_ message: String) {
    endProgress()
    let lines = message.split(separator: "\n  ", omittingEmptySubsequences: false).map(visible)
    let first = "\(command): \(lines[0])"
    put((errorIsColoured ? Style.wrong(first) : first) + "\n", on: 2)
    for line in lines.dropFirst() { detail(line) }
  }

  /// More about it.
  package static func detail(_ line: String) { put("  \(line)\n", on: 2) }

  /// A line that replaces itself; nothing at all in a pipe.
  package static func progress(_ text: String) {
    guard errorIsTerminal else { return }
    // A line that wraps could not be taken back.
    put("\r\u{1B}[K\(visible(text).prefix(width - 1))", on: 2)
  }

  /// How much of something is done, as a bar.
  package static func progress(done: Int, of total: Int, _ what: String) {
    let filled = total > 0 ? min(30, done * 30 / total) : 0
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    progress("\(bar) \(done) of \(total) \(what)")
  }

  package static func endProgress() {
    guard errorIsTerminal else { return }
    put("\r\u{1B}[K", on: 2)
  }

  private static var width: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
  }

  /// A file's name may hold anything; what is printed keeps to its line.
  private static func visible(_ text: some StringProtocol) -> String {
    text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control
        ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
  }

  /// Writes at once, so that a transcript is live in a pipe too.
  /// - Returns: 0, or the system's error number.
  @discardableResult
  package static func put(_ text: String, on descriptor: Int32) -> Int32 {
    put(Array(text.utf8), on: descriptor)
  }

  @discardableResult
  package static func put(_ bytes: [UInt8], on descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Another program left the terminal so that it does not wait.
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, 100)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}

/// A little colour, for terminals.
package enum Style {
  package static func dim(_ text: String) -> String { "\u{1B}[2m\(text)\u{1B}[0m" }
  package static func heard(_ text: String) -> String { "\u{1B}[1;32m\(text)\u{1B}[0m" }
  package static func wrong(_ text: String) -> String { "\u{1B}[31m\(text)\u{1B}[0m" }
}

extension String {
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  /// The text at the right end of a column.
  package func rightAligned(in width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }
}
