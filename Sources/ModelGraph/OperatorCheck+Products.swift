// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Products of matrices, and weights.
extension OperatorCheck {
  func checkFullyConnected(_ weights: Weights) throws {
    try checkComputed()
    let kernel = graph.tensors[weights.tensor]
    guard kernel.shape.count == 2 else {
      throw error(
        weights.tensor, "has the shape \(kernel.shapeText)",
        remedy: "weights of FULLY_CONNECTED are outputs x inputs")
    }
    let (outputs, inputs) = (kernel.shape[0], kernel.shape[1])
    try checkWeights(weights, channels: outputs, dimension: 0)
    guard input.count % inputs == 0, output.count == input.count / inputs * outputs,
      output.shape.last == outputs
    else {
      throw mismatch(
        "\(input.shapeText) by weights \(kernel.shapeText) does not give \(output.shapeText)")
    }
  }

  /// The last two dimensions are matrices, the others are broadcast.
  func checkMatrixProduct(transposesFirst: Bool, transposesSecond: Bool) throws {
    try checkComputed()
    var (first, second) = (input.shape, graph.tensors[step.inputs[1]].shape)
    guard first.count >= 2, second.count >= 2 else {
      throw mismatch("multiplies \(Self.text(first)) by \(Self.text(second))")
    }
    if transposesFirst { first.swapAt(first.count - 1, first.count - 2) }
    if transposesSecond { second.swapAt(second.count - 1, second.count - 2) }
    guard first[first.count - 1] == second[second.count - 2],
      let batches = Self.broadcast([first.dropLast(2), second.dropLast(2)].map(Array.init))
    else { throw mismatch("multiplies \(Self.text(first)) by \(Self.text(second))") }
    try checkShape(batches + [first[first.count - 2], second[second.count - 1]])
  }

  // MARK: Weights

  /// Constant weights that fit the input: int8 with symmetric scales for integers, float32 for
  /// float32; a constant bias with one value for each channel.
  func checkWeights(_ weights: Weights, channels: Int, dimension: Int) throws {
    let kernel = graph.tensors[weights.tensor]
    let isReal = input.type == .float32
    if isReal, kernel.type == .int8 {
      throw error(
        weights.tensor, "is int8 beside float32 activations (dynamic-range quantization)",
        remedy: "convert with full-integer quantization: set representative_dataset and "
          + "TFLITE_BUILTINS_INT8")
    }
    guard kernel.type == (isReal ? .float32 : .int8), kernel.constant != nil else {
      throw error(
        weights.tensor,
        "is not a constant \(isReal ? "float32" : "int8") tensor (\(kernel.type.rawValue))",
        remedy: "weights must be stored in the model; convert with full-integer quantization")
    }
    if !isReal {
      try checkSymmetry(weights.tensor, channels: channels, dimension: dimension)
    }
    if let bias = weights.bias { try checkBias(bias, channels: channels) }
  }

  private func checkSymmetry(_ tensor: Int, channels: Int, dimension: Int) throws {
    guard let scales = graph.tensors[tensor].quantization else {
      throw error(tensor, "has no scales", remedy: "convert with full-integer quantization")
    }
    guard scales.scales.count == scales.zeroPoints.count,
      scales.scales.count == 1
        || (scales.scales.count == channels && scales.dimension == dimension)
    else {
      throw error(
        tensor, "has \(scales.scales.count) scales along dimension \(scales.dimension)",
        remedy: "one, or one for each of the \(channels) channels along dimension \(dimension), "
          + "is needed")
    }
    guard scales.scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw error(
        tensor, "has a scale that is not finite and above 0", remedy: "convert the model again")
    }
    guard scales.zeroPoints.allSatisfy({ $0 == 0 }) || mayBeAsymmetric(scales) else {
      throw error(
        tensor, "has a zero point other than 0", remedy: "weights must be quantized symmetrically")
    }
  }

  /// FULLY_CONNECTED takes int8 weights with a zero point, where they have one scale.
  private func mayBeAsymmetric(_ scales: Quantization) -> Bool {
    guard case .fullyConnected = step.kind, input.type == .int8,
      let zeroPoint = scales.whole?.zeroPoint
    else { return false }
    return (-128...127).contains(zeroPoint)
  }

  func checkBias(_ index: Int, channels: Int) throws {
    let bias = graph.tensors[index]
    let types: [ElementType] =
      switch input.type {
      case .float32: [.float32]
      case .int16: [.int64, .int32]
      default: [.int32]
      }
    guard types.contains(bias.type), bias.constant != nil, bias.count == channels else {
      throw error(
        index,
        "is not a constant of \(channels) \(types[0].rawValue) (\(bias.type.rawValue) "
          + "\(bias.shapeText))",
        remedy: "a bias has one \(types[0].rawValue) for each output channel")
    }
  }
}
