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
  private let model: FlatBuffer.Table
  /// The first is the model; the others may only give first values to its variables.
  private let subgraphs: FlatBuffer.Vector
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
    subgraphs = try model.tables(Schema.Model.subgraphs)
    guard subgraphs.count >= 1 else {
      throw ModelError(.model, "has no subgraph", remedy: "convert the model again")
    }
    buffers = try model.tables(Schema.Model.buffers)
  }

  func graph() throws -> Graph {
    let subgraph = try subgraphs.table(0)
    var (tensors, states) = try TensorReader(subgraph: subgraph, buffers: buffers).tensors()
    let inputs = try ends(subgraph, Schema.Subgraph.inputs, "inputs")
    let outputs = try ends(subgraph, Schema.Subgraph.outputs, "outputs")
    let list = try OperatorList(model: model, subgraph: subgraph)
    var variables = try Variables(list.entries, tensors: tensors, states: states)
    try initialise(&variables, list)
    let resolved = KnownValues(entries: list.entries, inputs: Set(inputs)).resolve(&tensors)
    var operators = try list.operators(
      neededFor: outputs, tensors: tensors, variables: variables, resolved: resolved)
    operators += copies(of: outputs, list.entries.filter { resolved.contains($0.index) }, &tensors)
    BatchShapes.complete(operators, &tensors)
    forgetUnused(operators, inputs + outputs, &tensors)
    return try Graph(
      tensors: tensors, operators: operators, inputs: inputs, outputs: outputs,
      variables: variables.all)
  }

  private func ends(_ subgraph: FlatBuffer.Table, _ field: Int, _ what: String) throws -> [Int] {
    let vector = try subgraph.vector(field, width: 4)
    guard vector.count <= Graph.Limits.operands else {
      throw ModelError(
        .model, "has \(vector.count) \(what)",
        remedy: "at most \(Graph.Limits.operands) are supported")
    }
    return try vector.int32s()
  }

  /// Runs, so to say, the subgraphs that give variables their first values.
  private func initialise(_ variables: inout Variables, _ list: OperatorList) throws {
    var called: Set<Int> = []
    for entry in list.entries where entry.name == "CALL_ONCE" {
      let options = try entry.reader([], Variables()).options(Schema.CallOnce.type)
      let index = try options.int32(Schema.CallOnce.subgraph)
      guard (1..<max(subgraphs.count, 1)).contains(index) else {
        throw ModelError(
          entry.place, "calls subgraph \(index), but there are \(subgraphs.count)",
          remedy: "the file is damaged; convert the model again")
      }
      guard called.insert(index).inserted else { continue }
      let subgraph = try subgraphs.table(index)
      try variables.initialise(
        OperatorList(model: model, subgraph: subgraph).entries,
        tensors: TensorReader(subgraph: subgraph, buffers: buffers).tensors().0)
    }
    guard subgraphs.count == 1 + called.count else {
      throw ModelError(
        .model, "has \(subgraphs.count) subgraphs",
        remedy: "one is supported; convert without control flow or extra signatures")
    }
  }

  /// Operators that give outputs whose values are known.
  private func copies(
    of outputs: [Int], _ resolved: [OperatorEntry], _ tensors: inout [Tensor]
  ) -> [Operator] {
    resolved.filter { outputs.contains($0.outputs[0]) }.map { entry in
      let output = entry.outputs[0]
      tensors.append(tensors[output])
      tensors[output].constant = nil
      return Operator(
        index: entry.index, kind: .broadcast, name: entry.name, inputs: [tensors.count - 1],
        outputs: [output])
    }
  }

  /// Tensors that nothing uses may be of any shape.
  private func forgetUnused(_ operators: [Operator], _ ends: [Int], _ tensors: inout [Tensor]) {
    let used = Set(operators.flatMap { $0.operands + $0.outputs } + ends)
    for index in tensors.indices where !used.contains(index) {
      tensors[index] = Tensor(name: tensors[index].name, shape: [], type: tensors[index].type)
    }
  }
}
