// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Elements chosen by indices, and images of another size.
extension Lowering {
  mutating func gather(_ step: Operator) throws {
    guard graph.tensors[step.inputs[1]].type == .int32 else { throw unsupported(step) }
    switch step.kind {
    case .gather(let dimension, let batchDimensions):
      try gather(step, dimension: dimension, batchDimensions: batchDimensions)
    default: try gatherND(step)
    }
  }

  private mutating func gather(
    _ step: Operator, dimension: Int, batchDimensions: Int
  ) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let indices = graph.tensors[step.inputs[1]]
    let batches = shape[..<batchDimensions].reduce(1, *)
    let kernel = Gather(
      batches: batches, outerCount: shape[batchDimensions..<dimension].reduce(1, *),
      extent: shape[dimension], indexCount: indices.count / batches,
      sliceByteCount: shape[(dimension + 1)...].reduce(elementByteCount(step), *))
    call(
      KernelCall(
        kernel,
        reads: ["input": try place(step.inputs[0]), "indices": try place(step.inputs[1])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], indices: $1[1], output: $1[2]) })
  }

  private mutating func gatherND(_ step: Operator) throws {
    let input = graph.tensors[step.inputs[0]]
    let indices = graph.tensors[step.inputs[1]]
    guard let depth = indices.shape.last, depth <= input.shape.count else {
      throw unsupported(step)
    }
    let slice = input.shape[depth...].reduce(elementByteCount(step), *)
    var strides = Extents([], filling: 0)
    for (index, stride) in self.strides(step.inputs[0]).prefix(depth).enumerated() {
      strides[index] = stride * elementByteCount(step)
    }
    let kernel = GatherND(
      sliceCount: indices.count / depth, sliceByteCount: slice, depth: depth, strides: strides,
      lastOffset: input.byteCount - slice)
    call(
      KernelCall(
        kernel,
        reads: ["input": try place(step.inputs[0]), "indices": try place(step.inputs[1])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], indices: $1[1], output: $1[2]) })
  }

  private func elementByteCount(_ step: Operator) -> Int {
    graph.tensors[step.output].type.byteCount ?? 1
  }

  // MARK: Images

  mutating func resize(_ step: Operator) throws {
    switch (step.kind, graph.tensors[step.output].type) {
    case (.resizeNearest(let alignsCorners, let halfPixelCenters), _):
      try resizeNearest(
        step,
        ResizedAxis.Options(
          alignsCorners: alignsCorners, halfPixelCenters: halfPixelCenters))
    case (.resizeBilinear(let alignsCorners, let halfPixelCenters), let type):
      let options = ResizedAxis.Options(
        alignsCorners: alignsCorners, halfPixelCenters: halfPixelCenters)
      switch type {
      case .int8: try resizeBilinear(step, Int8.self) { $0.integerPlaces(options) }
      case .float32: try resizeBilinear(step, Float.self) { $0.floatPlaces(options) }
      default: throw unsupported(step)
      }
    default: throw unsupported(step)
    }
  }

  /// Rows and columns of the operator's images, from input to output.
  private func axes(_ step: Operator) -> (rows: ResizedAxis, columns: ResizedAxis) {
    let input = graph.tensors[step.inputs[0]].shape
    let output = graph.tensors[step.output].shape
    return (
      ResizedAxis(input: input[1], output: output[1], stride: input[2] * input[3]),
      ResizedAxis(input: input[2], output: output[2], stride: input[3])
    )
  }

  private mutating func resizeNearest(_ step: Operator, _ options: ResizedAxis.Options) throws {
    let axes = axes(step)
    let (rows, columns) = (axes.rows.nearest(options), axes.columns.nearest(options))
    let (shape, source) = (graph.tensors[step.inputs[0]].shape, strides(step.inputs[0]))
    let target = strides(step.output)
    if let rows = evenDimensions(rows, source[1], target[1]),
      let columns = evenDimensions(columns, source[2], target[2])
    {
      let rest = [
        Movement.Dimension(extent: shape[0], sourceStride: source[0], targetStride: target[0]),
        Movement.Dimension(extent: shape[3], sourceStride: 1, targetStride: 1),
      ]
      return try moveAll(
        step, Movement(dimensions: rest + rows + columns), from: step.inputs[0], to: step.output)
    }
    let bytes = elementByteCount(step)
    let offsets =
      rows.map { Int32($0 * source[1] * bytes) } + columns.map { Int32($0 * source[2] * bytes) }
    let kernel = NearestResize(
      batches: shape[0], imageByteCount: source[0] * bytes, rows: rows.count,
      columns: columns.count, pixelByteCount: shape[3] * bytes)
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "offsets": try constant(.int32(offsets), "offsets"),
        ], writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], offsets: $1[1], output: $1[2]) })
  }

  /// An axis where each element is taken equally often, or one of every few: no table is needed.
  private func evenDimensions(
    _ chosen: [Int], _ source: Int, _ target: Int
  ) -> [Movement.Dimension]? {
    let repeats = chosen.prefix { $0 == chosen[0] }.count
    let step = repeats < chosen.count ? chosen[repeats] - chosen[0] : 1
    guard chosen[0] == 0, chosen.count % repeats == 0,
      chosen.enumerated().allSatisfy({ $0.element == $0.offset / repeats * step })
    else { return nil }
    return [
      .init(
        extent: chosen.count / repeats, sourceStride: step * source,
        targetStride: repeats * target),
      .init(extent: repeats, sourceStride: 0, targetStride: target),
    ]
  }

  private mutating func resizeBilinear<Element: InterpolatedElement>(
    _ step: Operator, _: Element.Type, _ places: (ResizedAxis) -> [Int32]
  ) throws {
    let axes = axes(step)
    let shape = graph.tensors[step.inputs[0]].shape
    let kernel = BilinearResize<Element>(
      batches: shape[0], imageCount: shape[1] * shape[2] * shape[3], rows: axes.rows.output,
      columns: axes.columns.output, channels: shape[3])
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]),
          "places": try constant(.int32(places(axes.rows) + places(axes.columns)), "places"),
        ], writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], places: $1[1], output: $1[2]) })
  }
}
