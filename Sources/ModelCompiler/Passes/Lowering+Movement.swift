// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Elements moved, unchanged: every operator is a list of movements, and those that leave all bytes
/// where they are cost nothing.
extension Lowering {
  mutating func movement(_ step: Operator) throws {
    switch step.kind {
    case .pad(let before, _, let value): try pad(step, before: before, value: value)
    case .mirrorPad(let before, let after, let reflect):
      try mirrorPad(step, before: before, after: after, border: reflect ? 1 : 0)
    case .transpose(let permutation): try transpose(step, permutation)
    case .concatenation(let dimension, let activation):
      guard activation == .none else { throw unsupported(step) }
      try concatenate(step, dimension)
    case .pack(let dimension): try concatenate(step, dimension)
    case .split(let dimension), .unpack(let dimension): try split(step, dimension)
    case .slice(let begin, let strides, let extents):
      try slice(step, begin: begin, strides: strides, extents: extents)
    case .tile, .broadcast: try tile(step)
    case .spaceToDepth(let block): try spaceToDepth(step, block: block)
    case .depthToSpace(let block): try depthToSpace(step, block: block)
    case .spaceToBatch(let block, let before, _):
      try spaceToBatch(step, block: block, before: before)
    case .batchToSpace(let block, let cropBefore, _):
      try batchToSpace(step, block: block, before: cropBefore)
    default: throw unsupported(step)
    }
  }

  // MARK: Parts

  /// Elements of a tensor between neighbours in each dimension.
  func strides(_ tensor: Int) -> [Int] { rowMajorStrides(graph.tensors[tensor].shape) }

  /// Moves elements of `source` to `target`, which no other call writes.
  mutating func moveAll(
    _ step: Operator, _ movement: Movement, from source: Int, to target: Int
  ) throws {
    let movement = movement.simplified
    let count = graph.tensors[target].count
    if movement.isIdentity(of: count), graph.tensors[source].count == count,
      case .tensor = try place(source)
    {
      return alias(target, of: source)
    }
    try move(step, [movement], from: try place(source), to: target, isWhole: true)
  }

  /// - Parameter isWhole: whether nothing else writes `target`.
  mutating func move(
    _ step: Operator, _ movements: [Movement], from source: Place, to target: Int,
    isWhole: Bool = false
  ) throws {
    let bytes = graph.tensors[target].type.byteCount ?? 1
    let kernels = movements.filter { $0.count > 0 }.flatMap {
      $0.simplified.kernels(elementByteCount: bytes)
    }
    guard kernels.count <= Self.callLimit else { throw unsupported(step) }
    for kernel in kernels {
      let overlap = isWhole && kernels.count == 1 ? kernel.overlap : .none
      call(
        KernelCall(
          kernel, reads: ["input": source], writes: ["output": .tensor(target)],
          overlaps: [source: overlap]
        ) { $0.run(input: $1[0], output: $1[1]) })
    }
  }

  /// Kernel calls that one operator may become.
  private static var callLimit: Int { 1024 }

  /// One input into its place within the output, which begins at `offset`.
  func placing(_ source: Int, in target: Int, at offset: Int) -> Movement {
    Movement(
      dimensions: zip(graph.tensors[source].shape, zip(strides(source), strides(target))).map {
        Movement.Dimension(extent: $0, sourceStride: $1.0, targetStride: $1.1)
      }, targetOffset: offset)
  }

  // MARK: Whole tensors

  private mutating func transpose(_ step: Operator, _ permutation: [Int]) throws {
    let (source, target) = (strides(step.inputs[0]), strides(step.output))
    let shape = graph.tensors[step.output].shape
    let dimensions = permutation.indices.map {
      Movement.Dimension(
        extent: shape[$0], sourceStride: source[permutation[$0]], targetStride: target[$0])
    }
    try moveAll(step, Movement(dimensions: dimensions), from: step.inputs[0], to: step.output)
  }

  private mutating func slice(
    _ step: Operator, begin: [Int], strides steps: [Int], extents: [Int]
  ) throws {
    let source = strides(step.inputs[0])
    let target = rowMajorStrides(extents)
    let movement = Movement(
      dimensions: extents.indices.map {
        Movement.Dimension(
          extent: extents[$0], sourceStride: source[$0] * steps[$0], targetStride: target[$0])
      }, sourceOffset: zip(begin, source).reduce(0) { $0 + $1.0 * $1.1 })
    try moveAll(step, movement, from: step.inputs[0], to: step.output)
  }

  /// TILE and BROADCAST_TO: a dimension of the output counts through one of the input several
  /// times.
  private mutating func tile(_ step: Operator) throws {
    let shape = graph.tensors[step.output].shape
    let missing = shape.count - graph.tensors[step.inputs[0]].shape.count
    guard missing >= 0 else { throw unsupported(step) }
    let input = Array(repeating: 1, count: missing) + graph.tensors[step.inputs[0]].shape
    let (source, target) = (rowMajorStrides(input), strides(step.output))
    let dimensions = shape.indices.flatMap { index in
      [
        Movement.Dimension(
          extent: shape[index] / input[index], sourceStride: 0,
          targetStride: input[index] * target[index]),
        Movement.Dimension(
          extent: input[index], sourceStride: source[index], targetStride: target[index]),
      ]
    }
    try moveAll(step, Movement(dimensions: dimensions), from: step.inputs[0], to: step.output)
  }

  // MARK: Several tensors

  /// CONCATENATION and PACK: for each outer index the inputs lie one behind the other.
  private mutating func concatenate(_ step: Operator, _ dimension: Int) throws {
    let outer = graph.tensors[step.output].shape[..<dimension].reduce(1, *)
    let row = graph.tensors[step.output].count / outer
    var offset = 0
    for input in step.inputs {
      // TensorFlow Lite Micro does not rescale either.
      guard graph.tensors[input].hasValues(of: graph.tensors[step.output]) else {
        throw unsupported(step)
      }
      let part = graph.tensors[input].count / outer
      let movement = Movement(
        dimensions: [
          .init(extent: outer, sourceStride: part, targetStride: row),
          .init(extent: part, sourceStride: 1, targetStride: 1),
        ], targetOffset: offset)
      if step.inputs.count == 1 {
        return try moveAll(step, movement, from: input, to: step.output)
      }
      try move(step, [movement], from: try place(input), to: step.output)
      offset += part
    }
  }

  /// SPLIT, SPLIT_V and UNPACK.
  private mutating func split(_ step: Operator, _ dimension: Int) throws {
    let input = step.inputs[0]
    let outer = graph.tensors[input].shape[..<dimension].reduce(1, *)
    let row = graph.tensors[input].count / outer
    var offset = 0
    for output in step.outputs {
      let part = graph.tensors[output].count / outer
      let movement = Movement(
        dimensions: [
          .init(extent: outer, sourceStride: row, targetStride: part),
          .init(extent: part, sourceStride: 1, targetStride: 1),
        ], sourceOffset: offset)
      try moveAll(step, movement, from: input, to: output)
      offset += part
    }
  }
}

extension Tensor {
  /// Whether equal numbers mean equal values, as far as TensorFlow Lite Micro looks: at int8 only.
  func hasValues(of other: Tensor) -> Bool {
    type != .int8
      || quantization?.scales == other.quantization?.scales
        && quantization?.zeroPoints == other.quantization?.zeroPoints
  }
}

/// Elements between neighbours in each dimension of a tensor.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = shape
  var next = 1
  for index in shape.indices.reversed() {
    strides[index] = next
    next *= shape[index]
  }
  return strides
}
