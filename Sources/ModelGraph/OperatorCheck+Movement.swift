// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Elements of one tensor in other places.
extension OperatorCheck {
  func checkMovement() throws {
    try checkMoved()
    switch step.kind {
    case .reshape:
      guard input.count == output.count else {
        throw error(
          "reshapes \(input.shapeText) to \(output.shapeText)",
          remedy: "both must have as many elements")
      }
    case .transpose(let order):
      guard order.count == input.shape.count, order.sorted() == Array(input.shape.indices) else {
        throw mismatch("permutes the dimensions of \(input.shapeText) by \(order)")
      }
      try checkShape(order.map { input.shape[$0] })
    case .pad(let before, let after, let value):
      try checkPadding(before, after)
      if let value { try checkPaddingValue(value) }
    case .mirrorPad(let before, let after, let reflect):
      try checkPadding(before, after)
      for (extent, padding) in zip(input.shape, zip(before, after).map { max($0, $1) })
      where padding > (reflect ? extent - 1 : extent) {
        throw mismatch("reflects \(padding) elements of a dimension of \(extent)")
      }
    case .tile:
      guard input.shape.count == output.shape.count,
        zip(input.shape, output.shape).allSatisfy({ $1 % $0 == 0 })
      else { throw mismatch("tiles \(input.shapeText) to \(output.shapeText)") }
    case .broadcast:
      guard Self.broadcast([input.shape, output.shape]) == output.shape else {
        throw mismatch("broadcasts \(input.shapeText) to \(output.shapeText)")
      }
    case .slice(let begin, let strides, let extents): try checkSlice(begin, strides, extents)
    default: break
    }
  }

  private func checkPadding(_ before: [Int], _ after: [Int]) throws {
    let rank = input.shape.count
    guard before.count == rank, after.count == rank,
      (before + after).allSatisfy({ (0...Graph.Limits.elements).contains($0) })
    else { throw mismatch("pads \(input.shapeText) by \(before) before and \(after) after") }
    try checkShape(input.shape.indices.map { before[$0] + input.shape[$0] + after[$0] })
  }

  private func checkPaddingValue(_ tensor: Int) throws {
    let value = graph.tensors[tensor]
    guard value.count == 1, value.type == output.type, value.constant != nil else {
      throw error(
        tensor, "is \(value.type.rawValue) \(value.shapeText)",
        remedy: "\(step.name) pads with one constant of the output's type; convert the model again")
    }
    try checkMoved([tensor])
  }

  private func checkSlice(_ begin: [Int], _ strides: [Int], _ extents: [Int]) throws {
    let rank = input.shape.count
    let bounds = -Graph.Limits.elements...Graph.Limits.elements
    guard begin.count == rank, strides.count == rank, extents.count == rank else {
      throw mismatch("slices \(begin.count) dimensions of \(input.shapeText)")
    }
    for (dimension, extent) in input.shape.enumerated() {
      let count = extents[dimension]
      let inside = 0..<extent
      guard strides[dimension] != 0, bounds.contains(strides[dimension]), count >= 1,
        count <= extent, inside.contains(begin[dimension]),
        inside.contains(begin[dimension] + (count - 1) * strides[dimension])
      else {
        throw mismatch(
          "takes \(count) from \(begin[dimension]) by \(strides[dimension]) of dimension "
            + "\(dimension), which has \(extent)")
      }
    }
    guard extents.filter({ $0 != 1 }) == output.shape.filter({ $0 != 1 }) else {
      throw mismatch("takes \(Self.text(extents)), but its output is \(output.shapeText)")
    }
  }
}
