// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// The tensors of a subgraph.
struct TensorReader {
  /// Scales in a whole file that a sane model stays below.
  private static let scaleLimit = 1 << 22
  /// Bytes that weights of 4 bits, however tensors share buffers, may become.
  private static let unpackedLimit = 1 << 28

  let subgraph: FlatBuffer.Table
  let buffers: FlatBuffer.Vector

  /// - Returns: the tensors, and which of them are marked as variables.
  func tensors() throws -> ([Tensor], variables: [Int]) {
    let tables = try subgraph.tables(Schema.Subgraph.tensors)
    guard tables.count <= Graph.Limits.tensors else {
      throw ModelError(
        .model, "has \(tables.count) tensors",
        remedy: "at most \(Graph.Limits.tensors) are supported")
    }
    var scaleCount = 0
    var unpackedCount = 0
    var variables: [Int] = []
    let tensors = try (0..<tables.count).map { index in
      let table = try tables.table(index)
      if try table.byte(Schema.Tensor.isVariable) != 0 { variables.append(index) }
      var tensor = try readTensor(table, index)
      if tensor.type == .int4, unpackedCount < Self.unpackedLimit {
        tensor = unpacked(tensor)
        unpackedCount += tensor.constant?.count ?? 0
      }
      scaleCount += tensor.quantization?.scales.count ?? 0
      guard scaleCount <= Self.scaleLimit else {
        throw ModelError(
          .tensor(index: index, name: tensor.name), "brings the scales to \(scaleCount)",
          remedy: "the file is damaged; convert the model again")
      }
      return tensor
    }
    return (tensors, variables)
  }

  private func readTensor(_ table: FlatBuffer.Table, _ index: Int) throws -> Tensor {
    let name = try table.name(Schema.Tensor.name)
    let place = ModelError.Place.tensor(index: index, name: name)
    let code = try table.byte(Schema.Tensor.type)
    guard let type = Schema.elementType(code) else {
      throw ModelError(
        place, "has the unknown element type \(code)",
        remedy: "convert with full-integer quantization")
    }
    guard try table.table(Schema.Tensor.sparsity) == nil else {
      throw ModelError(place, "is sparse", remedy: "convert without sparsity")
    }
    let shape = try table.vector(Schema.Tensor.shape, width: 4)
    guard shape.count <= Graph.Limits.dimensions else {
      throw ModelError(
        place, "has \(shape.count) dimensions",
        remedy: "at most \(Graph.Limits.dimensions) are supported")
    }
    return Tensor(
      name: name, shape: try shape.int32s(), type: type,
      quantization: try readQuantization(table, place),
      constant: try readConstant(table, place))
  }

  /// Weights of 4 bits, two in a byte, the first in the lower half, are used as int8.
  private func unpacked(_ tensor: Tensor) -> Tensor {
    guard let constant = tensor.constant, let count = tensor.checkedCount,
      constant.count == (count + 1) / 2
    else { return tensor }
    var wide = tensor
    wide.type = .int8
    let halves = constant.flatMap { byte in
      [Int8(bitPattern: byte << 4) >> 4, Int8(bitPattern: byte) >> 4]
    }
    wide.constant = halves[..<count].map { UInt8(bitPattern: $0) }[...]
    return wide
  }

  private func readQuantization(
    _ tensor: FlatBuffer.Table, _ place: ModelError.Place
  ) throws -> Quantization? {
    guard let table = try tensor.table(Schema.Tensor.quantization) else { return nil }
    guard try table.byte(Schema.Quantization.detailsType) == 0 else {
      throw ModelError(
        place, "has a custom or block-wise quantization",
        remedy: "convert with TensorFlow Lite's full-integer quantization")
    }
    let scales = try table.vector(Schema.Quantization.scale, width: 4)
    let zeroPoints = try table.vector(Schema.Quantization.zeroPoint, width: 8)
    guard scales.count > 0 else { return nil }
    guard scales.count <= Self.scaleLimit, scales.count == zeroPoints.count else {
      throw ModelError(
        place, "has \(scales.count) scales and \(zeroPoints.count) zero points",
        remedy: "there must be as many of each; convert the model again")
    }
    return Quantization(
      scales: try scales.floats(), zeroPoints: try zeroPoints.int64s(),
      dimension: try table.int32(Schema.Quantization.dimension))
  }

  private func readConstant(
    _ tensor: FlatBuffer.Table, _ place: ModelError.Place
  ) throws -> ArraySlice<UInt8>? {
    let index = try tensor.int32(Schema.Tensor.buffer)
    guard (0..<buffers.count).contains(index) else {
      throw ModelError(
        place, "is in buffer \(index), but there are \(buffers.count) buffers",
        remedy: "the file is damaged; convert the model again")
    }
    let buffer = try buffers.table(index)
    guard try buffer.uint64(Schema.Buffer.offset) <= 1 else {
      throw ModelError(
        place, "has its data outside of the FlatBuffer",
        remedy: "convert without external or appended buffers")
    }
    let data = try buffer.vector(Schema.Buffer.data, width: 1)
    return data.count == 0 ? nil : data.bytes
  }
}
