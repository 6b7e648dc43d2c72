// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Holds one operator against its definition: how many tensors, of what type, shape and scale.
struct OperatorCheck {
  let graph: Graph
  let step: Operator

  func run() throws {
    try checkCounts()
    for tensor in step.inputs + step.outputs { try graph.checkHeld(tensor, at: place(tensor)) }
    switch step.kind {
    case .convolution(let sliding, let weights, _):
      try checkComputed()
      try checkConvolution(sliding, weights)
    case .depthwiseConvolution(let sliding, let weights, _):
      try checkComputed()
      try checkDepthwiseConvolution(sliding, weights)
    case .fullyConnected(let weights, _):
      try checkComputed()
      try checkFullyConnected(weights)
    case .averagePool(let sliding, let height, let width, _),
      .maximumPool(let sliding, let height, let width, _):
      try checkComputed()
      try checkPool(sliding, height: height, width: width)
    case .reduce(_, let dimensions):
      try checkComputed()
      try checkMean(dimensions)
    case .binary:
      try checkComputed()
      try checkAdd()
    case .softmax(let beta):
      try checkComputed()
      try checkSoftmax(beta)
    case .reshape: try checkReshape()
    default: throw error("is not supported", remedy: "leave it out of the model")
    }
  }

  /// As many inputs and outputs as the operator has.
  private func checkCounts() throws {
    let (inputs, outputs) = step.kind.tensorCounts
    guard inputs.contains(step.inputs.count) else {
      throw error(
        "has \(step.inputs.count) inputs where it takes \(inputs.lowerBound)",
        remedy: "convert the model again")
    }
    guard outputs.contains(step.outputs.count) else {
      throw error(
        "has \(step.outputs.count) outputs where it gives \(outputs.lowerBound)",
        remedy: "convert the model again")
    }
  }

  /// All int8 activations.
  private func checkComputed() throws {
    for tensor in step.inputs + [step.output] {
      try graph.checkActivation(tensor, at: place(tensor))
    }
  }

  var input: Tensor { graph.tensors[step.inputs[0]] }
  var output: Tensor { graph.tensors[step.output] }

  // MARK: Operators without a window

  private func checkFullyConnected(_ weights: Weights) throws {
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
      throw error(
        "\(input.shapeText) by weights \(kernel.shapeText) does not give \(output.shapeText)",
        remedy: "convert the model again")
    }
  }

  private func checkMean(_ dimensions: [Int]) throws {
    guard !dimensions.isEmpty, Set(dimensions).count == dimensions.count,
      dimensions.allSatisfy({ input.shape.indices.contains($0) })
    else {
      throw error(
        "reduces dimensions \(dimensions) of \(input.shapeText)",
        remedy: "name each dimension once, within the input's \(input.shape.count)")
    }
    let kept = input.shape.indices.map { dimensions.contains($0) ? 1 : input.shape[$0] }
    let dropped = input.shape.indices.filter { !dimensions.contains($0) }.map { input.shape[$0] }
    guard output.shape == kept || output.shape == dropped else {
      throw error(
        "the mean over dimensions \(dimensions) of \(input.shapeText) is not \(output.shapeText)",
        remedy: "convert the model again")
    }
    // The kernel averages rows and columns of each channel; other means have not been needed.
    guard input.shape.count == 4, dimensions == [1, 2] else {
      throw error(
        "reduces dimensions \(dimensions) of \(input.shapeText)",
        remedy: "only the mean over height and width of an NHWC tensor is supported")
    }
  }

  private func checkAdd() throws {
    let second = graph.tensors[step.inputs[1]]
    guard input.shape == second.shape, input.shape == output.shape else {
      throw error(
        "adds \(input.shapeText) and \(second.shapeText) to \(output.shapeText)",
        remedy: "only tensors of one shape can be added; broadcasting is not supported")
    }
  }

  private func checkSoftmax(_ beta: Float) throws {
    guard input.shape == output.shape, !input.shape.isEmpty else {
      throw error(
        "maps \(input.shapeText) to \(output.shapeText)", remedy: "both shapes must be equal")
    }
    guard beta.isFinite, beta > 0 else {
      throw error("has beta \(beta)", remedy: "beta must be finite and above 0")
    }
    guard let (scale, zeroPoint) = output.quantization?.whole, scale == 1 / 256, zeroPoint == -128
    else {
      throw error(
        step.output, "is not quantized with scale 1/256 and zero point -128",
        remedy: "convert with TensorFlow Lite's own quantizer")
    }
  }

  private func checkReshape() throws {
    guard input.count == output.count else {
      throw error(
        "reshapes \(input.shapeText) to \(output.shapeText)",
        remedy: "both must have as many elements")
    }
    try checkSameScale()
  }

  func checkSameScale() throws {
    guard input.quantization?.scales == output.quantization?.scales,
      input.quantization?.zeroPoints == output.quantization?.zeroPoints
    else {
      throw error(
        "input and output are quantized differently",
        remedy: "\(step.name) moves values only; convert with TensorFlow Lite's own quantizer")
    }
  }

  // MARK: Errors

  func place(_ tensor: Int) -> ModelError.Place {
    .operand(
      operatorIndex: step.index, operatorName: step.name, tensor: tensor,
      tensorName: graph.tensors[tensor].name)
  }

  func error(_ problem: String, remedy: String) -> ModelError {
    ModelError(step.place, problem, remedy: remedy)
  }

  func error(_ tensor: Int, _ problem: String, remedy: String) -> ModelError {
    ModelError(place(tensor), problem, remedy: remedy)
  }
}
