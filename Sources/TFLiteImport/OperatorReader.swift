// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// One operator of a file, and what the rows of `OperatorRow` ask about it.
struct OperatorReader {
  let index: Int
  let name: String
  let table: FlatBuffer.Table
  let tensors: [Tensor]
  /// Tensors; -1 stands for an optional one that is left out.
  let inputs: [Int]
  let outputs: [Int]
  let variables: Variables

  func read(_ row: OperatorRow) throws -> Operator {
    let (kind, inputs) = try row.read(self)
    return Operator(index: index, kind: kind, name: name, inputs: inputs, outputs: outputs)
  }

  // MARK: Options

  /// The operator's options, which are of a type of their own.
  func options(_ type: Int) throws -> FlatBuffer.Table {
    guard try table.byte(Schema.Operator.optionsType) == type,
      let options = try table.table(Schema.Operator.options)
    else { throw error("lacks its options") }
    return options
  }

  /// The clamp fused into an operator.
  func activation(_ code: Int) throws -> Activation {
    switch code {
    case 0: return .none
    case 1: return .relu
    case 2: return .reluMinus1To1
    case 3: return .relu6
    default:
      throw ModelError(
        place, "has the fused activation \(code)",
        remedy: "NONE, RELU, RELU_N1_TO_1 and RELU6 are supported")
    }
  }

  // MARK: Inputs

  /// An input that may be left out.
  func optional(_ position: Int) -> Int? {
    inputs.indices.contains(position) && inputs[position] != -1 ? inputs[position] : nil
  }

  /// An input that the operator cannot do without.
  func required(_ position: Int, _ what: String) throws -> Int {
    guard let tensor = optional(position) else { throw error("lacks its \(what)") }
    guard tensors.indices.contains(tensor) else {
      throw ModelError(
        place, "an input is tensor \(tensor), but there are \(tensors.count) tensors",
        remedy: "the file is damaged; convert the model again")
    }
    return tensor
  }

  func shape(_ position: Int) throws -> [Int] {
    tensors[try required(position, "input \(position)")].shape
  }

  /// The shape of the first output.
  func outputShape() throws -> [Int] {
    guard let output = outputs.first, tensors.indices.contains(output) else {
      throw error("lacks its output")
    }
    return tensors[output].shape
  }

  /// Constant integers that shape the operator, such as axes or paddings.
  func integers(_ position: Int, _ what: String) throws -> [Int] {
    let index = try required(position, what)
    let place = ModelError.Place.operand(
      operatorIndex: self.index, operatorName: name, tensor: index,
      tensorName: tensors[index].name)
    guard let constant = tensors[index].constant else {
      throw ModelError(
        place, "computes the \(what) at run time",
        remedy: "export with fixed input shapes and a constant for the \(what) of \(name)")
    }
    guard constant.count <= 8 * Graph.Limits.operands, let values = tensors[index].integers,
      !values.isEmpty
    else {
      throw ModelError(
        place, "holds the \(what) as \(tensors[index].type.rawValue) \(tensors[index].shapeText)",
        remedy: "1 to \(Graph.Limits.operands) int32 or int64 are needed; convert the model again")
    }
    return values
  }

  /// A dimension of a tensor with so many, given as one constant; negative ones count from behind.
  func dimension(_ position: Int, of rank: Int, _ what: String) throws -> Int {
    let values = try integers(position, what)
    guard values.count == 1 else { throw error("has \(values.count) values for the \(what)") }
    return Self.dimension(values[0], of: rank)
  }

  static func dimension(_ value: Int, of rank: Int) -> Int { value < 0 ? value + rank : value }

  // MARK: Errors

  var place: ModelError.Place { .operator(index: index, name: name) }

  func error(_ problem: String) -> ModelError {
    ModelError(
      place, problem,
      remedy: "convert the model again with TensorFlow Lite's full-integer quantization")
  }
}

extension Tensor {
  /// A constant of int32 or int64.
  var integers: [Int]? {
    guard let constant, type == .int32 || type == .int64, let width = type.byteCount else {
      return nil
    }
    return (0..<constant.count / width).map { element in
      let start = constant.startIndex + width * element
      let bits = (0..<width).reduce(UInt64(0)) {
        $0 | UInt64(constant[start + $1]) << UInt64(8 * $1)
      }
      return width == 4
        ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(truncatingIfNeeded: bits))
    }
  }
}
