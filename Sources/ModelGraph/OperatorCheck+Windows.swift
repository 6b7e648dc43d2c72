// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Operators whose kernel slides over rows and columns, as a window.
extension OperatorCheck {
  func checkWindows() throws {
    try checkComputed()
    try checkImages()
    switch step.kind {
    case .convolution(let sliding, let weights, _): try checkConvolution(sliding, weights)
    case .depthwiseConvolution(let sliding, let weights, _):
      try checkDepthwiseConvolution(sliding, weights)
    case .transposeConvolution(let sliding, let weights, _):
      try checkTransposeConvolution(sliding, weights)
    case .averagePool(let sliding, let height, let width, _),
      .maximumPool(let sliding, let height, let width, _):
      try checkPoolScale()
      try checkWindow(sliding, height: height, width: width, channels: input.shape[3])
    default: break
    }
  }

  private func checkConvolution(_ sliding: Sliding, _ weights: Weights) throws {
    let kernel = try fourDimensional(weights.tensor)
    guard kernel[3] == input.shape[3] else {
      throw error(
        weights.tensor, "has \(kernel[3]) input channels where the input has \(input.shape[3])",
        remedy: "grouped convolutions are not supported; use DEPTHWISE_CONV_2D or one group")
    }
    try checkWeights(weights, channels: kernel[0], dimension: 0)
    try checkWindow(sliding, height: kernel[1], width: kernel[2], channels: kernel[0])
  }

  private func checkDepthwiseConvolution(_ sliding: Sliding, _ weights: Weights) throws {
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

  /// The convolution that would lead from the output back to the input gives the sizes.
  private func checkTransposeConvolution(_ sliding: Sliding, _ weights: Weights) throws {
    let kernel = try fourDimensional(weights.tensor)
    guard kernel[3] == input.shape[3], kernel[0] == output.shape[3],
      input.shape[0] == output.shape[0]
    else {
      throw mismatch(
        "\(input.shapeText) by weights \(graph.tensors[weights.tensor].shapeText) does not give "
          + output.shapeText)
    }
    try checkWeights(weights, channels: kernel[0], dimension: 0)
    let back = try extents(sliding, of: output.shape, height: kernel[1], width: kernel[2])
    guard back == Array(input.shape[1...2]) else {
      throw mismatch("does not give \(output.shapeText) from \(input.shapeText)")
    }
  }

  /// Pools keep scales, but for rounding (TensorFlow Lite Micro's bound).
  private func checkPoolScale() throws {
    guard input.type != .float32 else { return }
    guard let from = input.quantization?.whole, let to = output.quantization?.whole,
      abs(from.scale - to.scale) <= 1e-6, from.zeroPoint == to.zeroPoint
    else {
      throw error(
        "input and output are quantized differently",
        remedy: "\(step.name) moves values only; convert with TensorFlow Lite's own quantizer")
    }
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
    let sides = try extents(sliding, of: input.shape, height: height, width: width)
    try checkShape([input.shape[0]] + sides + [channels])
  }

  /// Positions of the kernel over rows and columns.
  private func extents(
    _ sliding: Sliding, of shape: [Int], height: Int, width: Int
  ) throws -> [Int] {
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
      input: shape[1], kernel: height, stride: sliding.strideHeight,
      dilation: sliding.dilationHeight)
    let columns = sliding.extent(
      input: shape[2], kernel: width, stride: sliding.strideWidth,
      dilation: sliding.dilationWidth)
    return [rows.output, columns.output]
  }
}
