// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Tensors joined and parted, blocks folded, elements picked, images resized.
extension OperatorCheck {
  func checkJoints() throws {
    try checkMoved()
    switch step.kind {
    case .concatenation(let dimension, let activation):
      guard activation == .none else {
        throw error("has a fused activation", remedy: "use NONE, or an operator of its own")
      }
      try checkParts(step.inputs, of: step.output, dimension)
    case .split(let dimension): try checkParts(step.outputs, of: step.inputs[0], dimension)
    case .pack(let dimension): try checkLayers(step.inputs, of: step.output, dimension)
    case .unpack(let dimension): try checkLayers(step.outputs, of: step.inputs[0], dimension)
    default: break
    }
  }

  /// Parts lie one behind the other along a dimension of the whole.
  private func checkParts(_ parts: [Int], of whole: Int, _ dimension: Int) throws {
    let whole = graph.tensors[whole].shape
    try checkDimension(dimension, of: whole)
    var total = 0
    for part in parts {
      var shape = graph.tensors[part].shape
      guard shape.count == whole.count else { throw parting(parts, whole) }
      total += shape[dimension]
      shape[dimension] = whole[dimension]
      guard shape == whole else { throw parting(parts, whole) }
    }
    guard total == whole[dimension] else { throw parting(parts, whole) }
  }

  private func parting(_ parts: [Int], _ whole: [Int]) -> ModelError {
    let shapes = parts.prefix(4).map { graph.tensors[$0].shapeText }.joined(separator: ", ")
    let more = parts.count > 4 ? ", ..." : ""
    return mismatch("has the parts \(shapes)\(more) of \(Self.text(whole)), which do not fit")
  }

  /// Parts lie one behind the other along a dimension that only the whole has.
  private func checkLayers(_ layers: [Int], of whole: Int, _ dimension: Int) throws {
    let whole = graph.tensors[whole].shape
    try checkDimension(dimension, of: whole)
    var layer = whole
    layer.remove(at: dimension)
    guard whole[dimension] == layers.count,
      layers.allSatisfy({ graph.tensors[$0].shape == layer })
    else { throw parting(layers, whole) }
  }

  // MARK: Blocks

  func checkBlocks() throws {
    try checkMoved()
    switch step.kind {
    case .spaceToDepth(let block): try checkDepth(block, deep: output, wide: input)
    case .depthToSpace(let block): try checkDepth(block, deep: input, wide: output)
    case .spaceToBatch(let block, let before, let after):
      try checkBatches(block, before, after, batched: output, wide: input)
    case .batchToSpace(let block, let before, let after):
      try checkBatches(block, before, after, batched: input, wide: output)
    default: break
    }
  }

  private func checkDepth(_ block: Int, deep: Tensor, wide: Tensor) throws {
    guard (1...Graph.Limits.side).contains(block), deep.shape.count == 4, wide.shape.count == 4,
      wide.shape == [
        deep.shape[0], deep.shape[1] * block, deep.shape[2] * block,
        deep.shape[3] / (block * block),
      ], deep.shape[3] % (block * block) == 0
    else {
      throw mismatch(
        "by blocks of \(block) does not give \(output.shapeText) from \(input.shapeText)")
    }
  }

  /// Dimensions 1 and following of the wide tensor, with a border, are cut into blocks.
  private func checkBatches(
    _ block: [Int], _ before: [Int], _ after: [Int], batched: Tensor, wide: Tensor
  ) throws {
    let problem = mismatch(
      "by blocks \(block) with \(before) and \(after) does not give \(output.shapeText) from "
        + input.shapeText)
    let rank = wide.shape.count
    guard batched.shape.count == rank, block.count < rank, before.count == block.count,
      after.count == block.count,
      block.allSatisfy({ (1...Graph.Limits.side).contains($0) }),
      (before + after).allSatisfy({ (0...Graph.Limits.elements).contains($0) })
    else { throw problem }
    var batches = wide.shape[0]
    for index in block.indices {
      batches *= block[index]
      guard batches <= Graph.Limits.elements,
        before[index] + wide.shape[index + 1] + after[index]
          == batched.shape[index + 1] * block[index]
      else { throw problem }
    }
    guard batches == batched.shape[0],
      wide.shape.dropFirst(block.count + 1) == batched.shape.dropFirst(block.count + 1)
    else { throw problem }
  }

  // MARK: Picks

  func checkPicks() throws {
    let values = input.shape
    let indices = graph.tensors[step.inputs[1]]
    try checkMoved([step.inputs[0]])
    try checkType(step.inputs[1], [.int32, .int64])
    switch step.kind {
    case .gather(let dimension, let batches):
      try checkDimension(dimension, of: values)
      guard (0...dimension).contains(batches), batches <= indices.shape.count,
        values.prefix(batches) == indices.shape.prefix(batches)
      else { throw mismatch("has \(batches) batch dimensions before dimension \(dimension)") }
      try checkShape(
        Array(values.prefix(dimension)) + indices.shape.dropFirst(batches)
          + values.dropFirst(dimension + 1))
      try checkIndices(step.inputs[1]) { _ in values[dimension] }
    case .gatherND:
      guard let depth = indices.shape.last, depth <= values.count else {
        throw mismatch("picks from \(input.shapeText) by \(indices.shapeText)")
      }
      try checkShape(indices.shape.dropLast() + values.dropFirst(depth))
      try checkIndices(step.inputs[1]) { values[$0 % depth] }
    default: break
    }
  }

  /// Constant indices are within what they count.
  private func checkIndices(_ tensor: Int, extent: (Int) -> Int) throws {
    let indices = graph.tensors[tensor]
    guard let values = indices.indexValues else { return }
    for (place, value) in values.enumerated() where !(0..<extent(place)).contains(value) {
      throw error(
        tensor, "holds the index \(value) into \(extent(place)) elements",
        remedy: "indices count from 0; convert the model again")
    }
  }

  // MARK: Images

  func checkResize(alignsCorners: Bool, halfPixelCenters: Bool) throws {
    let types: [ElementType] =
      if case .resizeBilinear = step.kind { [.int8, .float32] } else { Self.real }
    try checkComputed(types)
    try checkMoved()
    guard input.shape.count == 4, output.shape.count == 4, input.shape[0] == output.shape[0],
      input.shape[3] == output.shape[3],
      (input.shape[1...2] + output.shape[1...2]).allSatisfy({ $0 <= Graph.Limits.side })
    else {
      throw error(
        "resizes \(input.shapeText) to \(output.shapeText)",
        remedy: "\(step.name) changes height and width, each at most \(Graph.Limits.side)")
    }
    guard !(alignsCorners && halfPixelCenters) else {
      throw error(
        "aligns corners and centers of pixels", remedy: "only one of both can be; convert again")
    }
  }
}

extension Tensor {
  /// A constant of int32 or int64.
  fileprivate var indexValues: [Int]? {
    if let values = int32Values { return values.map(Int.init) }
    guard type == .int64, let constant else { return nil }
    return (0..<constant.count / 8).map { element in
      let start = constant.startIndex + 8 * element
      return Int(
        Int64(
          bitPattern: (0..<8).reduce(UInt64(0)) {
            $0 | UInt64(constant[start + $1]) << UInt64(8 * $1)
          }))
    }
  }
}
