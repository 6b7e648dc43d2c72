// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The neural network of an application: the model that it comes from, and where its code goes.
struct NetworkSource: Equatable {
  static let generatedFolder = "Generated"

  let model: URL

  /// Nil for an application without a network.
  init?(application: String, package: URL, override: URL?) throws(FirmwareBuildError) {
    let own = package.appendingPathComponent("Models/\(application).tflite")
    let hasOwn = FileManager.default.fileExists(atPath: own.path)
    guard hasOwn || override == nil else { throw .noModelForApplication(name: application) }
    guard hasOwn else { return nil }
    model = override ?? own
  }

  func generate(progress: (String) -> Void) throws(FirmwareBuildError) {
  }
}
