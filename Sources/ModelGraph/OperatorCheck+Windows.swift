// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Operators whose kernel slides over rows and columns, and their weights.
extension OperatorCheck {
  func checkConvolution(_ sliding: Sliding, _ weights: Weights) throws {
    try checkImages()
    let kernel = try fourDimensional(weights.tensor)
    guard kernel[3] == input.shape[3] else {
      throw error(
        weights.tensor, "has \(kernel[3]) input channels where the input has \(input.shape[3])",
        remedy: "grouped convolutions are not supported; use DEPTHWISE_CONV_2D or one group")
    }
    try checkWeights(weights, channels: kernel[0], dimension: 0)
    try checkWindow(sliding, height: kernel[1], width: kernel[2], channels: kernel[0])
  }

  func checkDepthwiseConvolution(_ sliding: Sliding, _ weights: Weights) throws {
    try checkImages()
    let kernel = try fourDimensional(weights.tensor)
    guard kernel[0] == 1, kernel[3] % input.shape[3] == 0 else {
      throw error(
        weights.tensor,
        "has the shape \(graph.tensors[weights.tensor].shapeText) for \(input.shape[3]) channels",
        remedy: "weights of DEPTHWISE_CONV_2D are 1 x height x width x channels, a multiple of "
          + "the input's")
    }
    try checkWeights(weights, channels: kernel[3], dimension: 3)
    try checkWindow(sliding, height: kernel[1], width: kernel[2], channels: kernel[3])
  }

  func checkPool(_ sliding: Sliding, height: Int, width: Int) throws {
    try checkImages()
    try checkSameScale()
    try checkWindow(sliding, height: height, width: width, channels: input.shape[3])
  }

  private func checkImages() throws {
    for tensor in [step.inputs[0], step.output] {
      guard graph.tensors[tensor].shape.count == 4 else {
        throw error(
          tensor, "has the shape \(graph.tensors[tensor].shapeText)",
          remedy: "\(step.name) works on batch x height x width x channels")
      }
    }
  }

  private func fourDimensional(_ tensor: Int) throws -> [Int] {
    let shape = graph.tensors[tensor].shape
    guard shape.count == 4 else {
      throw error(
        tensor, "has the shape \(graph.tensors[tensor].shapeText)",
        remedy: "weights of \(step.name) have four dimensions")
    }
    return shape
  }

  private func checkWindow(_ sliding: Sliding, height: Int, width: Int, channels: Int) throws {
    let sides = [
      height, width, sliding.strideHeight, sliding.strideWidth, sliding.dilationHeight,
      sliding.dilationWidth,
    ]
    guard sides.allSatisfy({ (1...Graph.Limits.side).contains($0) }) else {
      throw error(
        "has kernel \(height)x\(width), stride \(sliding.strideHeight)x\(sliding.strideWidth), "
          + "dilation \(sliding.dilationHeight)x\(sliding.dilationWidth)",
        remedy: "each must be within 1...\(Graph.Limits.side)")
    }
    let rows = sliding.extent(
      input: input.shape[1], kernel: height, stride: sliding.strideHeight,
      dilation: sliding.dilationHeight)
    let columns = sliding.extent(
      input: input.shape[2], kernel: width, stride: sliding.strideWidth,
      dilation: sliding.dilationWidth)
    let shape = [input.shape[0], rows.output, columns.output, channels]
    guard output.shape == shape else {
      throw error(
        "gives \(shape.map(String.init).joined(separator: "x")) from \(input.shapeText), but its "
          + "output is \(output.shapeText)",
        remedy: "convert the model again")
    }
  }

  /// Weights: constant int8 with symmetric scales; bias: constant int32, one for each channel.
  func checkWeights(_ weights: Weights, channels: Int, dimension: Int) throws {
    let kernel = graph.tensors[weights.tensor]
    guard kernel.type == .int8, let data = kernel.constant, data.count == kernel.count else {
      throw error(
        weights.tensor, "is not a constant int8 tensor (\(kernel.type.rawValue))",
        remedy: "weights must be stored in the model as int8; convert with full-integer "
          + "quantization")
    }
    guard let scales = kernel.quantization else {
      throw error(
        weights.tensor, "has no scales", remedy: "convert with full-integer quantization")
    }
    guard scales.scales.count == 1 || scales.scales.count == channels,
      scales.scales.count == 1 || scales.dimension == dimension
    else {
      throw error(
        weights.tensor,
        "has \(scales.scales.count) scales along dimension \(scales.dimension)",
        remedy: "one, or one for each of the \(channels) channels along dimension \(dimension), "
          + "is needed")
    }
    guard scales.scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw error(
        weights.tensor, "has a scale that is not finite and above 0",
        remedy: "convert the model again")
    }
    guard scales.zeroPoints.allSatisfy({ $0 == 0 }) else {
      throw error(
        weights.tensor, "has a zero point other than 0",
        remedy: "weights must be quantized symmetrically")
    }
    if let bias = weights.bias { try checkBias(bias, channels: channels) }
  }

  private func checkBias(_ index: Int, channels: Int) throws {
    let bias = graph.tensors[index]
    guard bias.type == .int32, let data = bias.constant, data.count == 4 * channels,
      bias.count == channels
    else {
      throw error(
        index, "is not a constant of \(channels) int32 (\(bias.type.rawValue) \(bias.shapeText))",
        remedy: "a bias has one int32 for each output channel")
    }
  }
}
