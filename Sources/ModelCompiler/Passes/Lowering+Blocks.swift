// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Blocks of an image to its channels or batches, and back.
extension Lowering {
  mutating func spaceToDepth(_ step: Operator, block: Int) throws {
    let (shape, source) = (graph.tensors[step.output].shape, strides(step.inputs[0]))
    let (target, depth) = (strides(step.output), graph.tensors[step.inputs[0]].shape[3])
    let movement = Movement(
      dimensions: blockDimensions(shape, block: block, depth: depth, source, target))
    try moveAll(step, movement, from: step.inputs[0], to: step.output)
  }

  mutating func depthToSpace(_ step: Operator, block: Int) throws {
    let (shape, source) = (graph.tensors[step.inputs[0]].shape, strides(step.inputs[0]))
    let (target, depth) = (strides(step.output), graph.tensors[step.output].shape[3])
    let movement = Movement(
      dimensions: blockDimensions(shape, block: block, depth: depth, target, source)
    ).reversed
    try moveAll(step, movement, from: step.inputs[0], to: step.output)
  }

  /// From an image to one of `shape` whose channels hold blocks of its pixels.
  private func blockDimensions(
    _ shape: [Int], block: Int, depth: Int, _ source: [Int], _ target: [Int]
  ) -> [Movement.Dimension] {
    [
      (shape[0], source[0], target[0]), (shape[1], block * source[1], target[1]),
      (block, source[1], block * depth), (shape[2], block * source[2], target[2]),
      (block, source[2], depth), (depth, 1, 1),
    ].map { Movement.Dimension(extent: $0.0, sourceStride: $0.1, targetStride: $0.2) }
  }

  // MARK: Batches

  mutating func spaceToBatch(_ step: Operator, block: [Int], before: [Int]) throws {
    let movements = blockMovements(
      space: step.inputs[0], batches: step.output, block: block, before: before)
    let isWhole = movements.reduce(0) { $0 + $1.count } == graph.tensors[step.output].count
    if isWhole, movements.count == 1 {
      return try moveAll(step, movements[0], from: step.inputs[0], to: step.output)
    }
    if !isWhole {
      let whole = Movement(
        dimensions: [
          .init(extent: graph.tensors[step.output].count, sourceStride: 1, targetStride: 1)
        ])
      try fill(step, [whole], value: nil)
    }
    try move(step, movements, from: try place(step.inputs[0]), to: step.output)
  }

  mutating func batchToSpace(_ step: Operator, block: [Int], before: [Int]) throws {
    let movements = blockMovements(
      space: step.output, batches: step.inputs[0], block: block, before: before
    ).map(\.reversed)
    if movements.count == 1 {
      return try moveAll(step, movements[0], from: step.inputs[0], to: step.output)
    }
    try move(step, movements, from: try place(step.inputs[0]), to: step.output)
  }

  /// From a tensor to one whose batches hold every `block`-th element of some dimensions, the first
  /// of them `before` elements ahead of the tensor's own. What lies outside is left out.
  private func blockMovements(
    space: Int, batches: Int, block: [Int], before: [Int]
  ) -> [Movement] {
    let (source, target) = (strides(space), strides(batches))
    let (shape, blocks) = (graph.tensors[space].shape, graph.tensors[batches].shape)
    let kept = [0] + shape.indices.dropFirst(block.count + 1)
    var movements = [
      Movement(
        dimensions: kept.map {
          .init(extent: shape[$0], sourceStride: source[$0], targetStride: target[$0])
        })
    ]
    var shiftStride = shape[0] * target[0]
    for index in block.indices.reversed() {
      let (dimension, size) = (index + 1, block[index])
      let groups = shiftGroups(
        block: size, before: before[index], extent: shape[dimension], blocks: blocks[dimension])
      movements = movements.flatMap { movement in
        groups.map { shifts, places in
          var part = movement
          part.dimensions += [
            .init(
              extent: shifts.count, sourceStride: source[dimension], targetStride: shiftStride),
            .init(
              extent: places.count, sourceStride: size * source[dimension],
              targetStride: target[dimension]),
          ]
          let first = places.lowerBound * size + shifts.lowerBound - before[index]
          part.sourceOffset += first * source[dimension]
          part.targetOffset +=
            shifts.lowerBound * shiftStride + places.lowerBound * target[dimension]
          return part
        }
      }
      shiftStride *= size
    }
    return movements
  }

  /// Shifts within a block, together with those neighbours that find the same blocks inside.
  private func shiftGroups(
    block: Int, before: Int, extent: Int, blocks: Int
  ) -> [(shifts: Range<Int>, places: Range<Int>)] {
    func roundedUp(_ value: Int) -> Int { max(0, (value + block - 1) / block) }
    var groups: [(shifts: Range<Int>, places: Range<Int>)] = []
    for shift in 0..<block {
      let first = roundedUp(max(0, before - shift))
      let end = min(blocks, roundedUp(max(0, before + extent - shift)))
      guard first < end else { continue }
      if let last = groups.last, last.places == first..<end, last.shifts.upperBound == shift {
        groups[groups.count - 1].shifts = last.shifts.lowerBound..<shift + 1
      } else {
        groups.append((shift..<shift + 1, first..<end))
      }
    }
    return groups
  }
}
