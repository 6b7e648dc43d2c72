// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// One element from one or several.
extension OperatorRow {
  static let elementwise: [String: OperatorRow] = [
    "ABS": unary(5, .absolute), "NEG": unary(1, .negate), "SQUARE": unary(1, .square),
    "SQRT": unary(1, .squareRoot), "RSQRT": unary(3, .reciprocalSquareRoot),
    "EXP": unary(2, .exponential), "LOG": unary(2, .logarithm),
    "LOGICAL_NOT": unary(1, .logicalNot),
    "RELU": unary(3, .relu), "RELU6": unary(3, .relu6), "RELU_N1_TO_1": unary(1, .reluMinus1To1),
    "ELU": unary(1, .elu), "HARD_SWISH": unary(1, .hardSwish), "LOGISTIC": unary(3, .logistic),
    "TANH": unary(3, .tanh),
    "LEAKY_RELU": OperatorRow(2) {
      let options = try $0.options(Schema.LeakyRelu.type)
      return .unary(.leakyRelu(alpha: try options.float(Schema.LeakyRelu.alpha)))
    },
    "GELU": OperatorRow(2) {
      let options = try $0.options(Schema.Gelu.type)
      return .unary(.gelu(approximate: try options.byte(Schema.Gelu.approximate) != 0))
    },

    "ADD": arithmetic(5, .add, Schema.Arithmetic.add),
    "SUB": arithmetic(5, .subtract, Schema.Arithmetic.sub),
    "MUL": arithmetic(7, .multiply, Schema.Arithmetic.mul),
    "DIV": arithmetic(2, .divide, Schema.Arithmetic.div),
    "SQUARED_DIFFERENCE": binary(2, .squaredDifference),
    "MAXIMUM": binary(4, .maximum), "MINIMUM": binary(4, .minimum),
    "EQUAL": binary(4, .equal), "NOT_EQUAL": binary(3, .notEqual),
    "LESS": binary(3, .less), "LESS_EQUAL": binary(3, .lessEqual),
    "GREATER": binary(3, .greater), "GREATER_EQUAL": binary(3, .greaterEqual),
    "LOGICAL_AND": binary(1, .logicalAnd), "LOGICAL_OR": binary(1, .logicalOr),
    "PRELU": binary(1, .parametricRelu),

    "SELECT_V2": .ofAll(2) { _ in .select },
    "QUANTIZE": OperatorRow(4) { _ in .quantize },
    "DEQUANTIZE": OperatorRow(6) { _ in .dequantize },
    "CAST": OperatorRow(6) { _ in .cast },
  ]

  private static func unary(_ version: Int, _ function: UnaryFunction) -> OperatorRow {
    OperatorRow(version) { _ in .unary(function) }
  }

  private static func binary(_ version: Int, _ function: BinaryFunction) -> OperatorRow {
    .ofAll(version) { _ in .binary(function, .none) }
  }

  /// A binary function with a fused activation.
  private static func arithmetic(
    _ version: Int, _ function: BinaryFunction, _ options: Int
  ) -> OperatorRow {
    .ofAll(version) { reader in
      let options = try reader.options(options)
      return .binary(
        function, try reader.activation(options.byte(Schema.Arithmetic.activation)))
    }
  }
}
