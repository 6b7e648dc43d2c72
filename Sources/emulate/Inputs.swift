// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that the user named cannot be used.
struct InputError: Error, CustomStringConvertible {
  let description: String
}

enum InputFile {
  /// Larger than any microcontroller's flash by far.
  private static let longest = 64 << 20

  static func read(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(description: "'\(path)' does not exist; check the path")
    }
    guard !isDirectory.boolValue else {
      throw InputError(description: "'\(path)' is a folder; name the image file in it")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw InputError(description: "'\(path)' cannot be read; check its permissions")
    }
    let data = try file.read(upToCount: longest + 1) ?? Data()
    guard data.count <= longest else {
      throw InputError(
        description: "'\(path)' is larger than 64 MiB; that is not an image for a microcontroller")
    }
    return Array(data)
  }
}

/// Standard input on its way to the board. A file or a pipe is read to its end first, so that the
/// run does not depend on how fast it comes; a terminal is read while the board runs.
final class Keyboard {
  private var waiting: [UInt8] = []
  private let isInteractive = isatty(0) == 1

  init() throws {
    if isInteractive {
      _ = fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK)
    } else {
      waiting = Array(try FileHandle.standardInput.readToEnd() ?? Data())
    }
  }

  deinit {
    if isInteractive { _ = fcntl(0, F_SETFL, fcntl(0, F_GETFL) & ~O_NONBLOCK) }
  }

  /// What has been typed since the last call.
  func take() -> [UInt8] {
    guard isInteractive else {
      defer { waiting = [] }
      return waiting
    }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = read(0, &buffer, buffer.count)
    return count > 0 ? Array(buffer[..<count]) : []
  }
}
