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
  private let arena: UnsafeMutableRawPointer
  private let constants: UnsafeMutableRawPointer
  private let constantOffsets: [Int]
  private var memories: [KernelMemory] = []
  private let spoilsUnusedMemory: Bool

  /// - Parameter spoilsUnusedMemory: overwrites before each step what the plan says nobody needs,
  ///   so that a kernel that reads it after all is found out.
  public init(_ program: Program, spoilsUnusedMemory: Bool = false) {
    self.program = program
    self.spoilsUnusedMemory = spoilsUnusedMemory
    arena = .allocate(
      byteCount: max(1, program.plan.arenaByteCount), alignment: MemoryPlan.alignment)
    arena.initializeMemory(as: UInt8.self, repeating: 0, count: program.plan.arenaByteCount)
    var offsets: [Int] = []
    var end = 0
    for constant in program.constants {
      offsets.append(end)
      end += (constant.byteCount + 7) & ~7
    }
    constantOffsets = offsets
    constants = .allocate(byteCount: max(1, end), alignment: 8)
    for (constant, offset) in zip(program.constants, offsets) {
      let target = UnsafeMutableRawBufferPointer(
        start: constants + offset, count: constant.byteCount)
      switch constant.values {
      case .int8(let values): values.withUnsafeBytes { target.copyMemory(from: $0) }
      case .int16(let values): values.withUnsafeBytes { target.copyMemory(from: $0) }
      case .int32(let values): values.withUnsafeBytes { target.copyMemory(from: $0) }
      }
    }
    memories = program.steps.indices.map(memory)
    reset()
  }

  deinit {
    arena.deallocate()
    constants.deallocate()
  }

  /// Gives variables their initial values, as after power-on.
  public func reset() {
    for (index, variable) in program.graph.variables.enumerated() {
      let target = arena + program.plan.offset(variable: index)
      if let initial = program.initialValues[index] {
        target.copyMemory(from: pointer(.constant(initial)), byteCount: variable.byteCount)
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
      input.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(
          start: pointer(.tensor(graph.inputs[index])), count: expected
        ).copyMemory(from: bytes)
      }
    }
    for (index, step) in program.steps.enumerated() {
      if spoilsUnusedMemory { spoil(duringStep: index) }
      step.call.run(memories[index])
    }
    return graph.outputs.map { output in
      Array(
        UnsafeRawBufferPointer(
          start: pointer(.tensor(output)), count: graph.tensors[output].byteCount))
    }
  }

  private func spoil(duringStep step: Int) {
    for range in program.plan.unusedRanges(duringStep: step) {
      (arena + range.lowerBound).initializeMemory(
        as: UInt8.self, repeating: 0xA5, count: range.count)
    }
  }

  private func memory(ofStep index: Int) -> KernelMemory {
    let call = program.steps[index].call
    var pointers = call.reads.map { pointer($0.place) }
    if call.scratchByteCount != nil {
      pointers.append(arena + program.plan.offset(scratchOfStep: index))
    }
    return KernelMemory(pointers + call.writes.map { pointer($0.place) })
  }

  private func pointer(_ place: Place) -> UnsafeMutableRawPointer {
    switch place {
    case .tensor(let index): arena + program.plan.offset(tensor: index)
    case .variable(let index): arena + program.plan.offset(variable: index)
    case .constant(let index): constants + constantOffsets[index]
    }
  }
}
