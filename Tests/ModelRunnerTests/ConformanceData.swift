// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Models and recorded answers outside of the project, found by BREADBOARD_DATA or beside the
/// package; without them the conformance tests are skipped.
enum ConformanceData {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["BREADBOARD_DATA"] {
      return URL(fileURLWithPath: path)
    }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/data")
  }()

  static let isPresent = FileManager.default.fileExists(
    atPath: folder.appendingPathComponent("mlperf-tiny/kws.tflite").path)

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  static func int8s(_ path: String) throws -> [Int8] {
    try bytes(path).map { Int8(bitPattern: $0) }
  }

  static func rows(_ path: String, count: Int) throws -> [[Int8]] {
    let values = try int8s(path)
    return stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
  }
}
