// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads and writes whole files; a file is there complete or not at all.
enum Files {
  /// Far above any model or image for a microcontroller.
  private static let sizeLimit = 256 << 20

  static func read(_ url: URL) throws(FirmwareBuildError) -> [UInt8] {
    var status = stat()
    guard stat(url.path, &status) == 0 else {
      throw .file(path: url.path, reason: "\(String(cString: strerror(errno))); check the path")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .file(path: url.path, reason: "this is no file; name the file itself")
    }
    guard status.st_size <= sizeLimit, access(url.path, R_OK) == 0 else {
      throw .file(
        path: url.path,
        reason: status.st_size > sizeLimit
          ? "more than 256 MiB; no board could hold it" : "cannot be read; check its permissions")
    }
    do { return Array(try Data(contentsOf: url)) } catch {
      throw .file(path: url.path, reason: error.localizedDescription)
    }
  }

  static func write(_ bytes: [UInt8], to url: URL) throws(FirmwareBuildError) {
    do { try Data(bytes).write(to: url, options: .atomic) } catch {
      throw .file(path: url.path, reason: error.localizedDescription)
    }
  }

  /// Leaves the file's date alone where its content is the same already.
  static func update(_ bytes: [UInt8], at url: URL) throws(FirmwareBuildError) {
    if let present = try? Data(contentsOf: url), Array(present) == bytes { return }
    try write(bytes, to: url)
  }

  static func makeFolder(_ url: URL) throws(FirmwareBuildError) {
    do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch
    {
      throw .file(path: url.path, reason: error.localizedDescription)
    }
  }

  /// In seconds; 0 where there is no such file.
  static func modificationDate(_ path: String) -> Double {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
  }
}
