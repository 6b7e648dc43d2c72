// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CLibFuzzer
import ModelCompiler
import ModelGraph
import ModelRunner
import TFLiteImport

/// A file as a user's: to a graph, to a program for each kind of core, and through one inference.
/// Errors are fine, traps and hangs are found.
func explore(_ bytes: UnsafeBufferPointer<UInt8>) {
  guard let graph = try? TFLiteModel.graph(from: Array(bytes)), isSmall(graph) else { return }
  for core in [TargetCore.dsp, .baseline] {
    guard let program = try? Program(graph, options: CompilerOptions(core: core)),
      program.plan.arenaByteCount <= 1 << 22, program.multiplyCount <= 1 << 22
    else { continue }
    let session = InferenceSession(program, spoilsUnusedMemory: true)
    let inputs = graph.inputs.map { tensor in
      (0..<graph.tensors[tensor].byteCount).map { UInt8(truncatingIfNeeded: 151 &* $0 &+ 17) }
    }
    _ = try? session.run(inputs: inputs)
    _ = try? session.run(inputs: inputs)
  }
}

/// What an inference can be waited for: large tensors are slow, not wrong.
func isSmall(_ graph: Graph) -> Bool {
  let elements = graph.tensors.reduce(0) { $0 + $1.count }
  let positions = graph.operators.reduce(0) { sum, step in
    guard case .averagePool(_, let height, let width, _) = step.kind else {
      guard case .maximumPool(_, let height, let width, _) = step.kind else { return sum }
      return sum + height * width * graph.tensors[step.output].count
    }
    return sum + height * width * graph.tensors[step.output].count
  }
  return elements <= 1 << 16 && positions <= 1 << 22
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
  explore(UnsafeBufferPointer(start: data, count: count))
  return 0
}
