// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Products of matrices.
extension OperatorRow {
  static let products: [String: OperatorRow] = [
    "FULLY_CONNECTED": OperatorRow(13) { reader in
      let options = try reader.options(Schema.FullyConnected.type)
      guard try options.byte(Schema.FullyConnected.weightsFormat) == 0 else {
        throw reader.error("has shuffled weights")
      }
      return .fullyConnected(
        try reader.weights(1, bias: 2),
        try reader.activation(options.byte(Schema.FullyConnected.activation)))
    },
    "BATCH_MATMUL": .ofAll(4) { reader in
      let options = try reader.options(Schema.BatchMatMul.type)
      return .batchMatrixMultiply(
        transposesFirst: try options.byte(Schema.BatchMatMul.transposesFirst) != 0,
        transposesSecond: try options.byte(Schema.BatchMatMul.transposesSecond) != 0)
    },
  ]
}
