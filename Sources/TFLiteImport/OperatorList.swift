// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// An operator of a file before its options are read.
struct OperatorEntry {
  let index: Int
  let name: String
  let version: Int
  let table: FlatBuffer.Table
  let inputs: [Int]
  let outputs: [Int]

  /// A reshape's result has its shape from the file; how the converter would compute that shape
  /// at run time (SHAPE, STRIDED_SLICE, PACK) does not matter. The same is so for others.
  var read: [Int] {
    switch name {
    case "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "BROADCAST_TO": Array(inputs.prefix(1))
    case "TRANSPOSE_CONV", "FILL": Array(inputs.dropFirst())
    case "READ_VARIABLE": []
    case "ASSIGN_VARIABLE": Array(inputs.dropFirst())
    default: inputs
    }
  }

  var place: ModelError.Place { .operator(index: index, name: name) }

  var isOfKnownVersion: Bool {
    OperatorRow.all[name].map { (1...$0.newestVersion).contains(version) } ?? false
  }

  func reader(_ tensors: [Tensor], _ variables: Variables) -> OperatorReader {
    OperatorReader(
      index: index, name: name, table: table, tensors: tensors, inputs: inputs, outputs: outputs,
      variables: variables)
  }

  /// Refuses what is not one of our operators, in a version that we know.
  func row() throws -> OperatorRow {
    guard let row = OperatorRow.all[name] else {
      throw ModelError(
        place, "is not supported", remedy: Remedies.remedy(for: name))
    }
    guard isOfKnownVersion else {
      throw ModelError(
        place, "has version \(version)",
        remedy: "versions 1 to \(row.newestVersion) are supported; convert with an older converter")
    }
    return row
  }
}

/// The operators of a subgraph.
struct OperatorList {
  let entries: [OperatorEntry]

  init(model: FlatBuffer.Table, subgraph: FlatBuffer.Table) throws {
    let tables = try subgraph.tables(Schema.Subgraph.operators)
    let codes = try model.tables(Schema.Model.operatorCodes)
    guard tables.count <= Graph.Limits.operators else {
      throw ModelError(
        .model, "has \(tables.count) operators",
        remedy: "at most \(Graph.Limits.operators) are supported")
    }
    var total = 0
    entries = try (0..<tables.count).map { index in
      let table = try tables.table(index)
      let code = try table.int32(Schema.Operator.code)
      guard (0..<codes.count).contains(code) else {
        throw ModelError(
          .operator(index: index, name: "?"),
          "has operator code \(code), but there are \(codes.count)",
          remedy: "the file is damaged; convert the model again")
      }
      let kind = try codes.table(code)
      let entry = OperatorEntry(
        index: index, name: try Self.name(kind),
        version: try kind.int32(Schema.OperatorCode.version, default: 1), table: table,
        inputs: try Self.operands(table, Schema.Operator.inputs, index),
        outputs: try Self.operands(table, Schema.Operator.outputs, index))
      total += entry.inputs.count + entry.outputs.count
      guard total <= Graph.Limits.allOperands else {
        throw ModelError(
          entry.place, "brings the operators' tensors to \(total)",
          remedy: "at most \(Graph.Limits.allOperands) are supported")
      }
      return entry
    }
  }

  /// The operators that lead to `outputs` or to variables, read with their options; others, and
  /// those that are `resolved`, are left out.
  func operators(
    neededFor outputs: [Int], tensors: [Tensor], variables: Variables, resolved: Set<Int>
  ) throws -> [Operator] {
    let remaining = entries.filter { !resolved.contains($0.index) && $0.name != "CALL_ONCE" }
    return try Self.needed(remaining, for: outputs).map { entry in
      try entry.reader(tensors, variables).read(entry.row())
    }
  }

  private static func needed(_ entries: [OperatorEntry], for outputs: [Int]) -> [OperatorEntry] {
    var writers: [Int: [Int]] = [:]
    for (place, entry) in entries.enumerated() {
      for output in entry.outputs { writers[output, default: []].append(place) }
    }
    var isNeeded = entries.map { $0.name == "ASSIGN_VARIABLE" }
    var tensors = outputs + entries.filter { $0.name == "ASSIGN_VARIABLE" }.flatMap(\.read)
    while let tensor = tensors.popLast() {
      for writer in writers.removeValue(forKey: tensor) ?? [] where !isNeeded[writer] {
        isNeeded[writer] = true
        tensors += entries[writer].read
      }
    }
    return zip(entries, isNeeded).filter(\.1).map(\.0)
  }

  /// Codes up to 126 were once a byte; files carry the byte, the newer field or both.
  private static func name(_ code: FlatBuffer.Table) throws -> String {
    let name = BuiltinOperators.name(
      max(
        try code.byte(Schema.OperatorCode.deprecatedCode),
        try code.int32(Schema.OperatorCode.code)))
    return name == "CUSTOM" ? "CUSTOM '\(try code.name(Schema.OperatorCode.customCode))'" : name
  }

  private static func operands(
    _ table: FlatBuffer.Table, _ field: Int, _ index: Int
  ) throws -> [Int] {
    let vector = try table.vector(field, width: 4)
    guard vector.count <= Graph.Limits.operands else {
      throw ModelError(
        .operator(index: index, name: "?"), "has \(vector.count) tensors",
        remedy: "at most \(Graph.Limits.operands) are supported")
    }
    return try vector.int32s()
  }
}
