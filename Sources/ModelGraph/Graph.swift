// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A model that was checked from end to end: whatever reads it may index and multiply without
/// asking again. Operators stand in an order in which they can run.
public struct Graph: Equatable, Sendable {
  /// State between inferences: bytes that `initial` fills before the first, zero without.
  public struct Variable: Equatable, Sendable {
    public var name: String
    public var byteCount: Int
    public var initial: [UInt8]?

    public init(name: String, byteCount: Int, initial: [UInt8]? = nil) {
      self.name = name
      self.byteCount = byteCount
      self.initial = initial
    }
  }

  /// Bounds that keep every size within 32-bit arithmetic and a hostile file from costing
  /// gigabytes.
  public enum Limits {
    public static let elements = 1 << 28
    public static let dimensions = 6
    public static let tensors = 8192
    public static let operators = 4096
    /// Inputs or outputs of one operator.
    public static let operands = 1024
    /// Inputs and outputs of all operators.
    public static let allOperands = 1 << 16
    /// Bytes of all variables.
    public static let variableBytes = 1 << 24
    /// Largest stride, dilation and kernel side.
    public static let side = 1 << 14
  }

  public let tensors: [Tensor]
  public let operators: [Operator]
  public let inputs: [Int]
  public let outputs: [Int]
  /// Memory that keeps its values from one inference to the next.
  public let variables: [Variable]

  /// - Throws: `ModelError`, naming the first operator or tensor that is wrong.
  public init(
    tensors: [Tensor], operators: [Operator], inputs: [Int], outputs: [Int],
    variables: [Variable] = []
  ) throws {
    self.tensors = tensors
    self.inputs = inputs
    self.outputs = outputs
    self.variables = variables
    try Self.checkSizes(tensors, operators)
    try Self.checkReferences(tensors, operators, inputs, outputs)
    self.operators = try Self.inRunningOrder(tensors, operators, inputs)
    try checkEnds()
    for step in self.operators { try OperatorCheck(graph: self, step: step).run() }
  }

  private static func checkSizes(_ tensors: [Tensor], _ operators: [Operator]) throws {
    guard tensors.count <= Limits.tensors, operators.count <= Limits.operators else {
      throw ModelError(
        .model, "\(tensors.count) tensors and \(operators.count) operators",
        remedy: "at most \(Limits.tensors) and \(Limits.operators) are supported")
    }
    for (index, tensor) in tensors.enumerated() {
      guard tensor.shape.count <= Limits.dimensions else {
        throw ModelError(
          .tensor(index: index, name: tensor.name), "has \(tensor.shape.count) dimensions",
          remedy: "at most \(Limits.dimensions) are supported")
      }
      var count = 1
      for extent in tensor.shape {
        guard extent >= 1, extent <= Limits.elements / count else {
          throw ModelError(
            .tensor(index: index, name: tensor.name), "has the shape \(tensor.shapeText)",
            remedy: "give every dimension a fixed size, at most \(Limits.elements) elements in all")
        }
        count *= extent
      }
      if let constant = tensor.constant, let width = tensor.type.byteCount,
        constant.count != count * width
      {
        throw ModelError(
          .tensor(index: index, name: tensor.name),
          "holds \(constant.count) bytes, but \(tensor.shapeText) \(tensor.type.rawValue) take "
            + "\(count * width)", remedy: "the file is damaged; convert the model again")
      }
    }
  }

  private static func checkReferences(
    _ tensors: [Tensor], _ operators: [Operator], _ inputs: [Int], _ outputs: [Int]
  ) throws {
    func check(_ tensor: Int, _ place: ModelError.Place, _ role: String) throws {
      guard tensors.indices.contains(tensor) else {
        throw ModelError(
          place, "\(role) is tensor \(tensor), but there are \(tensors.count) tensors",
          remedy: "the file is damaged; convert the model again")
      }
    }
    for input in inputs { try check(input, .model, "an input") }
    for output in outputs { try check(output, .model, "an output") }
    for step in operators {
      for input in step.operands { try check(input, step.place, "an input") }
      for output in step.outputs { try check(output, step.place, "an output") }
    }
  }

  /// Sorts the operators so that each comes after those whose results it reads, otherwise in the
  /// model's order; refuses cycles, tensors written twice and tensors that nothing writes.
  private static func inRunningOrder(
    _ tensors: [Tensor], _ operators: [Operator], _ inputs: [Int]
  ) throws -> [Operator] {
    var writer = [Int?](repeating: nil, count: tensors.count)
    let given = Set(inputs)
    for (index, step) in operators.enumerated() {
      for output in step.outputs {
        guard writer[output] == nil, !given.contains(output), tensors[output].constant == nil
        else {
          throw ModelError(
            step.place, "writes tensor \(output), which already has a value",
            remedy: "each tensor must have one source; convert the model again")
        }
        writer[output] = index
      }
    }
    var ready = tensors.map { $0.constant != nil }
    for input in inputs { ready[input] = true }

    var ordered: [Operator] = []
    var waiting = Array(operators)
    while !waiting.isEmpty {
      var blocked: [Operator] = []
      // What reads and writes variables keeps its order.
      var holdsVariables = false
      for step in waiting {
        if step.operands.allSatisfy({ ready[$0] }), !(step.usesVariables && holdsVariables) {
          for output in step.outputs { ready[output] = true }
          ordered.append(step)
        } else {
          blocked.append(step)
          holdsVariables = holdsVariables || step.usesVariables
        }
      }
      if blocked.count == waiting.count {
        throw unreachable(blocked[0], ready, tensors, writer)
      }
      waiting = blocked
    }
    return ordered
  }

  private static func unreachable(
    _ step: Operator, _ ready: [Bool], _ tensors: [Tensor], _ writer: [Int?]
  ) -> ModelError {
    let missing = step.operands.first { !ready[$0] } ?? step.operands[0]
    let why =
      writer[missing] == nil
      ? "is read but nothing computes it" : "depends on itself through a cycle"
    return ModelError(
      .operand(
        operatorIndex: step.index, operatorName: step.name, tensor: missing,
        tensorName: tensors[missing].name), why,
      remedy: "the graph must lead from its inputs to its outputs; convert the model again")
  }

  private func checkEnds() throws {
    guard !inputs.isEmpty, !outputs.isEmpty, !operators.isEmpty else {
      throw ModelError(
        .model,
        "has \(inputs.count) inputs, \(outputs.count) outputs and \(operators.count) operators",
        remedy: "a model needs at least one of each")
    }
    let computed = Set(operators.flatMap(\.outputs))
    for output in outputs where !computed.contains(output) {
      throw ModelError(
        .tensor(index: output, name: tensors[output].name),
        "is an output that no operator computes", remedy: "convert the model again")
    }
    for end in inputs + outputs {
      try checkHeld(end, at: .tensor(index: end, name: tensors[end].name))
    }
  }

  /// A tensor of a type that Breadboard can hold.
  func checkHeld(_ index: Int, at place: ModelError.Place) throws {
    guard tensors[index].type.byteCount == nil else { return }
    throw ModelError(
      place, "is \(tensors[index].type.rawValue)",
      remedy: "int8, int16, int32, int64, uint8, bool and float32 are supported; convert with "
        + "full-integer quantization")
  }
}
