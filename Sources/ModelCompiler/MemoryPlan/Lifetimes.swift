// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// From when to when each buffer is needed, and which may lie over one another.
struct Lifetimes: Equatable {
  private(set) var buffers: [MemoryPlan.Buffer] = []
  private(set) var bufferOfTensor: [Int: Int] = [:]
  private(set) var bufferOfScratch: [Int: Int] = [:]
  private(set) var bufferOfVariable: [Int: Int] = [:]
  /// The buffer that a step reads for the last time, the one that it starts, and the rule for both.
  private(set) var overlaps: [BufferPair: Overlap] = [:]

  init(_ lowering: Lowering) {
    let steps = lowering.steps
    let end = max(0, steps.count - 1)
    for (index, variable) in lowering.graph.variables.enumerated() {
      bufferOfVariable[index] = add(.variable(index), variable.byteCount, from: 0, to: end)
    }
    for input in lowering.graph.inputs { use(lowering.source(of: input), at: 0, lowering) }
    for (index, step) in steps.enumerated() {
      for tensor in step.call.tensorsRead + step.call.tensorsWritten {
        use(tensor, at: index, lowering)
      }
      if let scratch = step.call.scratchByteCount, scratch > 0 {
        bufferOfScratch[index] = add(.scratch(step: index), scratch, from: index, to: index)
      }
    }
    for output in lowering.graph.outputs { use(lowering.source(of: output), at: end, lowering) }
    for tensor in lowering.aliases.keys {
      bufferOfTensor[tensor] = bufferOfTensor[lowering.source(of: tensor)]
    }
    // The caller reads the outputs after the last step: nothing may be written over one.
    let kept = Set(lowering.graph.outputs.map { bufferOfTensor[lowering.source(of: $0)] })
    for (index, step) in steps.enumerated() { findOverlaps(step.call, at: index, sparing: kept) }
  }

  private mutating func use(_ tensor: Int, at step: Int, _ lowering: Lowering) {
    if let buffer = bufferOfTensor[tensor] {
      buffers[buffer].last = max(buffers[buffer].last, step)
    } else {
      bufferOfTensor[tensor] = add(
        .tensor(tensor), lowering.tensorByteCounts[tensor], from: step, to: step)
    }
  }

  private mutating func add(
    _ role: MemoryPlan.Buffer.Role, _ byteCount: Int, from first: Int, to last: Int
  ) -> Int {
    buffers.append(
      MemoryPlan.Buffer(role: role, byteCount: byteCount, first: first, last: last))
    return buffers.count - 1
  }

  /// An input that somebody still needs, or an output that already holds something, stays apart.
  private mutating func findOverlaps(
    _ call: KernelCall, at step: Int, sparing kept: Set<Int?>
  ) {
    guard let written = call.tensorsWritten.first, let output = bufferOfTensor[written],
      buffers[output].first == step
    else { return }
    for (place, overlap) in call.overlaps {
      guard case .tensor(let read) = place, let input = bufferOfTensor[read], input != output,
        buffers[input].last == step, !kept.contains(input)
      else { continue }
      overlaps[BufferPair(input: input, output: output)] = overlap
    }
  }
}

/// Two buffers of one step, by their numbers.
struct BufferPair: Hashable {
  var input: Int
  var output: Int
}
