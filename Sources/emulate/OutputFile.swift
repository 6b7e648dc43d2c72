// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A result could not be written where the user wanted it.
struct OutputError: Error, CustomStringConvertible {
  let description: String
}

/// Writes a whole file or none of it: into a neighbour first, then renamed.
enum OutputFile {
  static func write(_ data: Data, to path: String) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    // A device or a pipe cannot be replaced by a file.
    guard !exists || status.st_mode & S_IFMT == S_IFREG else { return try pour(data, into: path) }
    let neighbour = "\(path).\(getpid()).partial"
    do {
      try pour(data, into: neighbour, creating: true)
      guard rename(neighbour, path) == 0 else { throw failure(path) }
    } catch {
      unlink(neighbour)
      throw error
    }
  }

  private static func pour(_ data: Data, into path: String, creating: Bool = false) throws {
    let flags = creating ? O_WRONLY | O_CREAT | O_EXCL : O_WRONLY
    let file = open(path, flags, 0o644)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure(path) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 || errno == EINVAL else { throw failure(path) }
  }

  private static func failure(_ path: String) -> OutputError {
    OutputError(
      description: "'\(path)' could not be written: \(String(cString: strerror(errno))); "
        + "check that its folder exists, is writable and has room")
  }
}
