// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import FirmwareBuild

@Suite struct NetworkSourceTests {
  private static let data = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["BREADBOARD_DATA"] ?? "../shared/data",
    relativeTo: FirmwareBuilder.checkout)
  private static let keywords = data.appendingPathComponent("mlperf-tiny/kws.tflite")

  /// A package with a model for the application `some-app`.
  private func withPackage(model: Data, _ body: (URL) throws -> Void) throws {
    let package = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-network-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: package) }
    let models = package.appendingPathComponent("Models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    try model.write(to: models.appendingPathComponent("some-app.tflite"))
    try body(package)
  }

  @Test func applicationWithoutModel_hasNoNetwork() throws {
    try withPackage(model: Data()) { package in
      let network = try NetworkSource(application: "other", package: package, override: nil)
      #expect(network == nil)
    }
  }

  @Test func damagedModel_isNamed() throws {
    try withPackage(model: Data("no model".utf8)) { package in
      let network = try NetworkSource(application: "some-app", package: package, override: nil)
      let error = #expect(throws: FirmwareBuildError.self) { try network?.generate { _ in } }
      #expect(error?.description.contains("Models/some-app.tflite: ") == true)
    }
  }

  @Test func missingOverride_isNamed() throws {
    try withPackage(model: Data()) { package in
      let network = try NetworkSource(
        application: "some-app", package: package, override: URL(fileURLWithPath: "/nowhere.tflite")
      )
      let error = #expect(throws: FirmwareBuildError.self) { try network?.generate { _ in } }
      #expect(error?.description.hasPrefix("/nowhere.tflite: ") == true)
    }
  }

  /// Conformance: skipped without the folder of models beside the project.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: keywords.path)))
  func code_goesToTheApplicationsTargets_andIsWrittenOnce() throws {
    try withPackage(model: Data(contentsOf: Self.keywords)) { package in
      let network = try #require(
        try NetworkSource(application: "some-app", package: package, override: nil))
      try network.generate { _ in }
      let swift = package.appendingPathComponent("Sources/SomeApp/Generated/SomeAppNetwork.swift")
      let shape = package.appendingPathComponent(
        "Sources/SomeAppWeights/Generated/SomeAppNetworkShape.h")
      #expect(try String(contentsOf: swift, encoding: .utf8).contains("enum SomeAppNetwork"))
      #expect(try String(contentsOf: shape, encoding: .utf8).contains("NETWORK_INPUT_COUNT 490"))
      let written = Files.modificationDate(swift.path)
      try network.generate { _ in }
      #expect(Files.modificationDate(swift.path) == written)
    }
  }
}
