// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the user named cannot be used.
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
    let data: Data
    do { data = try file.read(upToCount: longest + 1) ?? Data() } catch {
      throw InputError(description: "'\(path)' cannot be read; copy it again")
    }
    guard data.count <= longest else {
      throw InputError(
        description: "'\(path)' is larger than 64 MiB; that is not an image for a microcontroller")
    }
    return Array(data)
  }
}
