// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Reads a TensorFlow Lite model, schema version 3: bytes in, a validated graph out.
public enum TFLiteModel {
  /// - Throws: `ModelError`, naming what is wrong, where, and what to do.
  public static func graph(from bytes: [UInt8]) throws -> Graph {
    try Reader(bytes).graph()
  }
}

struct Reader {
  /// Scales in a whole file that a sane model stays below.
  private static let scaleLimit = 1 << 22

  private let model: FlatBuffer.Table
  private let subgraph: FlatBuffer.Table
  private let buffers: FlatBuffer.Vector

  init(_ bytes: [UInt8]) throws {
    guard bytes.count >= 8, bytes[4..<8].elementsEqual("TFL3".utf8) else {
      throw ModelError(
        .file(offset: 4), "is not a TensorFlow Lite model (\(bytes.count) bytes)",
        remedy: "give a .tflite file, which has TFL3 as its bytes 4 to 7")
    }
    model = try FlatBuffer(bytes: bytes).root()
    let version = try model.int32(Schema.Model.version)
    guard version == 3 else {
      throw ModelError(
        .model, "has schema version \(version)",
        remedy: "version 3 is supported; convert the model again")
    }
    let subgraphs = try model.tables(Schema.Model.subgraphs)
    guard subgraphs.count == 1 else {
      throw ModelError(
        .model, "has \(subgraphs.count) subgraphs",
        remedy: "one is supported; convert without control flow or extra signatures")
    }
    subgraph = try subgraphs.table(0)
    buffers = try model.tables(Schema.Model.buffers)
  }

  func graph() throws -> Graph {
    let tensors = try readTensors()
    let outputs = try ends(Schema.Subgraph.outputs, "outputs")
    let operators = try OperatorList(model: model, subgraph: subgraph)
    return try Graph(
      tensors: tensors, operators: operators.operators(neededFor: outputs, tensors: tensors),
      inputs: ends(Schema.Subgraph.inputs, "inputs"), outputs: outputs)
  }

  private func ends(_ field: Int, _ what: String) throws -> [Int] {
    let vector = try subgraph.vector(field, width: 4)
    guard vector.count <= OperatorList.operandLimit else {
      throw ModelError(
        .model, "has \(vector.count) \(what)",
        remedy: "at most \(OperatorList.operandLimit) are supported")
    }
    return try vector.int32s()
  }

  // MARK: Tensors

  private func readTensors() throws -> [Tensor] {
    let tables = try subgraph.tables(Schema.Subgraph.tensors)
    guard tables.count <= Graph.Limits.tensors else {
      throw ModelError(
        .model, "has \(tables.count) tensors",
        remedy: "at most \(Graph.Limits.tensors) are supported")
    }
    var scaleCount = 0
    return try (0..<tables.count).map { index in
      let tensor = try readTensor(tables.table(index), index)
      scaleCount += tensor.quantization?.scales.count ?? 0
      guard scaleCount <= Self.scaleLimit else {
        throw ModelError(
          .tensor(index: index, name: tensor.name), "brings the scales to \(scaleCount)",
          remedy: "the file is damaged; convert the model again")
      }
      return tensor
    }
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
