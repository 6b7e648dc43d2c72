// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Computes at compile time what depends on constants alone, and leaves out operators whose
/// results nobody reads.
struct ConstantFolding {
  /// What an operator makes of constants, in the order of its outputs; nil where that cannot be
  /// said.
  typealias Evaluation = (Operator, [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>]?

  /// A result that is larger stays an operator: it would cost more flash than it saves time.
  static let byteLimit = 1 << 16

  static func folded(_ graph: Graph, evaluate: Evaluation) throws -> Graph {
    var tensors = graph.tensors
    var operators: [Operator] = []
    for step in graph.operators {
      guard let inputs = constants(of: step, tensors, graph.outputs),
        let outputs = evaluate(step, inputs), outputs.count == step.outputs.count
      else {
        operators.append(step)
        continue
      }
      for (output, value) in zip(step.outputs, outputs) { tensors[output].constant = value }
    }
    operators = used(operators, graph.outputs)
    guard operators.count < graph.operators.count else { return graph }
    return try Graph(
      tensors: tensors, operators: operators, inputs: graph.inputs, outputs: graph.outputs,
      variables: graph.variables)
  }

  /// The inputs' values, if all are constant and the result may become one.
  private static func constants(
    of step: Operator, _ tensors: [Tensor], _ ends: [Int]
  ) -> [ArraySlice<UInt8>]? {
    let inputs = step.inputs.compactMap { tensors[$0].constant }
    let size = step.outputs.reduce(0) { $0 + tensors[$1].byteCount }
    guard !inputs.isEmpty, inputs.count == step.inputs.count, !step.kind.hasState,
      size <= byteLimit, Set(ends).isDisjoint(with: step.outputs)
    else { return nil }
    return inputs
  }

  /// Operators that lead to an output or change what outlives an inference.
  private static func used(_ operators: [Operator], _ outputs: [Int]) -> [Operator] {
    var needed = Set(outputs)
    var used: [Operator] = []
    for step in operators.reversed()
    where step.kind.hasState || !needed.isDisjoint(with: step.outputs) {
      needed.formUnion(step.operands)
      used.append(step)
    }
    return used.reversed()
  }

  /// Runs the operator's own kernels, as a program of one operator.
  static func evaluation(in graph: Graph) -> Evaluation {
    { step, values in
      // An operator that has no kernel is left for the lowering to refuse.
      guard let single = try? alone(step, graph),
        let program = try? Program(lowering: single, options: CompilerOptions(core: .baseline))
      else { return nil }
      let memory = HostMemory(program)
      for (input, value) in zip(single.operators[0].inputs, values) {
        memory.write(value, to: input)
      }
      for (index, step) in program.steps.enumerated() {
        step.call.run(memory.arguments(index, of: program))
      }
      return single.outputs.map {
        memory.read($0, byteCount: single.tensors[$0].byteCount)[...]
      }
    }
  }

  /// The operator as a graph of its own, with its data as inputs.
  private static func alone(_ step: Operator, _ graph: Graph) throws -> Graph {
    var step = step
    var tensors = graph.tensors
    if step.operands.count == step.inputs.count {
      // Nothing but data: the other tensors need not be checked again for each operator.
      let used = Set(step.inputs + step.outputs).sorted()
      let places = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
      tensors = used.map { graph.tensors[$0] }
      step.inputs = step.inputs.compactMap { places[$0] }
      step.outputs = step.outputs.compactMap { places[$0] }
    }
    for input in step.inputs { tensors[input].constant = nil }
    return try Graph(
      tensors: tensors, operators: [step], inputs: Set(step.inputs).sorted(),
      outputs: step.outputs)
  }
}

extension Operator.Kind {
  /// Whether a result depends on earlier inferences, or a later one on this.
  fileprivate var hasState: Bool {
    switch self {
    case .readVariable, .assignVariable, .svdf, .sequenceLSTM: true
    default: false
    }
  }
}
