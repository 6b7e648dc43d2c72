// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// The memory of a model that outlives an inference: its resource variables (VAR_HANDLE) and the
/// tensors that it marks as variables (states of SVDF and LSTM), with TensorFlow Lite Micro's
/// initial values.
struct Variables {
  private(set) var all: [Graph.Variable] = []
  private var byteCount = 0
  /// Numbers of variable tensors, and of resource variables by the tensor that holds the handle.
  private(set) var ofState: [Int: Int] = [:]
  private var ofHandle: [Int: Int] = [:]
  private var ofName: [String: Int] = [:]

  init() {}

  /// - Parameter states: tensors that are marked as variables.
  init(_ entries: [OperatorEntry], tensors: [Tensor], states: [Int]) throws {
    for state in states {
      ofState[state] = try add(
        tensors[state].name, tensors[state], .tensor(index: state, name: tensors[state].name))
    }
    let names = try Self.names(entries)
    // An assigned tensor says more than one that is read: its zero point is the initial value.
    let users =
      entries.filter { $0.name == "ASSIGN_VARIABLE" }
      + entries.filter { $0.name == "READ_VARIABLE" }
    for user in users {
      guard let handle = user.inputs.first, let name = names[handle] else { continue }
      let value =
        user.name == "ASSIGN_VARIABLE" ? user.inputs.dropFirst().first : user.outputs.first
      guard let value, tensors.indices.contains(value) else { continue }
      let number = try ofName[name] ?? add(name, tensors[value], user.place)
      ofName[name] = number
      ofHandle[handle] = number
    }
  }

  func number(ofHandle handle: Int?, _ reader: OperatorReader) throws -> Int {
    guard let handle, let number = ofHandle[handle] else {
      throw reader.error("does not have the handle of a variable (VAR_HANDLE)")
    }
    return number
  }

  /// Takes the values that a subgraph, which is run once, assigns.
  mutating func initialise(_ entries: [OperatorEntry], tensors: [Tensor]) throws {
    let names = try Self.names(entries)
    for entry in entries where entry.name != "VAR_HANDLE" {
      guard entry.name == "ASSIGN_VARIABLE", entry.inputs.count == 2,
        let name = names[entry.inputs[0]], tensors.indices.contains(entry.inputs[1]),
        let constant = tensors[entry.inputs[1]].constant
      else {
        throw ModelError(
          entry.place, "computes the first value of a variable",
          remedy: "give variables constant first values: CALL_ONCE may only assign constants")
      }
      guard let number = ofName[name] else { continue }
      guard constant.count == all[number].byteCount else {
        throw ModelError(
          entry.place,
          "assigns \(constant.count) bytes to a variable of \(all[number].byteCount)",
          remedy: "the file is damaged; convert the model again")
      }
      all[number].initial = Array(constant)
    }
  }

  /// TensorFlow Lite Micro fills memory with the zero point's lowest byte.
  private mutating func add(
    _ name: String, _ tensor: Tensor, _ place: ModelError.Place
  ) throws -> Int {
    guard let count = tensor.checkedCount, let width = tensor.type.byteCount,
      byteCount + count * width <= Graph.Limits.variableBytes
    else {
      throw ModelError(
        place, "is a variable of \(tensor.type.rawValue) \(tensor.shapeText)",
        remedy: "variables are of a type that is supported and take at most "
          + "\(Graph.Limits.variableBytes) bytes in all")
    }
    byteCount += count * width
    let zeroPoint = tensor.type == .int8 ? tensor.quantization?.zeroPoints.first ?? 0 : 0
    all.append(
      Graph.Variable(
        name: name, byteCount: count * width,
        initial: zeroPoint == 0
          ? nil : Array(repeating: UInt8(truncatingIfNeeded: zeroPoint), count: count * width)))
    return all.count - 1
  }

  /// Variables' names by the tensors that hold their handles.
  private static func names(_ entries: [OperatorEntry]) throws -> [Int: String] {
    var names: [Int: String] = [:]
    for entry in entries where entry.name == "VAR_HANDLE" {
      guard let handle = entry.outputs.first,
        let options = try entry.table.table(Schema.Operator.options)
      else { continue }
      names[handle] =
        try options.name(Schema.VarHandle.container) + "/"
        + options.name(Schema.VarHandle.sharedName)
    }
    return names
  }
}

extension Tensor {
  /// Elements, where the shape is sound.
  var checkedCount: Int? {
    var count = 1
    for extent in shape {
      guard extent >= 1, extent <= Graph.Limits.elements / count else { return nil }
      count *= extent
    }
    return count
  }
}
