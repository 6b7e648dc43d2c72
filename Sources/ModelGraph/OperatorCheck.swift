// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Holds one operator against its definition: how many tensors, of what type, shape and scale. What
/// passes may be indexed and multiplied without asking again.
struct OperatorCheck {
  let graph: Graph
  let step: Operator

  func run() throws {
    try checkCounts()
    for tensor in step.inputs + step.outputs { try graph.checkHeld(tensor, at: place(tensor)) }
    switch step.kind {
    case .convolution, .depthwiseConvolution, .transposeConvolution, .averagePool, .maximumPool:
      try checkWindows()
    case .fullyConnected(let weights, _): try checkFullyConnected(weights)
    case .batchMatrixMultiply(let first, let second):
      try checkMatrixProduct(transposesFirst: first, transposesSecond: second)
    case .svdf(let tensors, let rank, _): try checkSVDF(tensors, rank: rank)
    case .sequenceLSTM(let tensors, let clip, let timeMajor):
      try checkLSTM(tensors, cellClip: clip, timeMajor: timeMajor)
    case .readVariable(let number): try checkVariable(number, holds: step.output)
    case .assignVariable(let number): try checkVariable(number, holds: step.inputs[0])
    case .unary, .binary, .select, .quantize, .dequantize, .cast: try checkElementwise()
    case .reduce, .argument, .cumulativeSum, .softmax, .logSoftmax, .l2Normalization:
      try checkReduction()
    case .reshape, .transpose, .pad, .mirrorPad, .tile, .broadcast, .slice: try checkMovement()
    case .concatenation, .split, .pack, .unpack: try checkJoints()
    case .spaceToDepth, .depthToSpace, .spaceToBatch, .batchToSpace: try checkBlocks()
    case .gather, .gatherND: try checkPicks()
    case .resizeBilinear(let aligns, let half), .resizeNearest(let aligns, let half):
      try checkResize(alignsCorners: aligns, halfPixelCenters: half)
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

  var input: Tensor { graph.tensors[step.inputs[0]] }
  var output: Tensor { graph.tensors[step.output] }

  // MARK: Shapes

  /// The output has the shape that follows from inputs and options.
  func checkShape(_ expected: [Int], of tensor: Int? = nil) throws {
    let tensor = tensor ?? step.output
    let actual = graph.tensors[tensor]
    guard actual.shape == expected else {
      let inputs = step.inputs.map { graph.tensors[$0].shapeText }.joined(separator: " and ")
      throw error(
        "gives \(Self.text(expected)) from \(inputs), but its output is \(actual.shapeText)",
        remedy: "convert the model again")
    }
  }

  static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x")
  }

  /// A dimension of a tensor.
  func checkDimension(_ dimension: Int, of shape: [Int]) throws {
    guard shape.indices.contains(dimension) else {
      throw error(
        "names dimension \(dimension) of \(Self.text(shape))",
        remedy: "there are \(shape.count), counted from 0; convert the model again")
    }
  }

  /// What the file says wrongly, with no better name for it.
  func mismatch(_ problem: String) -> ModelError {
    error(problem, remedy: "convert the model again")
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
