// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// Elements of one tensor that go to another: a box of indices, and where each index lies in both.
/// Offsets and strides count elements.
struct Movement: Equatable {
  struct Dimension: Equatable {
    var extent: Int
    var sourceStride: Int
    var targetStride: Int
  }

  var dimensions: [Dimension]
  var sourceOffset = 0
  var targetOffset = 0

  /// How many elements are written.
  var count: Int { dimensions.reduce(1) { $0 * $1.extent } }

  /// The same movement in as few dimensions as possible, written in ascending order: dimensions of
  /// extent 1 left out, neighbours that continue each other in both tensors made one.
  var simplified: Movement {
    var result = self
    result.dimensions = []
    let ordered = dimensions.enumerated().filter { $0.element.extent != 1 }.sorted {
      (-abs($0.element.targetStride), $0.offset) < (-abs($1.element.targetStride), $1.offset)
    }
    for (_, dimension) in ordered {
      if let outer = result.dimensions.last,
        outer.sourceStride == dimension.extent * dimension.sourceStride,
        outer.targetStride == dimension.extent * dimension.targetStride
      {
        result.dimensions[result.dimensions.count - 1] = Dimension(
          extent: outer.extent * dimension.extent, sourceStride: dimension.sourceStride,
          targetStride: dimension.targetStride)
      } else {
        result.dimensions.append(dimension)
      }
    }
    return result
  }

  /// The way back.
  var reversed: Movement {
    Movement(
      dimensions: dimensions.map {
        Dimension(
          extent: $0.extent, sourceStride: $0.targetStride, targetStride: $0.sourceStride)
      }, sourceOffset: targetOffset, targetOffset: sourceOffset)
  }

  /// Whether a simplified movement leaves all `count` elements where they are.
  func isIdentity(of count: Int) -> Bool {
    let whole = count == 1 ? [] : [Dimension(extent: count, sourceStride: 1, targetStride: 1)]
    return self == Movement(dimensions: whole)
  }

  /// A simplified movement as kernels: one, or several where it has more dimensions than a kernel.
  func kernels(elementByteCount: Int) -> [StridedCopy] {
    var outer = dimensions
    var run = elementByteCount
    if let last = outer.last, last.sourceStride == 1, last.targetStride == 1 {
      run *= last.extent
      outer.removeLast()
    }
    if outer.count > 6 {
      let first = dimensions[0]
      return (0..<first.extent).flatMap { index in
        var part = self
        part.dimensions.removeFirst()
        part.sourceOffset += index * first.sourceStride
        part.targetOffset += index * first.targetStride
        return part.kernels(elementByteCount: elementByteCount)
      }
    }
    return [
      StridedCopy(
        runByteCount: run, extents: Extents(outer.map(\.extent)),
        sourceOffset: sourceOffset * elementByteCount,
        sourceStrides: Extents(outer.map { $0.sourceStride * elementByteCount }, filling: 0),
        targetOffset: targetOffset * elementByteCount,
        targetStrides: Extents(outer.map { $0.targetStride * elementByteCount }, filling: 0))
    ]
  }
}

extension StridedCopy {
  /// Runs that are looked at to find out how far the output may reach into the input.
  private static var examinedRuns: Int { 1 << 14 }

  /// Runs are copied upwards and one after the other: the output may lie over the input where no
  /// byte is written that a later run reads.
  var overlap: Overlap {
    guard extents.product <= Self.examinedRuns else { return .none }
    var runs: [(source: Int, target: Int)] = []
    func walk(_ dimension: Int, _ source: Int, _ target: Int) {
      guard dimension < 6 else { return runs.append((source, target)) }
      for index in 0..<extents[dimension] {
        walk(
          dimension + 1, source + index * sourceStrides[dimension],
          target + index * targetStrides[dimension])
      }
    }
    walk(0, sourceOffset, targetOffset)
    // No byte of a run may be written behind the place it is read from, and none at or behind the
    // first byte that a later run reads.
    var distance = Int.min
    var needed = Int.max
    var end = Int.min
    let ends = runs.map { run in
      end = max(end, run.target + runByteCount)
      return end
    }
    for (run, end) in zip(runs, ends).reversed() {
      distance = max(distance, run.target - run.source)
      if needed != Int.max { distance = max(distance, end - needed) }
      needed = min(needed, run.source)
    }
    return .leading(byteCount: distance)
  }
}
