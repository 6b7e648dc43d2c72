// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the author of a model can do about an operator that we do not have.
enum Remedies {
  static func remedy(for name: String) -> String {
    if name.hasPrefix("CUSTOM 'Flex") {
      return "export without SELECT_TF_OPS: it is TensorFlow's own operator, of which TensorFlow "
        + "Lite has none"
    }
    return operators[name] ?? "leave the layer out or write it with others, and export again"
  }

  private static let operators: [String: String] = [
    "LSTM": sequence, "RNN": sequence, "UNIDIRECTIONAL_SEQUENCE_RNN": sequence,
    "BIDIRECTIONAL_SEQUENCE_RNN": sequence, "BIDIRECTIONAL_SEQUENCE_LSTM": sequence,
    "WHILE": "export recurrent layers with unroll=True or as a fused LSTM of fixed batch size",
    "IF":
      "export without control flow: training flags and data-dependent branches become constants",
    "SELECT": "export with a current converter, which writes SELECT_V2",
    "POW": "write x ** 2 as x * x and x ** 0.5 as a square root",
    "REVERSE_V2": "use STRIDED_SLICE with a stride of -1",
    "SIGN": "compare with zero instead",
    "FLOOR_DIV": "divide by a constant before quantization instead",
    "FLOOR_MOD": "compute indices before the model",
    "TOPK_V2": "take ARG_MAX, or sort the outputs behind the model",
    "NON_MAX_SUPPRESSION_V4": behind, "NON_MAX_SUPPRESSION_V5": behind, "ONE_HOT": before,
    "EMBEDDING_LOOKUP": "use GATHER on the embedding's table", "HASHTABLE": before,
    "RFFT2D": "compute the spectrum before the model, as AudioFeatures does",
    "CONV_3D": "use CONV_2D on frames that are stacked as channels",
    "FAKE_QUANT":
      "finish the conversion: quantization-aware training needs converter.optimizations",
    "DENSIFY": "export without sparsity",
    "CONCAT_EMBEDDINGS": before, "WHERE": "use SELECT_V2 with both values",
    "REDUCE_PROD": "write the product with MUL", "L2_POOL_2D": "use AVERAGE_POOL_2D of squares",
    "BROADCAST_ARGS": "export with fixed input shapes", "RANGE": "export with fixed input shapes",
    "ZEROS_LIKE": "export with fixed input shapes",
    "DYNAMIC_UPDATE_SLICE": "use CONCATENATION of what is kept and what is new",
    "RELU_0_TO_1": "use RELU6 or MINIMUM and MAXIMUM",
  ]

  private static let sequence =
    "use a Keras LSTM layer with a fixed batch size, which becomes UNIDIRECTIONAL_SEQUENCE_LSTM"
  private static let behind = "cut the model before it and select boxes in the application"
  private static let before = "prepare this before the model and make its result an input"
}
