// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Many elements to one, or each in the light of its row.
extension OperatorRow {
  static let reductions: [String: OperatorRow] = [
    "MEAN": reduction(3, .mean), "SUM": reduction(2, .sum),
    "REDUCE_MAX": reduction(3, .maximum), "REDUCE_MIN": reduction(3, .minimum),
    "ARG_MAX": argument(3, .maximum), "ARG_MIN": argument(3, .minimum),
    "CUMSUM": OperatorRow(1) { reader in
      let options = try reader.options(Schema.Cumsum.type)
      return .cumulativeSum(
        dimension: try reader.dimension(1, of: try reader.shape(0).count, "axis"),
        exclusive: try options.byte(Schema.Cumsum.exclusive) != 0,
        reverse: try options.byte(Schema.Cumsum.reverse) != 0)
    },
    "SOFTMAX": OperatorRow(3) { reader in
      .softmax(beta: try reader.options(Schema.Softmax.type).float(Schema.Softmax.beta))
    },
    "LOG_SOFTMAX": OperatorRow(2) { _ in .logSoftmax },
    "L2_NORMALIZATION": OperatorRow(2) { reader in
      let options = try reader.options(Schema.L2Normalization.type)
      return .l2Normalization(
        try reader.activation(options.byte(Schema.L2Normalization.activation)))
    },
  ]

  /// Dimensions that are named twice count once.
  private static func reduction(_ version: Int, _ reduction: Reduction) -> OperatorRow {
    OperatorRow(version) { reader in
      let rank = try reader.shape(0).count
      let dimensions = try reader.integers(1, "axes").map {
        OperatorReader.dimension($0, of: rank)
      }
      return .reduce(reduction, dimensions: Set(dimensions).sorted())
    }
  }

  private static func argument(_ version: Int, _ extreme: Extreme) -> OperatorRow {
    OperatorRow(version) { reader in
      .argument(
        extreme, dimension: try reader.dimension(1, of: try reader.shape(0).count, "axis"))
    }
  }
}
