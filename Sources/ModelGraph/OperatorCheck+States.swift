// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Operators that remember.
extension OperatorCheck {
  func checkVariable(_ number: Int, holds tensor: Int) throws {
    try checkVariable(number, byteCount: graph.tensors[tensor].byteCount)
  }

  private func checkVariable(_ number: Int, byteCount: Int) throws {
    guard graph.variables.indices.contains(number) else {
      throw mismatch("names variable \(number) of \(graph.variables.count)")
    }
    let variable = graph.variables[number]
    guard variable.byteCount == byteCount,
      variable.initial.map({ $0.count == byteCount }) ?? true
    else {
      throw mismatch(
        "has \(byteCount) bytes for the variable '\(variable.name)' of \(variable.byteCount)")
    }
  }

  /// A state is a variable of so many elements, quantized with one scale.
  private func checkState(
    _ state: StateTensor, _ what: String, count: Int, zeroPoints: ClosedRange<Int>
  ) throws {
    try checkVariable(state.variable, byteCount: count * (state.type.byteCount ?? 0))
    guard state.type != .float32 else { return }
    guard let (scale, zeroPoint) = state.quantization?.whole, scale.isFinite, scale > 0,
      zeroPoints.contains(zeroPoint)
    else {
      throw error(
        "has \(what) without a sound scale and zero point", remedy: "convert the model again")
    }
  }

  // MARK: SVDF

  func checkSVDF(_ tensors: SVDFTensors, rank: Int) throws {
    try checkComputed([.int8, .float32])
    let feature = graph.tensors[tensors.featureWeights]
    let time = graph.tensors[tensors.timeWeights]
    let isReal = input.type == .float32
    guard input.shape.count == 2, feature.shape.count == 2, time.shape.count == 2,
      feature.shape[1] == input.shape[1], time.shape[0] == feature.shape[0], rank >= 1,
      rank <= feature.shape[0], feature.shape[0] % rank == 0
    else {
      throw mismatch(
        "of rank \(rank) has weights \(feature.shapeText) and \(time.shapeText) for "
          + input.shapeText)
    }
    let units = feature.shape[0] / rank
    try checkShape([input.shape[0], units])
    try checkConstant(tensors.featureWeights, isReal ? [.float32] : [.int8])
    try checkConstant(tensors.timeWeights, isReal ? [.float32] : [.int8, .int16])
    guard tensors.state.type == time.type else {
      throw mismatch(
        "has a state of \(tensors.state.type.rawValue) for weights of \(time.type.rawValue)")
    }
    let states = time.shape[1].multipliedReportingOverflow(by: input.shape[0] * feature.shape[0])
    guard !states.overflow, states.partialValue <= Graph.Limits.elements else {
      throw mismatch("has a state of more than \(Graph.Limits.elements) elements")
    }
    try checkState(
      tensors.state, "a state", count: states.partialValue, zeroPoints: -32768...32767)
    if let bias = tensors.bias { try checkBias(bias, channels: units) }
  }

  /// Weights in the model, symmetric where they are integers.
  private func checkConstant(_ tensor: Int, _ types: [ElementType]) throws {
    try checkType(tensor, types)
    guard graph.tensors[tensor].constant != nil else {
      throw error(
        tensor, "is not in the model", remedy: "weights must be constants; convert the model again")
    }
    if graph.tensors[tensor].type != .float32 { try checkScale(tensor, zeroPoints: 0...0) }
  }

  // MARK: LSTM

  func checkLSTM(_ tensors: LSTMTensors, cellClip: Float, timeMajor: Bool) throws {
    try checkComputed()
    let isReal = input.type == .float32
    guard input.shape.count == 3, output.shape.count == 3,
      output.shape[0...1] == input.shape[0...1]
    else { throw mismatch("gives \(output.shapeText) from \(input.shapeText)") }
    let (depth, cells) = (input.shape[2], output.shape[2])
    let batches = input.shape[timeMajor ? 1 : 0]
    for (matrices, columns) in [(tensors.inputWeights, depth), (tensors.recurrentWeights, cells)] {
      guard matrices.count == 4 else { throw mismatch("has \(matrices.count) of four gates") }
      for matrix in matrices {
        try checkConstant(matrix, isReal ? [.float32] : [.int8])
        guard graph.tensors[matrix].shape == [cells, columns] else {
          throw error(
            matrix, "has the shape \(graph.tensors[matrix].shapeText)",
            remedy: "\(cells)x\(columns) is needed; convert the model again")
        }
      }
    }
    guard tensors.biases.count == 4 else {
      throw mismatch("has \(tensors.biases.count) biases for four gates")
    }
    for bias in tensors.biases { try checkLSTMBias(bias, cells) }
    guard cellClip.isFinite, cellClip >= 0 else { throw mismatch("clips cells at \(cellClip)") }
    guard tensors.outputState.type == input.type,
      tensors.cellState.type == (isReal ? .float32 : .int16)
    else {
      throw error(
        "has states of \(tensors.outputState.type.rawValue) and "
          + tensors.cellState.type.rawValue,
        remedy: "convert with full-integer quantization, which gives cells of int16")
    }
    try checkState(
      tensors.outputState, "an output state", count: batches * cells,
      zeroPoints: input.type == .int8 ? -128...127 : 0...0)
    try checkState(tensors.cellState, "cells", count: batches * cells, zeroPoints: 0...0)
    if !isReal { try checkCellScale(tensors.cellState) }
  }

  /// A bias of int16 activations is added in 64 bits.
  private func checkLSTMBias(_ bias: Int, _ cells: Int) throws {
    try checkBias(bias, channels: cells)
  }

  /// The arithmetic of cells takes a power of two.
  private func checkCellScale(_ state: StateTensor) throws {
    guard let scale = state.quantization?.whole?.scale, scale.significand == 1,
      (-15 ... -1).contains(Int(scale.exponent))
    else {
      throw error(
        "has cells whose scale is not a power of two",
        remedy: "convert with TensorFlow Lite's own quantizer")
    }
  }
}
