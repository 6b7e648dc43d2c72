// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A TensorFlow Lite model as values, and its bytes. It knows nothing of ours that reads such
/// files, so that both can only agree by way of the schema.
package struct TFLiteFile: Sendable {
  package struct Quantization: Sendable {
    package var scales: [Float]
    package var zeroPoints: [Int]
    package var dimension = 0

    package init(scale: Float, zeroPoint: Int) {
      (scales, zeroPoints) = ([scale], [zeroPoint])
    }

    package init(scales: [Float], zeroPoint: Int = 0, dimension: Int) {
      self.scales = scales
      zeroPoints = scales.map { _ in zeroPoint }
      self.dimension = dimension
    }
  }

  package struct Tensor: Sendable {
    package var name: String
    package var type: ElementType
    package var shape: [Int]
    package var quantization: Quantization?
    package var constant: [UInt8]?
    package var isVariable = false

    package var count: Int { shape.reduce(1, *) }
  }

  package struct Operator: Sendable {
    package var code: BuiltinOperator
    package var version: Int32
    /// Indexes of tensors; -1 leaves an optional input out.
    package var inputs: [Int]
    package var outputs: [Int]
    package var options: OperatorOptions
  }

  package struct Subgraph: Sendable {
    package var tensors: [Tensor] = []
    package var operators: [Operator] = []
    package var inputs: [Int] = []
    package var outputs: [Int] = []

    package init() {}
  }

  package var subgraphs: [Subgraph]

  package init(subgraphs: [Subgraph]) { self.subgraphs = subgraphs }

  // MARK: Bytes

  package var bytes: [UInt8] {
    let codes = operatorCodes
    var buffers: [[Int: FlatValue]] = [[:]]
    let graphs = subgraphs.map { table($0, codes: codes, buffers: &buffers) }
    let codeTables = codes.map { code, version -> [Int: FlatValue] in
      [
        0: .byte(UInt8(min(code.rawValue, 127))), 2: .int32(version), 3: .int32(code.rawValue),
      ]
    }
    return FlatBufferWriter.file(
      identifier: "TFL3",
      root: [
        0: .int32(3), 1: .tables(codeTables), 2: .tables(graphs), 3: .string("random"),
        4: .tables(buffers),
      ])
  }

  /// Every pair of an operator and its version that occurs, in the order of occurrence.
  private var operatorCodes: [(BuiltinOperator, Int32)] {
    var codes: [(BuiltinOperator, Int32)] = []
    for step in subgraphs.flatMap(\.operators)
    where !codes.contains(where: { $0 == (step.code, step.version) }) {
      codes.append((step.code, step.version))
    }
    return codes
  }

  private func table(
    _ graph: Subgraph, codes: [(BuiltinOperator, Int32)], buffers: inout [[Int: FlatValue]]
  ) -> [Int: FlatValue] {
    let tensors = graph.tensors.map { tensor -> [Int: FlatValue] in
      guard let constant = tensor.constant else { return table(tensor, buffer: 0) }
      buffers.append([0: .bytes(constant)])
      return table(tensor, buffer: buffers.count - 1)
    }
    let operators = graph.operators.map { step -> [Int: FlatValue] in
      let code = codes.firstIndex { $0 == (step.code, step.version) } ?? 0
      var fields: [Int: FlatValue] = [
        0: .int32(Int32(code)), 1: .int32s(step.inputs.map(Int32.init)),
        2: .int32s(step.outputs.map(Int32.init)),
      ]
      let (type, values) = step.options.table
      if type != 0 {
        fields[3] = .byte(type)
        fields[4] = .table(values)
      }
      return fields
    }
    return [
      0: .tables(tensors), 1: .int32s(graph.inputs.map(Int32.init)),
      2: .int32s(graph.outputs.map(Int32.init)), 3: .tables(operators), 4: .string("graph"),
    ]
  }

  private func table(_ tensor: Tensor, buffer: Int) -> [Int: FlatValue] {
    var fields: [Int: FlatValue] = [
      0: .int32s(tensor.shape.map(Int32.init)), 1: .byte(tensor.type.rawValue),
      2: .int32(Int32(buffer)), 3: .string(tensor.name),
    ]
    if tensor.isVariable { fields[5] = .byte(1) }
    if let quantization = tensor.quantization {
      fields[4] = .table([
        2: .floats(quantization.scales), 3: .int64s(quantization.zeroPoints.map(Int64.init)),
        6: .int32(Int32(quantization.dimension)),
      ])
    }
    return fields
  }
}

/// Element types by their codes in schema.fbs (`TensorType`).
package enum ElementType: UInt8, Sendable {
  case float32 = 0
  case int32 = 2
  case uint8 = 3
  case int64 = 4
  case bool = 6
  case int16 = 7
  case int8 = 9
  case resource = 13
  case uint32 = 15

  package var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16: 2
    case .float32, .int32, .uint32, .resource: 4
    case .int64: 8
    }
  }
}
