// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Testing

@testable import ModelCompiler

@Suite struct CodegenTests {
  private func generated() throws -> GeneratedModel {
    try ModelCompiler.compile(
      SmallGraphs.classifier(), name: "Tiny", weightsModule: "CTinyWeights")
  }

  @Test func sameGraph_givesTheSameText() throws {
    #expect(try generated() == generated())
  }

  @Test func swiftText_statesSizesScalesAndLayers() throws {
    let text = try generated().swift
    for line in [
      "import InferenceKernels", "import CTinyWeights", "public enum Tiny {",
      "  public static var inputCount: Int { 1 }", "  public static var outputCount: Int { 1 }",
      "  public static var inputScale: Float { 0.5 }",
      "  public static var inputZeroPoint: Int32 { 3 }",
      "  public static var outputScale: Float { 0.00390625 }",
      "  public static var layerCount: Int { 3 }",
      "  public static func run(arena: UnsafeMutableRawPointer) {",
      "        kernelHeight: 3,", "      weights: UnsafeRawPointer(tiny_layer0_weights()),",
      "    Softmax(",
    ] {
      #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)")
    }
  }

  @Test func constants_areFilledToWordsAndFolded() throws {
    let generated = try generated()
    // Two rows of 9 weights, each filled to 12.
    #expect(generated.header.contains("const int8_t tiny_layer0_weights_values[24];"))
    #expect(generated.source.contains("const int8_t tiny_layer0_weights_values[24] = {\n  11, 48,"))
    // Rows 11, 48, 85, 122, -97, -60, -23, 14, 51 and 88, 125, -94, …: sums 151 and 76; times -3.
    #expect(
      generated.source.contains("const int32_t tiny_layer0_channels_values[5] = {\n  -453, -228, "))
  }

  @Test func generatedLines_stayWithin100Columns() throws {
    let generated = try generated()
    for text in [generated.swift, generated.header, generated.source] {
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
  }

  @Test func report_addsUp() throws {
    let report = try generated().report
    #expect(report.multiplyCount == 4 * 2 * 9 + 8 * 3)
    #expect(report.layers.map(\.multiplyCount).reduce(0, +) == report.multiplyCount)
    #expect(report.layers.map(\.constantByteCount).reduce(0, +) == report.constantByteCount)
    #expect(report.description.contains("0  CONV_2D  to 1x2x2x2  72 multiplications"))
  }

  @Test(arguments: ["", "2nd", "a-b", "Ä", "a\nb"])
  func nameThatIsNoIdentifier_isRefused(name: String) throws {
    let graph = try SmallGraphs.classifier()
    let error = #expect(throws: ModelError.self) {
      try ModelCompiler.compile(graph, name: name, weightsModule: "CWeights")
    }
    #expect(error?.remedy == "use ASCII letters and digits, a letter first")
  }
}
