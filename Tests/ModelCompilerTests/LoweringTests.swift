// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph
import Testing

@testable import ModelCompiler

@Suite struct LoweringTests {
  @Test(arguments: [
    (0.5, 1 << 30, 0), (1.0, 1 << 30, 1), (0.75, 1_610_612_736, 0), (3.0, 1_610_612_736, 2),
    (0x1p-33, 0, 0), (0x1p-32, 1 << 30, -31), (0.0, 0, 0), (.infinity, Int(Int32.max), 30),
    (0x1p31, Int(Int32.max), 30), (0x1p-40, 0, 0), (1 - 0x1p-40, 1 << 30, 1),
  ])
  func realNumber_becomesMultiplierAndShift(real: Double, multiplier: Int, shift: Int) {
    #expect(
      QuantizedMultiplier(real)
        == QuantizedMultiplier(multiplier: Int32(multiplier), shift: shift))
  }

  @Test(arguments: [
    (Activation.none, -128, 127), (.relu, -28, 127), (.relu6, -28, -16), (.reluMinus1To1, -30, -26),
  ])
  func activation_becomesARange(activation: Activation, minimum: Int32, maximum: Int32) throws {
    let graph = try Graph(
      tensors: [
        SmallGraphs.activation("a", [1, 2, 2, 4]), SmallGraphs.activation("b", [1, 2, 2, 4]),
        SmallGraphs.activation("sum", [1, 2, 2, 4], scale: 0.5, zeroPoint: -28),
      ],
      operators: [Operator(index: 0, kind: .binary(.add, activation), inputs: [0, 1], output: 2)],
      inputs: [0, 1], outputs: [2])
    let text = try Program(graph).steps[0].call.construction
    #expect(text.contains("minimum: \(minimum),") && text.contains("maximum: \(maximum))"))
  }

  private func depthwise(channels: Int, multiplier: Int) throws -> String {
    let outputs = channels * multiplier
    let graph = try Graph(
      tensors: [
        SmallGraphs.activation("in", [1, 4, 4, channels]),
        SmallGraphs.weights([1, 3, 3, outputs]),
        SmallGraphs.activation("out", [1, 4, 4, outputs]),
      ],
      operators: [
        Operator(
          index: 0,
          kind: .depthwiseConvolution(Sliding(padding: .same), Weights(tensor: 1), .none),
          inputs: [0], output: 2)
      ], inputs: [0], outputs: [2])
    return try CompilationReport(Program(graph)).layers[0].kernel
  }

  @Test func depthwise_takesTheKernelThatFitsItsChannels() throws {
    #expect(try depthwise(channels: 8, multiplier: 1) == "ThreeByThreeDepthwise")
    #expect(try depthwise(channels: 1, multiplier: 8) == "PlanarDepthwise")
    #expect(try depthwise(channels: 2, multiplier: 3) == "PlanarDepthwise")
  }
}
