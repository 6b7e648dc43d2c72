// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelCompiler
import ModelGraph

/// Runs a model on the host with the very kernels that the board runs.
///
/// Holds the arena and a copy of the constants; a session belongs to one thread at a time.
public final class InferenceSession {
  /// An input that does not fit the model.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    case inputCount(Int, expected: Int)
    case elementCount(Int, ofInput: Int, expected: Int)

    public var description: String {
      switch self {
      case .inputCount(let count, let expected):
        "\(count) inputs were given; the model takes \(expected)"
      case .elementCount(let count, let input, let expected):
        "input \(input) has \(count) elements; the model takes \(expected)"
      }
    }
  }

  public let program: Program
  private let arena: UnsafeMutableRawPointer
  private let constants: UnsafeMutableRawPointer
  private let constantOffsets: [Int]

  public init(_ program: Program) {
    self.program = program
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
  }

  deinit {
    arena.deallocate()
    constants.deallocate()
  }

  /// One inference of a model with one input and one output.
  public func run(_ input: [Int8]) throws -> [Int8] { try run(inputs: [input])[0] }

  /// One inference: the elements of every input, in the model's order, to those of every output.
  public func run(inputs: [[Int8]]) throws -> [[Int8]] {
    let graph = program.graph
    guard inputs.count == graph.inputs.count else {
      throw Failure.inputCount(inputs.count, expected: graph.inputs.count)
    }
    for (index, input) in inputs.enumerated() {
      let expected = graph.tensors[graph.inputs[index]].count
      guard input.count == expected else {
        throw Failure.elementCount(input.count, ofInput: index, expected: expected)
      }
      tensor(graph.inputs[index]).update(from: input, count: input.count)
    }
    for index in program.steps.indices { run(step: index) }
    return graph.outputs.map {
      Array(UnsafeBufferPointer(start: tensor($0), count: graph.tensors[$0].count))
    }
  }

  private func run(step index: Int) {
    let step = program.steps[index]
    let input = UnsafePointer(tensor(step.inputs[0]))
    let output = tensor(step.output)
    let scratch = arena + (program.plan.offset(scratchOfStep: index) ?? 0)
    switch step.kernel {
    case .convolution(let kernel, let constants):
      kernel.run(
        input: input, weights: pointer(constants.weights), scaling: scaling(constants),
        scratch: scratch, output: output)
    case .depthwiseConvolution(let kernel, let constants):
      kernel.run(
        input: input, weights: pointer(constants.weights), scaling: scaling(constants),
        scratch: scratch, output: output)
    case .referenceDepthwiseConvolution(let kernel, let constants):
      kernel.run(
        input: input, weights: pointer(constants.weights), scaling: scaling(constants),
        output: output)
    case .fullyConnected(let kernel, let constants):
      kernel.run(
        input: input, weights: pointer(constants.weights), scaling: scaling(constants),
        scratch: scratch, output: output)
    case .averagePooling(let kernel): kernel.run(input: input, output: output)
    case .maximumPooling(let kernel): kernel.run(input: input, output: output)
    case .mean(let kernel): kernel.run(input: input, output: output)
    case .softmax(let kernel): kernel.run(input: input, output: output)
    case .addition(let kernel):
      kernel.run(first: input, second: UnsafePointer(tensor(step.inputs[1])), output: output)
    }
  }

  private func tensor(_ index: Int) -> UnsafeMutablePointer<Int8> {
    guard let offset = program.plan.offset(tensor: index) else {
      preconditionFailure("tensor \(index) has no place in the arena")
    }
    return (arena + offset).assumingMemoryBound(to: Int8.self)
  }

  private func pointer<Element>(_ constant: Int) -> UnsafePointer<Element> {
    UnsafePointer((constants + constantOffsets[constant]).assumingMemoryBound(to: Element.self))
  }

  private func scaling(_ constants: ChannelConstants) -> ChannelScaling {
    ChannelScaling(
      bias: pointer(constants.bias), multipliers: pointer(constants.multipliers),
      shifts: pointer(constants.shifts), multiplierStride: constants.multiplierStride)
  }
}
