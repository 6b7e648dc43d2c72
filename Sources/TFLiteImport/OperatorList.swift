// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// A model's operators before their options are read.
struct OperatorList {
  /// Tensors of an operator, or ends of a model, that a sane model stays below.
  static let operandLimit = Graph.Limits.operands

  private struct Entry {
    let index: Int
    let name: String
    let version: Int
    let table: FlatBuffer.Table
    let inputs: [Int]
    let outputs: [Int]

    /// A reshape's result has its shape from the file; how the converter would compute that shape
    /// at run time (SHAPE, STRIDED_SLICE, PACK) does not matter.
    var read: [Int] { name == "RESHAPE" ? Array(inputs.prefix(1)) : inputs }
  }

  private let entries: [Entry]

  init(model: FlatBuffer.Table, subgraph: FlatBuffer.Table) throws {
    let tables = try subgraph.tables(Schema.Subgraph.operators)
    let codes = try model.tables(Schema.Model.operatorCodes)
    guard tables.count <= Graph.Limits.operators else {
      throw ModelError(
        .model, "has \(tables.count) operators",
        remedy: "at most \(Graph.Limits.operators) are supported")
    }
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
      return Entry(
        index: index, name: try Self.name(kind),
        version: try kind.int32(Schema.OperatorCode.version, default: 1), table: table,
        inputs: try Self.operands(table, Schema.Operator.inputs, index),
        outputs: try Self.operands(table, Schema.Operator.outputs, index))
    }
  }

  /// The operators that lead to `outputs`, read with their options; others are left out.
  func operators(neededFor outputs: [Int], tensors: [Tensor]) throws -> [Operator] {
    try needed(for: outputs).map { entry in
      try check(entry)
      return try OperatorReader(
        index: entry.index, name: entry.name, table: entry.table, tensors: tensors,
        inputs: entry.inputs, outputs: entry.outputs
      ).read()
    }
  }

  private func needed(for outputs: [Int]) -> [Entry] {
    var writers: [Int: [Int]] = [:]
    for entry in entries {
      for output in entry.outputs { writers[output, default: []].append(entry.index) }
    }
    var isNeeded = [Bool](repeating: false, count: entries.count)
    var tensors = outputs
    while let tensor = tensors.popLast() {
      for writer in writers[tensor] ?? [] where !isNeeded[writer] {
        isNeeded[writer] = true
        tensors += entries[writer].read
      }
    }
    return entries.filter { isNeeded[$0.index] }
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
    guard vector.count <= operandLimit else {
      throw ModelError(
        .operator(index: index, name: "?"), "has \(vector.count) tensors",
        remedy: "at most \(operandLimit) are supported")
    }
    return try vector.int32s()
  }

  /// Refuses what is not one of our operators, in a version that we know.
  private func check(_ entry: Entry) throws {
    let place = ModelError.Place.operator(index: entry.index, name: entry.name)
    guard let newest = OperatorReader.newestVersions[entry.name] else {
      let names = OperatorReader.newestVersions.keys.sorted().joined(separator: ", ")
      throw ModelError(place, "is not supported", remedy: "supported are " + names)
    }
    guard (1...newest).contains(entry.version) else {
      throw ModelError(
        place, "has version \(entry.version)", remedy: "versions 1 to \(newest) are supported")
    }
  }
}
