// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A result could not be written where the user wanted it.
package struct OutputError: Error, CustomStringConvertible {
  package let description: String

  package init(_ target: String, _ number: Int32) {
    description =
      "\(target) could not be written: \(String(cString: strerror(number))); "
      + "check that its folder exists, is writable and has room"
  }
}

/// Writes a whole file or none of it: into a neighbour first, then renamed.
package enum OutputFile {
  package static func write(_ data: Data, to path: String) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    // A device or a pipe cannot be replaced by a file.
    guard !exists || status.st_mode & S_IFMT == S_IFREG else {
      return try pour(data, into: path, for: path)
    }
    // A link stays one: what it leads to is replaced.
    let target = exists ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
    let neighbour = "\(target).\(getpid()).partial"
    do {
      try pour(data, into: neighbour, for: path, creating: true)
      guard rename(neighbour, target) == 0 else { throw failure(path) }
    } catch {
      unlink(neighbour)
      throw error
    }
  }

  /// Writes a report as JSON; '-' is standard output.
  package static func write(json report: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(report) + Data("\n".utf8)
    guard path == "-" else { return try write(data, to: path) }
    let failure = Terminal.put(String(decoding: data, as: UTF8.self), on: 1)
    if failure != 0 { throw OutputError("the report on standard output", failure) }
  }

  /// Finds out before a long run what would spoil its end.
  package static func checkFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var status = stat()
    guard stat(path, &status) != 0 else {
      if status.st_mode & S_IFMT == S_IFDIR { throw OutputError("'\(path)'", EISDIR) }
      return
    }
    guard access(folder, W_OK) == 0 else { throw failure(path) }
  }

  private static func pour(
    _ data: Data, into path: String, for target: String, creating: Bool = false
  ) throws {
    let flags = creating ? O_WRONLY | O_CREAT | O_EXCL : O_WRONLY
    let file = open(path, flags, 0o644)
    guard file >= 0 else { throw failure(target) }
    defer { close(file) }
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw failure(target) }
      rest = rest.dropFirst(max(0, count))
    }
    guard fsync(file) == 0 || errno == EINVAL else { throw failure(target) }
  }

  private static func failure(_ path: String) -> OutputError { OutputError("'\(path)'", errno) }
}
