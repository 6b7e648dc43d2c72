// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Testing

/// Each family's definition: what must hold of types, shapes and scales, and what is said where it
/// does not.
@Suite struct OperatorCheckTests {
  /// An operator on tensors of one type and scale, unless they say otherwise.
  struct Case: Sendable, CustomTestStringConvertible {
    var kind: Operator.Kind
    var inputs: [Tensor]
    var outputs: [Tensor]
    /// What is wrong; nil where nothing is.
    var problem: String?

    init(_ problem: String?, _ kind: Operator.Kind, _ inputs: [Tensor], _ outputs: [Tensor]) {
      self.problem = problem
      self.kind = kind
      self.inputs = inputs
      self.outputs = outputs
    }

    var testDescription: String { "\(kind) \(problem ?? "")" }

    func check() throws {
      let given = inputs.indices.filter { inputs[$0].constant == nil }
      let results = outputs.indices.map { inputs.count + $0 }
      _ = try Graph(
        tensors: inputs + outputs,
        operators: [
          Operator(
            index: 0, kind: kind, inputs: Array(inputs.indices), outputs: results)
        ], inputs: given, outputs: results)
    }
  }

  static func int8(_ shape: [Int], scale: Float = 0.5, zeroPoint: Int = 0) -> Tensor {
    Tensor(
      name: "t", shape: shape, type: .int8,
      quantization: Quantization(scale: scale, zeroPoint: zeroPoint))
  }

  static func plain(_ shape: [Int], _ type: ElementType, _ values: [UInt8]? = nil) -> Tensor {
    Tensor(name: "t", shape: shape, type: type, constant: values.map { $0[...] })
  }

  static func int16(_ shape: [Int], zeroPoint: Int = 0) -> Tensor {
    Tensor(
      name: "t", shape: shape, type: .int16,
      quantization: Quantization(scale: 1 / 32768, zeroPoint: zeroPoint))
  }

  static let elementwise: [Case] = [
    Case(nil, .binary(.add, .none), [int8([2, 1, 4]), int8([3, 1])], [int8([2, 3, 4])]),
    Case(
      "gives 2x3x4 from 2x1x4 and 3x1, but its output is 2x4x3", .binary(.add, .none),
      [int8([2, 1, 4]), int8([3, 1])], [int8([2, 4, 3])]),
    Case(
      "is int16 beside int8", .binary(.multiply, .none), [int8([4]), int16([4])], [int8([4])]),
    Case(
      "has scale 3.0517578e-05 and zero point 5", .binary(.multiply, .none),
      [int16([4], zeroPoint: 5), int16([4])], [int16([4])]),
    Case(nil, .binary(.less, .none), [int8([4]), int8([4], scale: 2)], [plain([4], .bool)]),
    Case(
      "compares int8 with int8 to int8", .binary(.less, .none), [int8([4]), int8([4])],
      [int8([4])]),
    Case("is int8", .binary(.logicalAnd, .none), [int8([4]), int8([4])], [int8([4])]),
    Case(
      "input and output are quantized differently", .binary(.maximum, .none),
      [int8([4]), int8([4], scale: 1)], [int8([4])]),
    Case(nil, .unary(.logistic), [int8([4])], [int8([4], scale: 1 / 256, zeroPoint: -128)]),
    Case(
      "is not quantized with scale 1/256 and zero point -128", .unary(.logistic), [int8([4])],
      [int8([4])]),
    Case(
      "is not quantized with scale 1/128 and zero point 0", .unary(.tanh), [int8([4])],
      [int8([4])]),
    Case("has alpha nan", .unary(.leakyRelu(alpha: .nan)), [int8([4])], [int8([4])]),
    Case(nil, .quantize, [plain([4], .float32)], [int8([4])]),
    Case(
      "has 0 scales where one is needed", .quantize, [plain([4], .float32)], [plain([4], .int8)]),
    Case(
      nil, .select, [plain([4], .bool), int8([1]), int8([4])], [int8([4])]),
    Case("is int8", .select, [int8([4]), int8([1]), int8([4])], [int8([4])]),
  ]

