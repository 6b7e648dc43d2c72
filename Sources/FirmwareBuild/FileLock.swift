// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lets one process at a time build in a folder; given back when released, or by the system when
/// the process ends.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// - Parameter waiting: called once when another process holds the lock.
  init(path: String, waiting: () -> Void) throws(FirmwareBuildError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .file(path: path, reason: Self.reason()) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    waiting()
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw .file(path: path, reason: Self.reason()) }
    }
  }

  deinit { close(descriptor) }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
