// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ModelCompiler
import ModelGraph

/// Runs a model on the host with the very kernels that the board runs.
///
/// Holds the arena and a copy of the constants; a session belongs to one thread at a time.
public final class InferenceSession {
  /// An input that does not fit the model.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    case inputCount(Int, expected: Int)
    case byteCount(Int, ofInput: Int, expected: Int)

    public var description: String {
      switch self {
      case .inputCount(let count, let expected):
        "\(count) inputs were given; the model takes \(expected)"
      case .byteCount(let count, let input, let expected):
        "input \(input) has \(count) bytes; the model takes \(expected)"
      }
    }
  }

  public let program: Program
  private let memory: HostMemory
  private let arguments: [KernelMemory]
  private let spoilsUnusedMemory: Bool

  /// - Parameter spoilsUnusedMemory: overwrites before each step what the plan says nobody needs,
  ///   so that a kernel that reads it after all is found out.
  public init(_ program: Program, spoilsUnusedMemory: Bool = false) {
    self.program = program
    self.spoilsUnusedMemory = spoilsUnusedMemory
    let memory = HostMemory(program)
    self.memory = memory
    arguments = program.steps.indices.map { memory.arguments($0, of: program) }
    reset()
  }

  /// Gives variables their initial values, as after power-on.
  public func reset() {
    for (index, variable) in program.graph.variables.enumerated() {
      let target = memory.pointer(.variable(index))
      if let initial = program.initialValues[index] {
        target.copyMemory(from: memory.pointer(.constant(initial)), byteCount: variable.byteCount)
      } else {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: variable.byteCount)
      }
    }
  }

  /// One inference of a model with one int8 input and output.
  public func run(_ input: [Int8]) throws -> [Int8] {
    try run(inputs: [input.map { UInt8(bitPattern: $0) }])[0].map { Int8(bitPattern: $0) }
  }

  /// One inference: the bytes of every input, in the model's order, to those of every output.
  public func run(inputs: [[UInt8]]) throws -> [[UInt8]] {
    let graph = program.graph
    guard inputs.count == graph.inputs.count else {
      throw Failure.inputCount(inputs.count, expected: graph.inputs.count)
    }
    for (index, input) in inputs.enumerated() {
      let expected = graph.tensors[graph.inputs[index]].byteCount
      guard input.count == expected else {
        throw Failure.byteCount(input.count, ofInput: index, expected: expected)
      }
      memory.write(input, to: graph.inputs[index])
    }
    for (index, step) in program.steps.enumerated() {
      if spoilsUnusedMemory { spoil(duringStep: index) }
      step.call.run(arguments[index])
    }
    return graph.outputs.map {
      memory.read($0, byteCount: graph.tensors[$0].byteCount)
    }
  }

  private func spoil(duringStep step: Int) {
    for range in program.plan.unusedRanges(duringStep: step) {
      (memory.arena + range.lowerBound).initializeMemory(
        as: UInt8.self, repeating: 0xA5, count: range.count)
    }
  }
}