  static let reductions: [Case] = [
    Case(nil, .reduce(.mean, dimensions: [0, 2]), [int8([2, 3, 4])], [int8([3], scale: 1)]),
    Case(nil, .reduce(.mean, dimensions: [0, 2]), [int8([2, 3, 4])], [int8([1, 3, 1])]),
    Case(
      "reduces dimensions [3] of 2x3x4", .reduce(.sum, dimensions: [3]), [int8([2, 3, 4])],
      [int8([2, 3, 4])]),
    Case(nil, .argument(.maximum, dimension: 1), [int8([2, 3])], [plain([2], .int32)]),
    Case("is int8", .argument(.maximum, dimension: 1), [int8([2, 3])], [int8([2])]),
    Case(
      "names dimension 2 of 2x3", .cumulativeSum(dimension: 2, exclusive: false, reverse: false),
      [int8([2, 3])], [int8([2, 3])]),
    Case(
      "is not quantized with scale 16/256 and zero point 127", .logSoftmax, [int8([2, 3])],
      [int8([2, 3])]),
    Case(
      "has a scalar where it takes rows", .softmax(beta: 1), [int8([])],
      [int8([], scale: 1 / 256, zeroPoint: -128)]),
  ]

  static let movement: [Case] = [
    Case(nil, .transpose([2, 0, 1]), [int8([2, 3, 4])], [int8([4, 2, 3])]),
    Case(
      "permutes the dimensions of 2x3x4 by [2, 0, 0]", .transpose([2, 0, 0]), [int8([2, 3, 4])],
      [int8([4, 2, 2])]),
    Case(
      "pads 2 by [9223372036854775807] before and [1] after",
      .pad(before: [.max], after: [1], value: nil), [int8([2])], [int8([4])]),
    Case(
      "reflects 2 elements of a dimension of 2",
      .mirrorPad(before: [2], after: [0], reflect: true), [int8([2])], [int8([4])]),
    Case(nil, .mirrorPad(before: [2], after: [0], reflect: false), [int8([2])], [int8([4])]),
    Case(
      "takes 3 from 1 by -1 of dimension 0, which has 4",
      .slice(begin: [1], strides: [-1], extents: [3]), [int8([4])], [int8([3])]),
    Case(nil, .slice(begin: [2], strides: [-1], extents: [3]), [int8([4])], [int8([3, 1])]),
    Case(
      "has the parts 2x2, 2x3 of 2x6, which do not fit", .concatenation(dimension: 1, .none),
      [int8([2, 2]), int8([2, 3])], [int8([2, 6])]),
    Case(nil, .split(dimension: 1), [int8([2, 5])], [int8([2, 2]), int8([2, 3])]),
    Case(
      "has the parts 2, 2 of 2x3, which do not fit", .unpack(dimension: 1), [int8([2, 3])],
      [int8([2]), int8([2])]),
    Case("tiles 4 to 6", .tile, [int8([4])], [int8([6])]),
    Case("broadcasts 4 to 8", .broadcast, [int8([4])], [int8([8])]),
    Case(nil, .spaceToDepth(block: 2), [int8([1, 4, 6, 3])], [int8([1, 2, 3, 12])]),
    Case(
      "by blocks of 0 does not give 1x2x3x12 from 1x4x6x3", .spaceToDepth(block: 0),
      [int8([1, 4, 6, 3])], [int8([1, 2, 3, 12])]),
    Case(
      nil, .spaceToBatch(block: [2, 3], before: [0, 1], after: [0, 2]), [int8([1, 4, 6, 3])],
      [int8([6, 2, 3, 3])]),
    Case(
      "by blocks [2] with [0] and [1] does not give 2x2 from 1x4",
      .spaceToBatch(block: [2], before: [0], after: [1]), [int8([1, 4])], [int8([2, 2])]),
    Case(
      nil, .gather(dimension: 1, batchDimensions: 0),
      [int8([2, 3]), plain([2], .int32, [2, 0, 0, 0, 0, 0, 0, 0])], [int8([2, 2])]),
    Case(
      "holds the index -1 into 3 elements", .gather(dimension: 1, batchDimensions: 0),
      [int8([2, 3]), plain([1], .int32, [255, 255, 255, 255])], [int8([2, 1])]),
    Case(
      "picks from 2x3 by 2x3", .gatherND, [int8([2, 3]), plain([2, 3], .int32)], [int8([2])]),
    Case(
      "aligns corners and centers of pixels",
      .resizeNearest(alignsCorners: true, halfPixelCenters: true), [int8([1, 2, 2, 1])],
      [int8([1, 3, 3, 1])]),
  ]

