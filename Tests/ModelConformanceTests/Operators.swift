// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What of the recorded answers must be met, and how exactly.
enum Operators {
  /// Every operator that has to give the recorded answers.
  static let supported: [String] =
    networks + elementwise + reductions + products + movements

  private static let networks = ["NETWORK", "NETWORK_DENSE", "NETWORK_MIXED", "NETWORK_WIDE"]

  private static let elementwise = [
    "ABS", "ADD", "CAST", "DEQUANTIZE", "DIV", "ELU", "EQUAL", "EXP", "GELU", "GREATER",
    "GREATER_EQUAL", "HARD_SWISH", "LEAKY_RELU", "LESS", "LESS_EQUAL", "LOG", "LOGICAL_AND",
    "LOGICAL_NOT", "LOGICAL_OR", "LOGISTIC", "MAXIMUM", "MINIMUM", "MUL", "NEG", "NOT_EQUAL",
    "PRELU", "QUANTIZE", "RELU", "RELU6", "RELU_N1_TO_1", "RSQRT", "SELECT_V2", "SQRT", "SQUARE",
    "SQUARED_DIFFERENCE", "SUB", "TANH",
  ]

  private static let reductions = [
    "ARG_MAX", "ARG_MIN", "AVERAGE_POOL_2D", "CUMSUM", "L2_NORMALIZATION", "LOG_SOFTMAX",
    "MAX_POOL_2D", "MEAN", "REDUCE_MAX", "REDUCE_MIN", "SOFTMAX", "SUM",
  ]

  private static let products = [
    "BATCH_MATMUL", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "SVDF", "TRANSPOSE_CONV",
    "UNIDIRECTIONAL_SEQUENCE_LSTM",
  ]

  private static let movements = [
    "BATCH_TO_SPACE_ND", "BROADCAST_TO", "CALL_ONCE", "CONCATENATION", "DEPTH_TO_SPACE",
    "EXPAND_DIMS", "FILL", "GATHER", "GATHER_ND", "MIRROR_PAD", "PACK", "PAD", "PADV2", "RESHAPE",
    "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "SHAPE", "SLICE", "SPACE_TO_BATCH_ND",
    "SPACE_TO_DEPTH", "SPLIT", "SPLIT_V", "SQUEEZE", "STRIDED_SLICE", "TILE", "TRANSPOSE",
    "UNPACK", "VAR_HANDLE",
  ]

  /// How many of an operator's recorded cases every run of the tests takes. The larger the models,
  /// the fewer: proofs of their channels' arithmetic are not optimised in a debug build.
  static func slice(_ name: String) -> Int {
    switch name {
    case "NETWORK_WIDE": 10
    case "NETWORK_DENSE": 20
    default: 40
    }
  }

  /// Operators with float32 results that sums in another order or another libm may change in their
  /// last bits. All other results are exact, floats too.
  static let rounding: Set<String> = [
    "AVERAGE_POOL_2D", "BATCH_MATMUL", "CONV_2D", "CUMSUM", "DEPTHWISE_CONV_2D", "ELU", "EXP",
    "FULLY_CONNECTED", "GELU", "HARD_SWISH", "L2_NORMALIZATION", "LOG", "LOGISTIC", "LOG_SOFTMAX",
    "MEAN", "RESIZE_BILINEAR", "RSQRT", "SOFTMAX", "SQRT", "SUM", "SVDF", "TANH", "TRANSPOSE_CONV",
    "UNIDIRECTIONAL_SEQUENCE_LSTM",
  ]

  /// How far a weighted sum of float32 results may be from the recorded one, as a part of the sum
  /// of their magnitudes.
  static let tolerance = 1e-5
}
