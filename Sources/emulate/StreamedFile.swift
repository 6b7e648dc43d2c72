// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Terminal

/// A file that grows while the board runs, a pipe or standard error. What cannot be written is
/// found out once, at the end: the run goes on.
final class StreamedFile {
  private let descriptor: Int32
  private let target: String
  private var failure: Int32 = 0

  /// Empties the file, or makes it.
  init(path: String) throws {
    target = "'\(path)'"
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw OutputError(target, errno) }
  }

  func write(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty, failure == 0 {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) }
      if count < 0, errno != EINTR { failure = errno }
    }
  }

  /// Closes the file; says what went wrong since it was opened.
  func finish() throws {
    let closed = close(descriptor) == 0 ? 0 : errno
    if failure == 0 { failure = closed }
    if failure != 0 { throw OutputError(target, failure) }
  }
}
