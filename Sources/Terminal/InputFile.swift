// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What the user named cannot be used.
package struct InputError: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

package enum InputFile {
  /// - Parameter limit: bytes; by default larger than any microcontroller's flash by far.
  package static func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(description: "'\(path)' does not exist; check the path")
    }
    guard !isDirectory.boolValue else {
      throw InputError(description: "'\(path)' is a folder; name the file in it")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw InputError(description: "'\(path)' cannot be read; check its permissions")
    }
    let data: Data
    do { data = try file.read(upToCount: limit + 1) ?? Data() } catch {
      throw InputError(description: "'\(path)' cannot be read; copy it again")
    }
    guard data.count <= limit else {
      throw InputError(
        description: "'\(path)' is larger than \(limit >> 20) MiB, which nothing of its kind is")
    }
    return Array(data)
  }
}
