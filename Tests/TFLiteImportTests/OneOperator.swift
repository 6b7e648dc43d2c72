// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import ModelSupport
import TFLiteImport

/// A model around one operator, as raw as the schema: types, codes and fields by their numbers.
struct OneOperator {
  struct Value {
    var shape: [Int32]
    var type: UInt8 = 9
    var scale: Float? = 0.5
    var zeroPoint: Int64 = 0
    var bytes: [UInt8]?
    var isVariable = false

    /// A constant of int32.
    static func integers(_ values: [Int32], shape: [Int32]? = nil) -> Value {
      Value(
        shape: shape ?? [Int32(values.count)], type: 2, scale: nil,
        bytes: values.flatMap { value in
          (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        })
    }
  }

  var code: Int32
  var version: Int32 = 1
  var inputs: [Value]
  /// Places of `inputs`, -1 for what is left out; all of them where nil.
  var reads: [Int32]?
  var outputs: [Value]
  var optionsType: UInt8 = 0
  var options: [Int: FlatValue] = [:]

  func graph() throws -> Graph {
    var model = SmallModel()
    let values = inputs + outputs
    model.codes = [
      [0: .byte(UInt8(min(code, 127))), 2: .int32(version), 3: .int32(code)]
    ]
    model.buffers = [[:]] + values.map { $0.bytes.map { [0: .bytes($0)] } ?? [:] }
    model.tensors = values.enumerated().map { index, value in
      var fields: [Int: FlatValue] = [
        0: .int32s(value.shape), 1: .byte(value.type), 2: .int32(Int32(index) + 1),
        3: .string("t\(index)"), 5: .byte(value.isVariable ? 1 : 0),
      ]
      if let scale = value.scale {
        fields[4] = .table([2: .floats([scale]), 3: .int64s([value.zeroPoint])])
      }
      return fields
    }
    let given = inputs.indices.filter { inputs[$0].bytes == nil && !inputs[$0].isVariable }
    model.inputs = given.map(Int32.init)
    model.outputs = outputs.indices.map { Int32(inputs.count + $0) }
    model.operators = [
      SmallModel.step(
        0, reads ?? inputs.indices.map(Int32.init), model.outputs, options: optionsType, options)
    ]
    return try TFLiteModel.graph(from: model.bytes)
  }

  /// What the operator became.
  func kind() throws -> Operator.Kind? { try graph().operators.first?.kind }
}
