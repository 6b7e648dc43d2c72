// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Operators that remember.
extension OperatorRow {
  static let states: [String: OperatorRow] = [
    "READ_VARIABLE": OperatorRow(
      1, reading: { (.readVariable(try $0.variables.number(ofHandle: $0.inputs.first, $0)), []) }),
    "ASSIGN_VARIABLE": OperatorRow(
      1,
      reading: {
        (
          .assignVariable(try $0.variables.number(ofHandle: $0.inputs.first, $0)),
          [try $0.required(1, "value")]
        )
      }),
    "SVDF": OperatorRow(4) { reader in
      let options = try reader.options(Schema.SVDF.type)
      let tensors = SVDFTensors(
        featureWeights: try reader.required(1, "feature weights"),
        timeWeights: try reader.required(2, "time weights"), bias: reader.optional(3),
        state: try reader.state(4))
      return .svdf(
        tensors, rank: try options.int32(Schema.SVDF.rank),
        try reader.activation(options.byte(Schema.SVDF.activation)))
    },
    "UNIDIRECTIONAL_SEQUENCE_LSTM": OperatorRow(4) { try $0.lstm() },
    // These are gone before rows are read, unless their result has another source.
    "VAR_HANDLE": OperatorRow(1) { throw $0.error("gives its handle to an operator") },
    "CALL_ONCE": OperatorRow(1) { throw $0.error("gives a result") },
    "SHAPE": OperatorRow(1) { throw $0.error("gives a tensor that has another value") },
    "RANK": OperatorRow(1) { throw $0.error("gives a tensor that has another value") },
  ]
}

extension OperatorReader {
  /// An input that is a variable of the model.
  fileprivate func state(_ position: Int) throws -> StateTensor {
    let tensor = try required(position, "state")
    guard let number = variables.ofState[tensor] else {
      throw ModelError(
        .operand(
          operatorIndex: index, operatorName: name, tensor: tensor,
          tensorName: tensors[tensor].name), "is a state that is not marked as a variable",
        remedy: "convert the model again")
    }
    return StateTensor(
      variable: number, type: tensors[tensor].type, quantization: tensors[tensor].quantization)
  }

  /// The schema's order: input, then for the input, forget, cell and output gate weights of the
  /// input (1-4), of the last output (5-8), of the cell (9-11), biases (12-15), a projection
  /// (16, 17), the state (18, 19), and coefficients of a layer normalization (20-23).
  fileprivate func lstm() throws -> Operator.Kind {
    let options = try options(Schema.SequenceLSTM.type)
    guard inputs.count == 20 || inputs.count == 24 else {
      throw error("has \(inputs.count) inputs where it takes 24")
    }
    let unsupported = [
      (9...11, "peephole connections"), (16...17, "a projection"),
      (20...23, "a layer normalization"),
    ]
    for (positions, what) in unsupported where positions.contains(where: { optional($0) != nil }) {
      throw ModelError(place, "has \(what)", remedy: "train an LSTM without \(what)")
    }
    guard try options.byte(Schema.SequenceLSTM.activation) == Schema.SequenceLSTM.tanh else {
      throw ModelError(
        place, "has another activation than tanh", remedy: "train the LSTM with tanh")
    }
    guard try options.byte(Schema.SequenceLSTM.diagonal) == 0 else {
      throw error("has diagonal recurrent weights")
    }
    let tensors = LSTMTensors(
      inputWeights: try (1...4).map { try required($0, "weights of the input") },
      recurrentWeights: try (5...8).map { try required($0, "recurrent weights") },
      biases: try (12...15).map { try required($0, "bias") },
      outputState: try state(18), cellState: try state(19))
    return .sequenceLSTM(
      tensors, cellClip: try options.float(Schema.SequenceLSTM.cellClip),
      timeMajor: try options.byte(Schema.SequenceLSTM.timeMajor) != 0)
  }
}
