// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Testing

@Suite struct GraphTests {
  private func tensor(_ name: String, _ shape: [Int] = [1, 4, 4, 2], zeroPoint: Int = 0) -> Tensor {
    Tensor(
      name: name, shape: shape, type: .int8,
      quantization: Quantization(scale: 0.5, zeroPoint: zeroPoint))
  }

  private func add(_ index: Int, _ inputs: [Int], _ output: Int) -> Operator {
    Operator(index: index, kind: .binary(.add, .none), inputs: inputs, output: output)
  }

  private func message(
    _ tensors: [Tensor], _ operators: [Operator], inputs: [Int] = [0], outputs: [Int] = [1]
  ) -> String? {
    let error = #expect(throws: ModelError.self) {
      try Graph(tensors: tensors, operators: operators, inputs: inputs, outputs: outputs)
    }
    return error?.description
  }

  @Test func operators_runAfterThoseTheyRead() throws {
    let graph = try Graph(
      tensors: (0..<4).map { tensor("t\($0)") },
      operators: [add(0, [2, 0], 3), add(1, [1, 0], 2), add(2, [0, 0], 1)], inputs: [0],
      outputs: [3])
    #expect(graph.operators.map(\.index) == [2, 1, 0])
  }

  @Test func cycle_isRefused() {
    #expect(
      message((0..<3).map { tensor("t\($0)") }, [add(0, [0, 2], 1), add(1, [0, 1], 2)])
        == "operator 0 ADD, tensor 2 't2': depends on itself through a cycle; the graph must lead "
        + "from its inputs to its outputs; convert the model again")
  }

  @Test func tensorWithoutASource_isRefused() {
    #expect(
      message((0..<3).map { tensor("t\($0)") }, [add(0, [0, 2], 1)])
        == "operator 0 ADD, tensor 2 't2': is read but nothing computes it; the graph must lead "
        + "from its inputs to its outputs; convert the model again")
  }

  @Test func tensorWithTwoSources_isRefused() {
    #expect(
      message((0..<2).map { tensor("t\($0)") }, [add(0, [0, 0], 1), add(1, [0, 0], 1)])
        == "operator 1 ADD: writes tensor 1, which already has a value; each tensor must have one "
        + "source; convert the model again")
  }

  @Test func shapesThatDoNotBroadcast_areRefused() {
    #expect(
      message(
        [tensor("a"), tensor("sum"), tensor("b", [3])], [add(0, [0, 2], 1)], inputs: [0, 2])
        == "operator 0 ADD: has inputs 1x4x4x2 and 3, which cannot be broadcast; convert the "
        + "model again")
  }

  @Test func poolThatRescales_isRefused() {
    let pool = Operator(
      index: 0,
      kind: .averagePool(Sliding(padding: .same), kernelHeight: 2, kernelWidth: 2, .none),
      inputs: [0], output: 1)
    #expect(
      message([tensor("a"), tensor("b", zeroPoint: 1)], [pool])
        == "operator 0 AVERAGE_POOL_2D: input and output are quantized differently; "
        + "AVERAGE_POOL_2D moves values only; convert with TensorFlow Lite's own quantizer")
  }

  @Test func meanOfAnotherShape_isRefused() {
    let mean = Operator(index: 0, kind: .reduce(.mean, dimensions: [3]), inputs: [0], output: 1)
    #expect(
      message([tensor("a"), tensor("b", [1, 4, 4, 2])], [mean])
        == "operator 0 MEAN: over dimensions [3] of 1x4x4x2 does not give 1x4x4x2; convert the "
        + "model again")
  }

  @Test func emptyModel_isRefused() {
    #expect(
      message([tensor("a")], [], outputs: [])
        == "model: has 1 inputs, 0 outputs and 0 operators; a model needs at least one of each")
  }

  /// Outputs and padding as TensorFlow's documentation states them.
  @Test(arguments: [
    (Padding.same, 49, 10, 2, 1, 25, 4), (.same, 10, 4, 2, 1, 5, 1), (.same, 96, 3, 2, 1, 48, 0),
    (.same, 5, 1, 3, 1, 2, 0), (.valid, 25, 25, 25, 1, 1, 0), (.valid, 4, 3, 1, 1, 2, 0),
    (.valid, 9, 3, 2, 2, 3, 0), (.same, 9, 3, 1, 2, 9, 2), (.valid, 2, 5, 1, 1, 0, 0),
  ])
  func window_hasExtentAndPadding(
    padding: Padding, input: Int, kernel: Int, stride: Int, dilation: Int, output: Int, before: Int
  ) {
    let extent = Sliding(padding: padding).extent(
      input: input, kernel: kernel, stride: stride, dilation: dilation)
    #expect(extent.output == output)
    #expect(extent.padding == before)
  }
}
