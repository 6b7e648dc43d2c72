// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// What operators put around their input.
extension Lowering {
  mutating func pad(_ step: Operator, before: [Int], value: Int?) throws {
    let (input, output) = (step.inputs[0], step.output)
    let offset = zip(before, strides(output)).reduce(0) { $0 + $1.0 * $1.1 }
    let inside = placing(input, in: output, at: offset)
    if graph.tensors[input].count == graph.tensors[output].count {
      return try moveAll(step, inside, from: input, to: output)
    }
    try fill(step, borders(input: input, output: output, before: before), value: value)
    try move(step, [inside], from: try place(input), to: output)
  }

  /// What of the output lies outside the input, before it and behind it in each dimension.
  private func borders(input: Int, output: Int, before: [Int]) -> [Movement] {
    let (input, shape) = (graph.tensors[input].shape, graph.tensors[output].shape)
    let target = strides(output)
    return shape.indices.flatMap { dimension in
      let inside = before[dimension] + input[dimension]
      return [0..<before[dimension], inside..<shape[dimension]].filter { !$0.isEmpty }.map {
        range in
        var border = Movement(dimensions: [])
        for index in shape.indices {
          let part =
            index < dimension
            ? before[index]..<before[index] + input[index]
            : index == dimension ? range : 0..<shape[index]
          border.dimensions.append(
            .init(extent: part.count, sourceStride: target[index], targetStride: target[index]))
          border.targetOffset += part.lowerBound * target[index]
        }
        return border
      }
    }
  }

  /// First the input, then dimension by dimension, the last one first, what is there once more
  /// backwards on both sides.
  mutating func mirrorPad(
    _ step: Operator, before: [Int], after: [Int], border: Int
  ) throws {
    let (input, shape) = (graph.tensors[step.inputs[0]].shape, graph.tensors[step.output].shape)
    let target = strides(step.output)
    let offset = zip(before, target).reduce(0) { $0 + $1.0 * $1.1 }
    let inside = placing(step.inputs[0], in: step.output, at: offset)
    if graph.tensors[step.inputs[0]].count == graph.tensors[step.output].count {
      return try moveAll(step, inside, from: step.inputs[0], to: step.output)
    }
    try move(step, [inside], from: try place(step.inputs[0]), to: step.output)
    for dimension in shape.indices.reversed() {
      let (first, end) = (before[dimension], before[dimension] + input[dimension])
      guard max(first, after[dimension]) <= input[dimension] - border else {
        throw unsupported(step)
      }
      // What is filled by earlier rounds: all of the later dimensions, the inside of the earlier.
      let box = shape.indices.map { index in
        index < dimension ? before[index]..<before[index] + input[index] : 0..<shape[index]
      }
      let mirrored = [
        mirror(
          box, target, dimension, count: first, from: first + border, to: first - 1, by: -1),
        mirror(
          box, target, dimension, count: after[dimension], from: end - 1 - border, to: end, by: 1),
      ]
      try move(step, mirrored, from: .tensor(step.output), to: step.output)
    }
  }

  /// Within a tensor the `box`, but of one dimension only `count` indices: they are written from
  /// `to` on in steps of `direction`, and read the other way from `from` on.
  private func mirror(
    _ box: [Range<Int>], _ strides: [Int], _ dimension: Int, count: Int, from: Int, to: Int,
    by direction: Int
  ) -> Movement {
    var movement = Movement(dimensions: [])
    for (index, (range, stride)) in zip(box, strides).enumerated() {
      let isMirrored = index == dimension
      movement.dimensions.append(
        .init(
          extent: isMirrored ? count : range.count,
          sourceStride: isMirrored ? -direction * stride : stride,
          targetStride: isMirrored ? direction * stride : stride))
      movement.sourceOffset += (isMirrored ? from : range.lowerBound) * stride
      movement.targetOffset += (isMirrored ? to : range.lowerBound) * stride
    }
    return movement
  }

  /// - Parameter value: the tensor that holds the element; nil for the zero point, or 0.
  mutating func fill(_ step: Operator, _ movements: [Movement], value: Int?) throws {
    let tensor = graph.tensors[step.output]
    guard let pattern = pattern(step, value) else {
      let repeated = movements.map { movement in
        var movement = movement
        for index in movement.dimensions.indices { movement.dimensions[index].sourceStride = 0 }
        return movement
      }
      return try move(
        step, repeated, from: try place(value ?? step.inputs[0]), to: step.output)
    }
    for movement in movements {
      for copy in movement.simplified.kernels(elementByteCount: tensor.type.byteCount ?? 1) {
        let kernel = Fill(
          pattern: pattern, runByteCount: copy.runByteCount, extents: copy.extents,
          targetOffset: copy.targetOffset, targetStrides: copy.targetStrides)
        call(
          KernelCall(kernel, reads: [:], writes: ["output": .tensor(step.output)]) {
            $0.run(output: $1[0])
          })
      }
    }
  }

  /// The element repeated in a word, where it is known and fits.
  private func pattern(_ step: Operator, _ value: Int?) -> Int32? {
    let width = graph.tensors[step.output].type.byteCount ?? 1
    let element: [UInt8]
    if let value {
      guard let bytes = graph.tensors[value].constant, bytes.count >= width else { return nil }
      element = Array(bytes.prefix(width))
    } else {
      let isByte = width == 1 && graph.tensors[step.output].type != .bool
      let zero = graph.tensors[step.output].quantization?.whole?.zeroPoint ?? 0
      element = Array(
        repeating: isByte ? UInt8(truncatingIfNeeded: zero) : 0, count: min(width, 4))
    }
    guard element.count <= 4 else { return nil }
    return (0..<4).reduce(Int32(0)) {
      $0 | Int32(bitPattern: UInt32(element[$1 % element.count]) << UInt32(8 * $1))
    }
  }
}
