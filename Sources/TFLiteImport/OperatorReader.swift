// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Reads one operator with its options: one case for each operator that we have.
struct OperatorReader {
  let index: Int
  let name: String
  let table: FlatBuffer.Table
  let tensors: [Tensor]
  let inputs: [Int]
  let outputs: [Int]

  /// The operators that can be imported, each with the newest version whose meaning we know.
  static let newestVersions = [
    "ADD": 5, "AVERAGE_POOL_2D": 3, "CONV_2D": 8, "DEPTHWISE_CONV_2D": 7, "FULLY_CONNECTED": 13,
    "MAX_POOL_2D": 3, "MEAN": 3, "RESHAPE": 2, "SOFTMAX": 3,
  ]

  func read() throws -> Operator {
    guard outputs.count == 1 else {
      throw error("has \(outputs.count) outputs where it gives 1")
    }
    let kind = try kind()
    // Shapes and reduced dimensions are constants that we have read; the rest of the operator
    // computes on its first input, or ADD on both.
    let computed = name == "ADD" ? inputs : Array(inputs.prefix(1))
    return Operator(index: index, kind: kind, name: name, inputs: computed, outputs: outputs)
  }

  private func kind() throws -> Operator.Kind {
    switch name {
    case "CONV_2D":
      let options = try options(Schema.Conv2D.type)
      return .convolution(
        try sliding(
          options, dilationWidth: Schema.Conv2D.dilationWidth,
          dilationHeight: Schema.Conv2D.dilationHeight), try weights(),
        try activation(options.byte(Schema.Conv2D.activation)))
    case "DEPTHWISE_CONV_2D":
      let options = try options(Schema.DepthwiseConv2D.type)
      return .depthwiseConvolution(
        try sliding(
          options, dilationWidth: Schema.DepthwiseConv2D.dilationWidth,
          dilationHeight: Schema.DepthwiseConv2D.dilationHeight), try weights(),
        try activation(options.byte(Schema.DepthwiseConv2D.activation)))
    case "AVERAGE_POOL_2D", "MAX_POOL_2D": return try pool()
    case "FULLY_CONNECTED": return try fullyConnected()
    case "MEAN": return try mean()
    case "ADD":
      let options = try options(Schema.Add.type)
      return .binary(.add, try activation(options.byte(Schema.Add.activation)))
    case "SOFTMAX":
      return .softmax(beta: try options(Schema.Softmax.type).float(Schema.Softmax.beta))
    case "RESHAPE": return .reshape
    default: throw error("is not supported")
    }
  }

  private func pool() throws -> Operator.Kind {
    let options = try options(Schema.Pool2D.type)
    let sliding = try sliding(options, dilationWidth: nil, dilationHeight: nil)
    let height = try options.int32(Schema.Pool2D.filterHeight)
    let width = try options.int32(Schema.Pool2D.filterWidth)
    let activation = try activation(options.byte(Schema.Pool2D.activation))
    return name == "MAX_POOL_2D"
      ? .maximumPool(sliding, kernelHeight: height, kernelWidth: width, activation)
      : .averagePool(sliding, kernelHeight: height, kernelWidth: width, activation)
  }

  private func fullyConnected() throws -> Operator.Kind {
    let options = try options(Schema.FullyConnected.type)
    guard try options.byte(Schema.FullyConnected.weightsFormat) == 0 else {
      throw error("has shuffled weights")
    }
    return .fullyConnected(
      try weights(), try activation(options.byte(Schema.FullyConnected.activation)))
  }

  private func mean() throws -> Operator.Kind {
    guard inputs.count == 2, tensors.indices.contains(inputs[1]) else {
      throw error("has \(inputs.count) inputs where it takes 2")
    }
    let axes = tensors[inputs[1]]
    guard axes.shape.count <= 1, let values = axes.int32Values,
      (1...Graph.Limits.dimensions).contains(values.count)
    else {
      throw error("reduces dimensions that are not an int32 constant")
    }
    guard tensors.indices.contains(inputs[0]) else {
      throw error("reads tensor \(inputs[0]), which does not exist")
    }
    let rank = tensors[inputs[0]].shape.count
    return .reduce(.mean, dimensions: values.map { $0 < 0 ? Int($0) + rank : Int($0) }.sorted())
  }

  // MARK: Parts

  private func options(_ type: Int) throws -> FlatBuffer.Table {
    guard try table.byte(Schema.Operator.optionsType) == type,
      let options = try table.table(Schema.Operator.options)
    else { throw error("lacks its options") }
    return options
  }

  /// Padding and strides have the same fields in all options that slide.
  private func sliding(
    _ options: FlatBuffer.Table, dilationWidth: Int?, dilationHeight: Int?
  ) throws -> Sliding {
    let code = try options.byte(Schema.Conv2D.padding)
    guard code <= 1 else { throw error("has the unknown padding \(code)") }
    return Sliding(
      padding: code == 0 ? .same : .valid,
      strideHeight: try options.int32(Schema.Conv2D.strideHeight),
      strideWidth: try options.int32(Schema.Conv2D.strideWidth),
      dilationHeight: try dilationHeight.map { try options.int32($0, default: 1) } ?? 1,
      dilationWidth: try dilationWidth.map { try options.int32($0, default: 1) } ?? 1)
  }

  private func weights() throws -> Weights {
    guard inputs.count == 2 || inputs.count == 3 else {
      throw error("has \(inputs.count) inputs where it takes 2 or 3")
    }
    return Weights(
      tensor: inputs[1], bias: inputs.count == 3 && inputs[2] != -1 ? inputs[2] : nil)
  }

  private func activation(_ code: Int) throws -> Activation {
    switch code {
    case 0: return .none
    case 1: return .relu
    case 2: return .reluMinus1To1
    case 3: return .relu6
    default:
      throw ModelError(
        .operator(index: index, name: name), "has the fused activation \(code)",
        remedy: "NONE, RELU, RELU_N1_TO_1 and RELU6 are supported")
    }
  }

  private func error(_ problem: String) -> ModelError {
    ModelError(
      .operator(index: index, name: name), problem,
      remedy: "convert the model again with TensorFlow Lite's full-integer quantization")
  }
}