  static let products: [Case] = [
    Case(
      nil, .batchMatrixMultiply(transposesFirst: false, transposesSecond: true),
      [int8([5, 2, 3]), int8([4, 3])], [int8([5, 2, 4])]),
    Case(
      "multiplies 5x2x3 by 4x3",
      .batchMatrixMultiply(transposesFirst: false, transposesSecond: false),
      [int8([5, 2, 3]), int8([4, 3])], [int8([5, 2, 4])]),
    Case("names variable 0 of 0", .assignVariable(0), [int8([4])], []),
  ]

  @Test(arguments: elementwise + reductions + movement + products)
  func operator_isHeldAgainstItsDefinition(_ example: Case) {
    if let problem = example.problem {
      // An operator without outputs would be no model; the message comes first or not at all.
      let error = #expect(throws: ModelError.self) { try example.check() }
      if !example.outputs.isEmpty { #expect(error?.problem == problem) }
    } else {
      #expect(throws: Never.self) { try example.check() }
    }
  }

  /// One that is fully connected, with some weights.
  private func fullyConnected(_ kernel: Tensor, bias: Tensor? = nil, of input: Tensor) throws {
    let tensors = [input, kernel] + (bias.map { [$0] } ?? []) + [Self.int8([1, 2])]
    let weights = Weights(tensor: 1, bias: bias == nil ? nil : 2)
    _ = try Graph(
      tensors: tensors,
      operators: [
        Operator(
          index: 0, kind: .fullyConnected(weights, .none), inputs: [0], output: tensors.count - 1)
      ], inputs: [0], outputs: [tensors.count - 1])
  }

  private func weights(scales: [Float], zeroPoint: Int = 0) -> Tensor {
    Tensor(
      name: "w", shape: [2, 3], type: .int8,
      quantization: Quantization(scales: scales, zeroPoints: scales.map { _ in zeroPoint }),
      constant: [1, 2, 3, 4, 5, 6])
  }

  @Test func fullyConnected_perChannelAndAsymmetric_isTaken() throws {
    try fullyConnected(weights(scales: [1, 2]), of: Self.int8([1, 3]))
    try fullyConnected(weights(scales: [1], zeroPoint: 7), of: Self.int8([1, 3]))
    #expect(throws: ModelError.self) {
      try fullyConnected(weights(scales: [1, 2], zeroPoint: 7), of: Self.int8([1, 3]))
    }
    #expect(throws: ModelError.self) {
      try fullyConnected(weights(scales: [1, 2, 3]), of: Self.int8([1, 3]))
    }
  }

  @Test func bias_ofTheWrongType_isRefused() {
    let bias = Self.plain([2], .int64, Array(repeating: 0, count: 16))
    let error = #expect(throws: ModelError.self) {
      try fullyConnected(weights(scales: [1]), bias: bias, of: Self.int8([1, 3]))
    }
    #expect(
      error?.description
        == "operator 0 FULLY_CONNECTED, tensor 2 't': is not a constant of 2 int32 (int64 2); a "
        + "bias has one int32 for each output channel")
  }
}
