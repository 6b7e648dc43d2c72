// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelSupport

@testable import TFLiteImport

/// A complete small model, every part of which a test may spoil before it becomes bytes:
/// 1x4x4x1 by a 3x3 convolution to two channels, reshaped, fully connected to three, softmax.
struct SmallModel {
  var identifier = "TFL3"
  var version: Int32 = 3
  var subgraphCount = 1
  var inputs: [Int32] = [0]
  var outputs: [Int32] = [8]
  var codes: [[Int: FlatValue]] = [
    [0: .byte(3), 2: .int32(3)], [0: .byte(22)], [3: .int32(9), 2: .int32(4)], [0: .byte(25)],
  ]
  var buffers: [[Int: FlatValue]] = [
    [:],
    [0: .bytes((0..<18).map { UInt8(truncatingIfNeeded: 37 * $0) })],
    [0: .bytes([1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])],
    [0: .bytes([1, 0, 0, 0, 8, 0, 0, 0])],
    [0: .bytes((0..<24).map { UInt8(truncatingIfNeeded: 91 * $0) })],
  ]
  var tensors: [[Int: FlatValue]] = [
    tensor("image", [1, 4, 4, 1], scale: 0.5, zeroPoint: 3),
    tensor("kernel", [2, 3, 3, 1], scales: [0.25, 0.125], buffer: 1),
    tensor("bias", [2], type: 2, buffer: 2),
    tensor("features", [1, 2, 2, 2], scale: 0.5, zeroPoint: -128),
    tensor("shape", [2], type: 2, buffer: 3),
    tensor("flat", [1, 8], scale: 0.5, zeroPoint: -128),
    tensor("matrix", [3, 8], scale: 0.25, zeroPoint: 0, buffer: 4),
    tensor("scores", [1, 3], scale: 2, zeroPoint: 0),
    tensor("probabilities", [1, 3], scale: 1 / 256, zeroPoint: -128),
  ]
  var operators: [[Int: FlatValue]] = [
    step(0, [0, 1, 2], [3], options: 1, [0: .byte(1), 1: .int32(1), 2: .int32(1), 3: .byte(1)]),
    step(1, [3, 4], [5], options: 17, [:]),
    step(2, [5, 6, -1], [7], options: 8, [:]),
    step(3, [7], [8], options: 9, [0: .float(1)]),
  ]

  static func tensor(
    _ name: String, _ shape: [Int32], type: UInt8 = 9, scale: Float, zeroPoint: Int64,
    buffer: Int32 = 0
  ) -> [Int: FlatValue] {
    [
      0: .int32s(shape), 1: .byte(type), 2: .int32(buffer), 3: .string(name),
      4: .table([2: .floats([scale]), 3: .int64s([zeroPoint])]),
    ]
  }

  static func tensor(
    _ name: String, _ shape: [Int32], type: UInt8 = 9, scales: [Float] = [], buffer: Int32
  ) -> [Int: FlatValue] {
    [
      0: .int32s(shape), 1: .byte(type), 2: .int32(buffer), 3: .string(name),
      4: .table([2: .floats(scales), 3: .int64s(scales.map { _ in 0 })]),
    ]
  }

  static func step(
    _ code: Int32, _ inputs: [Int32], _ outputs: [Int32], options: UInt8,
    _ values: [Int: FlatValue]
  ) -> [Int: FlatValue] {
    [
      0: .int32(code), 1: .int32s(inputs), 2: .int32s(outputs), 3: .byte(options),
      4: .table(values),
    ]
  }

  var bytes: [UInt8] {
    let subgraph: [Int: FlatValue] = [
      0: .tables(tensors), 1: .int32s(inputs), 2: .int32s(outputs), 3: .tables(operators),
    ]
    return FlatBufferWriter.file(
      identifier: identifier,
      root: [
        0: .int32(version), 1: .tables(codes),
        2: .tables(Array(repeating: subgraph, count: subgraphCount)), 4: .tables(buffers),
      ])
  }
}
