// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelGraph
import ModelSupport
import TFLiteImport
import TestSupport
import Testing

/// Files cut short or changed at random: each gives a graph or a `ModelError`, never a trap.
@Suite struct DamagedFileTests {
  /// Whether the bytes were taken; anything but a `ModelError` fails the test.
  private func imports(_ bytes: [UInt8]) throws -> Bool {
    do {
      _ = try TFLiteModel.graph(from: bytes)
      return true
    } catch is ModelError {
      return false
    }
  }

  @Test func truncation_atEveryLength_isRefused() throws {
    let bytes = SmallModel().bytes
    var taken = 0
    for length in 0..<bytes.count where try imports(Array(bytes[..<length])) { taken += 1 }
    // Only padding at the very end may be missing.
    #expect(taken < 8)
  }

  @Test func everyByteAtItsExtremes_isHandled() throws {
    let bytes = SmallModel().bytes
    for position in bytes.indices {
      for value in [0x00, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[position] = value
        _ = try imports(changed)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomDamage_isHandled(seed: UInt64) throws {
    try damage(SmallModel().bytes, seed: seed, rounds: 500)
  }

  /// A random model around each operator, cut at a few lengths and damaged at random.
  @Test(arguments: RandomGraph.names)
  func modelOfEveryOperator_isHandled(_ name: String) throws {
    let bytes = try #require(RandomGraph(name, seed: 1)).model
    #expect(try imports(bytes))
    for part in 1..<12 { _ = try imports(Array(bytes[..<(part * bytes.count / 12)])) }
    try damage(bytes, seed: FNV.hash(Array(name.utf8)), rounds: 25)
  }

  /// Skipped where `BREADBOARD_DATA` (default `../shared/data`) is missing.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: Self.keywords.path), "kws.tflite missing"))
  func randomDamage_ofARealModel_isHandled() throws {
    let bytes = [UInt8](try Data(contentsOf: Self.keywords))
    #expect(try imports(bytes))
    try damage(bytes, seed: 5, rounds: 300)
    for length in stride(from: 0, to: bytes.count, by: 509) {
      #expect(try !imports(Array(bytes[..<length])), "cut to \(length) bytes")
    }
  }

  private func damage(_ bytes: [UInt8], seed: UInt64, rounds: Int) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<rounds {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let position = Int.random(in: changed.indices, using: &random)
        if Bool.random(using: &random) {
          changed[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
        } else {
          changed[position] = UInt8.random(in: 0...255, using: &random)
        }
      }
      _ = try imports(changed)
    }
  }

  private static let keywords: URL = {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder =
      ProcessInfo.processInfo.environment["BREADBOARD_DATA"].map { URL(fileURLWithPath: $0) }
      ?? package.deletingLastPathComponent().appendingPathComponent("shared/data")
    return folder.appendingPathComponent("mlperf-tiny/kws.tflite")
  }()
}
