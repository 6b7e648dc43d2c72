// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Kernels that slide over rows and columns.
extension OperatorRow {
  static let windows: [String: OperatorRow] = [
    "CONV_2D": OperatorRow(8) { reader in
      let options = try reader.options(Schema.Conv2D.type)
      return .convolution(
        try reader.sliding(
          options, dilation: (Schema.Conv2D.dilationHeight, Schema.Conv2D.dilationWidth)),
        try reader.weights(1, bias: 2),
        try reader.activation(options.byte(Schema.Conv2D.activation)))
    },
    "DEPTHWISE_CONV_2D": OperatorRow(7) { reader in
      let options = try reader.options(Schema.DepthwiseConv2D.type)
      return .depthwiseConvolution(
        try reader.sliding(
          options,
          dilation: (Schema.DepthwiseConv2D.dilationHeight, Schema.DepthwiseConv2D.dilationWidth)),
        try reader.weights(1, bias: 2),
        try reader.activation(options.byte(Schema.DepthwiseConv2D.activation)))
    },
    // Its first input is the shape of the output, which the output has, too.
    "TRANSPOSE_CONV": OperatorRow(5, on: 2) { reader in
      let options = try reader.options(Schema.TransposeConv.type)
      return .transposeConvolution(
        try reader.sliding(options), try reader.weights(1, bias: 3),
        try reader.activation(options.byte(Schema.TransposeConv.activation)))
    },
    "AVERAGE_POOL_2D": OperatorRow(4) { reader in
      let (sliding, height, width, activation) = try reader.pool()
      return .averagePool(sliding, kernelHeight: height, kernelWidth: width, activation)
    },
    "MAX_POOL_2D": OperatorRow(4) { reader in
      let (sliding, height, width, activation) = try reader.pool()
      return .maximumPool(sliding, kernelHeight: height, kernelWidth: width, activation)
    },
  ]
}

extension OperatorReader {
  fileprivate func pool() throws -> (Sliding, Int, Int, Activation) {
    let options = try options(Schema.Pool2D.type)
    return (
      try sliding(options), try options.int32(Schema.Pool2D.filterHeight),
      try options.int32(Schema.Pool2D.filterWidth),
      try activation(options.byte(Schema.Pool2D.activation))
    )
  }

  /// Padding and strides have the same fields in all options that slide.
  fileprivate func sliding(
    _ options: FlatBuffer.Table, dilation: (height: Int, width: Int)? = nil
  ) throws -> Sliding {
    let code = try options.byte(Schema.Conv2D.padding)
    guard code <= 1 else { throw error("has the unknown padding \(code)") }
    return Sliding(
      padding: code == 0 ? .same : .valid,
      strideHeight: try options.int32(Schema.Conv2D.strideHeight),
      strideWidth: try options.int32(Schema.Conv2D.strideWidth),
      dilationHeight: try dilation.map { try options.int32($0.height, default: 1) } ?? 1,
      dilationWidth: try dilation.map { try options.int32($0.width, default: 1) } ?? 1)
  }

  func weights(_ position: Int, bias: Int) throws -> Weights {
    guard (bias...bias + 1).contains(inputs.count) else {
      throw error("has \(inputs.count) inputs where it takes \(bias) or \(bias + 1)")
    }
    return Weights(tensor: inputs[position], bias: optional(bias))
  }
}
