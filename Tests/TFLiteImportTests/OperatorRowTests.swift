// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import ModelSupport
import TFLiteImport
import Testing

/// Options and constants become the kinds of the graph.
@Suite struct OperatorRowTests {
  /// `x[begin:end:stride]` with masks, of a tensor 4x6x8.
  private func sliced(
    _ begin: [Int32], _ end: [Int32], _ strides: [Int32], masks: [Int: FlatValue] = [:],
    to shape: [Int32]
  ) throws -> Operator.Kind? {
    try OneOperator(
      code: 45,
      inputs: [.init(shape: [4, 6, 8]), .integers(begin), .integers(end), .integers(strides)],
      outputs: [.init(shape: shape)], optionsType: 32, options: masks
    ).kind()
  }

  @Test func stridedSlice_countsFromTheEnd() throws {
    #expect(
      try sliced([1, -3, 0], [4, -1, 8], [1, 1, 3], to: [3, 2, 3])
        == .slice(begin: [1, 3, 0], strides: [1, 1, 3], extents: [3, 2, 3]))
  }

  @Test func stridedSlice_goesBackwards() throws {
    // x[::-1, 5:0:-2]
    #expect(
      try sliced(
        [0, 5], [0, 0], [-1, -2], masks: [0: .int32(1), 1: .int32(1)], to: [4, 3, 8])
        == .slice(begin: [3, 5, 0], strides: [-1, -2, 1], extents: [4, 3, 8]))
  }

  @Test func stridedSlice_knowsEllipsisNewAxisAndShrink() throws {
    // x[2, ..., newaxis, 1:3]
    #expect(
      try sliced(
        [2, 0, 0, 1], [3, 0, 0, 3], [1, 1, 1, 1],
        masks: [2: .int32(2), 3: .int32(4), 4: .int32(1)], to: [6, 1, 2])
        == .slice(begin: [2, 0, 1], strides: [1, 1, 1], extents: [1, 6, 2]))
  }

  @Test func stridedSlice_ofNothing_isRefused() {
    let error = #expect(throws: ModelError.self) {
      try sliced([3, 0, 0], [1, 6, 8], [1, 1, 1], to: [1, 6, 8])
    }
    #expect(
      error?.description
        == "operator 0 STRIDED_SLICE: takes nothing of dimension 0: from 3 to 1 by 1; convert the "
        + "model again with TensorFlow Lite's full-integer quantization")
  }

  @Test func slice_ofTheRest_hasItsExtent() throws {
    let slice = OneOperator(
      code: 65,
      inputs: [.init(shape: [4, 6]), .integers([1, 2]), .integers([-1, 3])],
      outputs: [.init(shape: [3, 3])])
    #expect(try slice.kind() == .slice(begin: [1, 2], strides: [1, 1], extents: [3, 3]))
  }

  @Test func constantsComputedAtRunTime_areRefused() {
    var axes = OneOperator.Value.integers([1])
    axes.bytes = nil
    let mean = OneOperator(
      code: 40, inputs: [.init(shape: [4, 6]), axes], outputs: [.init(shape: [4])],
      optionsType: 27)
    let error = #expect(throws: ModelError.self) { try mean.graph() }
    #expect(
      error?.description
        == "operator 0 MEAN, tensor 1 't1': computes the axes at run time; export with fixed input "
        + "shapes and a constant for the axes of MEAN")
  }

  @Test func axes_areCountedOnceFromTheFront() throws {
    let sum = OneOperator(
      code: 74, inputs: [.init(shape: [4, 6, 2]), .integers([-1, 0, 2])],
      outputs: [.init(shape: [6])], optionsType: 27)
    #expect(try sum.kind() == .reduce(.sum, dimensions: [0, 2]))
  }

  @Test func wideConstants_areRead() throws {
    let transpose = OneOperator(
      code: 39, version: 2,
      inputs: [
        .init(shape: [4, 6]),
        .init(
          shape: [2], type: 4, scale: nil, bytes: [1] + [UInt8](repeating: 0, count: 15)),
      ],
      outputs: [.init(shape: [6, 4])])
    #expect(try transpose.kind() == .transpose([1, 0]))
  }

  @Test func fillOfAComputedValue_broadcasts() throws {
    let fill = OneOperator(
      code: 94, inputs: [.integers([2, 3]), .init(shape: [])], outputs: [.init(shape: [2, 3])])
    let graph = try fill.graph()
    #expect(
      graph.operators == [
        Operator(index: 0, kind: .broadcast, name: "FILL", inputs: [1], output: 2)
      ])
  }

  @Test func shape_isAConstant() throws {
    let graph = try OneOperator(
      code: 77, inputs: [.init(shape: [4, 6])],
      outputs: [.init(shape: [2], type: 2, scale: nil)], optionsType: 55
    ).graph()
    let source = try #require(graph.operators.first?.inputs.first)
    #expect(graph.tensors[source].int32Values == [4, 6])
  }

  @Test func halfPrecisionConstants_becomeSingle() throws {
    // 1, -2, 2^-24, infinity
    let bytes: [UInt8] = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C]
    let graph = try OneOperator(
      code: 6, inputs: [.init(shape: [4], type: 1, scale: nil, bytes: bytes), .init(shape: [1])],
      reads: [0], outputs: [.init(shape: [4], type: 0, scale: nil)]
    ).graph()
    let source = try #require(graph.operators.first?.inputs.first)
    let values = try #require(graph.tensors[source].constant)
    let reals = (0..<4).map { index in
      Float(
        bitPattern: (0..<4).reduce(0) {
          $0 | UInt32(values[values.startIndex + 4 * index + $1]) << UInt32(8 * $1)
        })
    }
    #expect(reals == [1, -2, 0x1p-24, .infinity])
  }

  @Test func weightsOfFourBits_areUnpacked() throws {
    let graph = try OneOperator(
      code: 9, version: 7,
      inputs: [
        .init(shape: [1, 3]), .init(shape: [1, 3], type: 17, bytes: [0xF1, 0x08]),
      ],
      outputs: [.init(shape: [1, 1])], optionsType: 8
    ).graph()
    #expect(graph.tensors[1].int8Values == [1, -1, -8])
  }
}
