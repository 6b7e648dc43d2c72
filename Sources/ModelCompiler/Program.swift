// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ModelGraph

/// Values that a program keeps in read-only memory.
public struct Constant: Equatable, Sendable {
  public enum Values: Equatable, Sendable {
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
  }

  /// A lower-case identifier such as `layer3_weights`.
  public let name: String
  public let values: Values

  public var byteCount: Int {
    switch values {
    case .int8(let values): values.count
    case .int16(let values): 2 * values.count
    case .int32(let values): 4 * values.count
    }
  }
}

/// The kind of core that a program is for: it decides which kernels are taken.
public enum TargetCore: Sendable {
  /// Armv7E-M with the DSP extension: Cortex-M4, M7.
  case dsp
  /// Without: Cortex-M0, M0+, M3.
  case baseline
}

/// What a compilation may do.
public struct CompilerOptions: Sendable {
  public var core: TargetCore
  /// Leave out channels that are the same for every input.
  public var removesDeadChannels: Bool

  public init(core: TargetCore = .dsp, removesDeadChannels: Bool = true) {
    self.core = core
    self.removesDeadChannels = removesDeadChannels
  }
}

/// One kernel call, and the operator that it is part of.
public struct Step: Sendable {
  public let source: Operator
  public let call: KernelCall
}

/// A model ready to run, on the host or as generated code: kernels in order, constants in the
/// kernels' layouts, and a place in the arena for every tensor.
public struct Program: Sendable {
  public let graph: Graph
  public let options: CompilerOptions
  public let steps: [Step]
  public let constants: [Constant]
  public let plan: MemoryPlan
  /// Variables with initial values, and the constants that hold these.
  public let initialValues: [Int: Int]

  /// - Throws: `ModelError` where an operator, a size or a scale is beyond what the kernels do.
  public init(_ graph: Graph, options: CompilerOptions = CompilerOptions()) throws {
    let folded = try ConstantFolding.folded(
      graph, evaluate: ConstantFolding.evaluation(in: graph))
    try self.init(
      lowering: options.removesDeadChannels ? try DeadChannels.removed(from: folded) : folded,
      options: options)
  }

  /// A graph as it is.
  init(lowering graph: Graph, options: CompilerOptions) throws {
    var lowering = Lowering(graph: graph, options: options)
    try lowering.run()
    self.graph = graph
    self.options = options
    steps = lowering.steps
    constants = lowering.constants
    initialValues = lowering.initialValues
    plan = try MemoryPlan(lowering)
  }

  /// Of the operator's first output, for people; operators that only write a variable have none.
  func outputShape(of step: Step) -> String {
    step.source.outputs.first.map { graph.tensors[$0].shapeText } ?? "a variable"
  }

  public var constantByteCount: Int { constants.reduce(0) { $0 + $1.byteCount } }
  public var multiplyCount: Int { steps.reduce(0) { $0 + $1.call.multiplyCount } }
}
