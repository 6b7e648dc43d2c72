// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Many elements to one, or each in the light of its row.
extension OperatorCheck {
  func checkReduction() throws {
    switch step.kind {
    case .reduce(let reduction, let dimensions): try checkReduce(reduction, dimensions)
    case .argument(_, let dimension): try checkArgument(dimension)
    case .cumulativeSum(let dimension, _, _):
      try checkComputed([.int8, .float32, .int32])
      try checkDimension(dimension, of: input.shape)
      try checkShape(input.shape)
    case .softmax(let beta): try checkSoftmax(beta)
    case .logSoftmax:
      try checkRows([.int8, .float32])
      if output.type == .int8 { try checkResult(scale: 16 / 256, zeroPoint: 127, "16/256") }
    case .l2Normalization(let activation):
      try checkRows([.int8, .float32])
      guard activation == .none else {
        throw error("has a fused activation", remedy: "use NONE, or an operator of its own")
      }
      if output.type == .int8 { try checkResult(scale: 1 / 128, zeroPoint: 0, "1/128") }
    default: break
    }
  }

  private func checkReduce(_ reduction: Reduction, _ dimensions: [Int]) throws {
    try checkComputed(Self.real + [.int32])
    if reduction == .maximum || reduction == .minimum { try checkMoved() }
    guard !dimensions.isEmpty, Set(dimensions).count == dimensions.count,
      dimensions.sorted() == dimensions,
      dimensions.allSatisfy({ input.shape.indices.contains($0) })
    else {
      throw error(
        "reduces dimensions \(dimensions) of \(input.shapeText)",
        remedy: "name each dimension once, within the input's \(input.shape.count)")
    }
    let kept = input.shape.indices.map { dimensions.contains($0) ? 1 : input.shape[$0] }
    let dropped = input.shape.indices.filter { !dimensions.contains($0) }.map { input.shape[$0] }
    guard output.shape == kept || output.shape == dropped else {
      throw mismatch(
        "over dimensions \(dimensions) of \(input.shapeText) does not give \(output.shapeText)")
    }
  }

  private func checkArgument(_ dimension: Int) throws {
    try checkType(step.inputs[0], Self.real + [.int32, .uint8])
    try checkScale(step.inputs[0])
    try checkType(step.output, [.int32, .int64])
    try checkDimension(dimension, of: input.shape)
    var shape = input.shape
    shape.remove(at: dimension)
    try checkShape(shape)
  }

  /// Values over the last dimension, each the same size as before.
  private func checkRows(_ types: [ElementType]) throws {
    try checkComputed(types)
    try checkRowShape()
  }

  private func checkRowShape() throws {
    guard !input.shape.isEmpty else { throw mismatch("has a scalar where it takes rows") }
    try checkShape(input.shape)
  }

  private func checkSoftmax(_ beta: Float) throws {
    try checkRowShape()
    guard beta.isFinite, beta > 0 else {
      throw error("has beta \(beta)", remedy: "beta must be finite and above 0")
    }
    try checkType(step.inputs[0], Self.real)
    try checkScale(step.inputs[0])
    switch (input.type, output.type) {
    case (.int8, .int8): try checkResult(scale: 1 / 256, zeroPoint: -128, "1/256")
    case (.int8, .int16): try checkResult(scale: 1 / 65536, zeroPoint: -32768, "1/65536")
    case (.int16, .int16): try checkResult(scale: 1 / 32768, zeroPoint: 0, "1/32768")
    case (.float32, .float32): break
    default:
      throw mismatch("gives \(output.type.rawValue) from \(input.type.rawValue)")
    }
  }
}
