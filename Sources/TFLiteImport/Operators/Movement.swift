// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Elements that change their place or their number, not their value. Where a result's shape says
/// all, the constant that the converter put beside it is not read.
extension OperatorRow {
  static let movement: [String: OperatorRow] = [
    "RESHAPE": OperatorRow(2) { _ in .reshape },
    "SQUEEZE": OperatorRow(2) { _ in .reshape },
    "EXPAND_DIMS": OperatorRow(1) { _ in .reshape },
    "TRANSPOSE": OperatorRow(6) { reader in
      let rank = try reader.shape(0).count
      return .transpose(
        try reader.integers(1, "permutation").map { OperatorReader.dimension($0, of: rank) })
    },
    "PAD": OperatorRow(4) { reader in
      let (before, after) = try reader.pairs(1, "paddings")
      return .pad(before: before, after: after, value: nil)
    },
    "PADV2": OperatorRow(4) { reader in
      let (before, after) = try reader.pairs(1, "paddings")
      return .pad(
        before: before, after: after, value: try reader.required(2, "value of the padding"))
    },
    "MIRROR_PAD": OperatorRow(3) { reader in
      let (before, after) = try reader.pairs(1, "paddings")
      let mode = try reader.options(Schema.MirrorPad.type).byte(Schema.MirrorPad.mode)
      guard mode <= 1 else { throw reader.error("has the unknown mode \(mode)") }
      return .mirrorPad(before: before, after: after, reflect: mode == 0)
    },
    "CONCATENATION": .ofAll(4) { reader in
      let options = try reader.options(Schema.Concatenation.type)
      return .concatenation(
        dimension: OperatorReader.dimension(
          try options.int32(Schema.Concatenation.axis), of: try reader.shape(0).count),
        try reader.activation(options.byte(Schema.Concatenation.activation)))
    },
    "PACK": .ofAll(4) { reader in
      let axis = try reader.options(Schema.Pack.type).int32(Schema.Pack.axis)
      return .pack(
        dimension: OperatorReader.dimension(axis, of: try reader.outputShape().count))
    },
    "UNPACK": OperatorRow(4) { reader in
      let axis = try reader.options(Schema.Unpack.type).int32(Schema.Unpack.axis)
      return .unpack(dimension: OperatorReader.dimension(axis, of: try reader.shape(0).count))
    },
    "SPLIT": OperatorRow(4, on: 1) { reader in
      .split(dimension: try reader.dimension(0, of: try reader.shape(1).count, "axis"))
    },
    "SPLIT_V": OperatorRow(2) { reader in
      .split(dimension: try reader.dimension(2, of: try reader.shape(0).count, "axis"))
    },
    "GATHER": .ofAll(7) { try $0.gather() },
    "GATHER_ND": .ofAll(5) { _ in .gatherND },
    "TILE": OperatorRow(3) { reader in
      _ = try reader.integers(1, "multiples")
      return .tile
    },
    "BROADCAST_TO": OperatorRow(3) { _ in .broadcast },
    "FILL": OperatorRow(4, on: 1) { _ in .broadcast },
    "SPACE_TO_DEPTH": OperatorRow(2) { reader in
      .spaceToDepth(
        block: try reader.options(Schema.SpaceToDepth.type).int32(Schema.SpaceToDepth.block))
    },
    "DEPTH_TO_SPACE": OperatorRow(2) { reader in
      .depthToSpace(
        block: try reader.options(Schema.DepthToSpace.type).int32(Schema.DepthToSpace.block))
    },
    "SPACE_TO_BATCH_ND": OperatorRow(4) { reader in
      let (before, after) = try reader.pairs(2, "paddings")
      return .spaceToBatch(
        block: try reader.integers(1, "block shape"), before: before, after: after)
    },
    "BATCH_TO_SPACE_ND": OperatorRow(4) { reader in
      let (before, after) = try reader.pairs(2, "crops")
      return .batchToSpace(
        block: try reader.integers(1, "block shape"), cropBefore: before, cropAfter: after)
    },
    "RESIZE_BILINEAR": OperatorRow(4) { reader in
      let options = try reader.options(Schema.ResizeBilinear.type)
      return .resizeBilinear(
        alignsCorners: try options.byte(Schema.ResizeBilinear.alignCorners) != 0,
        halfPixelCenters: try options.byte(Schema.ResizeBilinear.halfPixelCenters) != 0)
    },
    "RESIZE_NEAREST_NEIGHBOR": OperatorRow(4) { reader in
      let options = try reader.options(Schema.ResizeNearest.type)
      return .resizeNearest(
        alignsCorners: try options.byte(Schema.ResizeNearest.alignCorners) != 0,
        halfPixelCenters: try options.byte(Schema.ResizeNearest.halfPixelCenters) != 0)
    },
  ]
}

extension OperatorReader {
  /// A matrix of two columns: what lies before and what lies after, for each dimension.
  fileprivate func pairs(_ position: Int, _ what: String) throws -> ([Int], [Int]) {
    let values = try integers(position, what)
    guard values.count % 2 == 0 else { throw error("has \(values.count) \(what)") }
    let rows = values.indices.filter { $0 % 2 == 0 }
    return (rows.map { values[$0] }, rows.map { values[$0 + 1] })
  }

  fileprivate func gather() throws -> Operator.Kind {
    let options = try options(Schema.Gather.type)
    let axis = Self.dimension(try options.int32(Schema.Gather.axis), of: try shape(0).count)
    let batch = Self.dimension(
      try options.int32(Schema.Gather.batchDimensions), of: try shape(1).count)
    return .gather(dimension: axis, batchDimensions: batch)
  }
}
