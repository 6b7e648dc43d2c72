// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Many elements to one.
extension Lowering {
  mutating func reduction(_ step: Operator) throws {
    switch step.kind {
    case .reduce(.mean, let dimensions)
    where type(step.inputs[0]) == .int8 && dimensions == [1, 2]
      && graph.tensors[step.inputs[0]].shape.count == 4:
      try imageMean(step)
    case .reduce(let reduction, let dimensions): try reduce(step, reduction, dimensions)
    case .argument(let extreme, let dimension): try argument(step, extreme, dimension)
    case .cumulativeSum(let dimension, let exclusive, let reverse):
      try cumulativeSum(step, dimension, exclusive: exclusive, reverse: reverse)
    default: throw unsupported(step)
    }
  }

  /// MEAN over height and width of int8.
  private mutating func imageMean(_ step: Operator) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let scale = meanScale(step, count: shape[1] * shape[2])
    let kernel = Mean(
      batches: shape[0], pixels: shape[1] * shape[2], channels: shape[3],
      inputZeroPoint: Int32(zeroPoint(step.inputs[0])), multiplier: scale.multiplier,
      shift: scale.shift, stage: stage(step, .none))
    call(
      KernelCall(
        kernel, reads: ["input": try place(step.inputs[0])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  /// The scale of a sum that makes it the mean: as many bits of the quotient as fit.
  private func meanScale(_ step: Operator, count: Int) -> FixedPointScale {
    let scale = QuantizedMultiplier(Double(scale(step.inputs[0])) / Double(scale(step.output)))
    let bits = max(0, min(Int.bitWidth - 1 - count.leadingZeroBitCount, 31 + scale.shift))
    let multiplier = (Int64(scale.multiplier) << Int64(bits)) / Int64(count)
    return FixedPointScale(
      multiplier: Int32(clamping: multiplier), shift: Int32(scale.shift - bits))
  }

  // MARK: Any dimensions

  private mutating func reduce(
    _ step: Operator, _ reduction: Reduction, _ dimensions: [Int]
  ) throws {
    guard type(step.output) == type(step.inputs[0]) else { throw unsupported(step) }
    let shape = graph.tensors[step.inputs[0]].shape
    let count = dimensions.reduce(1) { $0 * shape[$1] }
    switch (reduction, type(step.inputs[0])) {
    case (.mean, .int8): try reduce(step, dimensions, total(step, reduction, count, Int8.self))
    case (.sum, .int8): try reduce(step, dimensions, total(step, reduction, count, Int8.self))
    case (.mean, .int16): try reduce(step, dimensions, total(step, reduction, count, Int16.self))
    case (.sum, .int16): try reduce(step, dimensions, total(step, reduction, count, Int16.self))
    case (.mean, .int32): try reduce(step, dimensions, IntegerTotal(divisor: Int32(count)))
    case (.sum, .int32): try reduce(step, dimensions, IntegerTotal(divisor: 1))
    case (.mean, .float32): try reduce(step, dimensions, FloatTotal(divisor: Float(count)))
    case (.sum, .float32): try reduce(step, dimensions, FloatTotal(divisor: 1))
    case (_, .int8): try extremum(step, reduction, dimensions, Int8.self)
    case (_, .int16): try extremum(step, reduction, dimensions, Int16.self)
    case (_, .int32): try extremum(step, reduction, dimensions, Int32.self)
    case (_, .float32): try extremum(step, reduction, dimensions, Float.self)
    default: throw unsupported(step)
    }
  }

  private func total<Element: ElementInteger>(
    _ step: Operator, _ reduction: Reduction, _ count: Int, _: Element.Type
  ) -> QuantizedTotal<Element> {
    let real = Double(scale(step.inputs[0])) / Double(scale(step.output))
    return QuantizedTotal(
      offset: wideZeroPoint(step.inputs[0]) &* Int32(truncatingIfNeeded: count),
      scale: reduction == .mean ? meanScale(step, count: count) : FixedPointScale(real),
      stage: stage(step, .none))
  }

  private mutating func extremum<Element: Comparable & BitwiseCopyable & Sendable>(
    _ step: Operator, _ reduction: Reduction, _ dimensions: [Int], _: Element.Type
  ) throws {
    try reduce(step, dimensions, ReducedExtremum<Element>(isMaximum: reduction == .maximum))
  }

  private mutating func reduce<Function: ReductionFunction>(
    _ step: Operator, _ dimensions: [Int], _ function: Function
  ) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let kept = Loops(shape, dimensions: shape.indices.filter { !dimensions.contains($0) })
    let reduced = Loops(shape, dimensions: shape.indices.filter { dimensions.contains($0) })
    let kernel = Reduce(
      kept: kept.extents, keptStrides: kept.strides, reduced: reduced.extents,
      reducedStrides: reduced.strides, function: function)
    call(
      KernelCall(
        kernel, reads: ["input": try place(step.inputs[0])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  // MARK: Along one dimension

  private mutating func argument(_ step: Operator, _ extreme: Extreme, _ dimension: Int) throws {
    guard type(step.output) == .int32 else { throw unsupported(step) }
    switch type(step.inputs[0]) {
    case .int8: try argument(step, extreme, dimension, Int8.self)
    case .int16: try argument(step, extreme, dimension, Int16.self)
    case .int32: try argument(step, extreme, dimension, Int32.self)
    case .float32: try argument(step, extreme, dimension, Float.self)
    default: throw unsupported(step)
    }
  }

  private mutating func argument<Element: Comparable & BitwiseCopyable & Sendable>(
    _ step: Operator, _ extreme: Extreme, _ dimension: Int, _: Element.Type
  ) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let kernel = ArgumentExtremum<Element>(
      outerCount: shape[..<dimension].reduce(1, *), count: shape[dimension],
      innerCount: shape[(dimension + 1)...].reduce(1, *), isMaximum: extreme == .maximum)
    call(
      KernelCall(
        kernel, reads: ["input": try place(step.inputs[0])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  private mutating func cumulativeSum(
    _ step: Operator, _ dimension: Int, exclusive: Bool, reverse: Bool
  ) throws {
    let shape = graph.tensors[step.inputs[0]].shape
    let lines = Lines(
      outerCount: shape[..<dimension].reduce(1, *), count: shape[dimension],
      innerCount: shape[(dimension + 1)...].reduce(1, *), isReversed: reverse)
    switch type(step.inputs[0]) {
    case .int8: try quantizedCumulativeSum(step, lines, exclusive)
    case .int32:
      try plainCumulativeSum(step, CumulativeSum<Int32>(lines: lines, isExclusive: exclusive))
    case .float32:
      try plainCumulativeSum(step, CumulativeSum<Float>(lines: lines, isExclusive: exclusive))
    default: throw unsupported(step)
    }
  }

  private mutating func plainCumulativeSum<Element: CumulativeElement>(
    _ step: Operator, _ kernel: CumulativeSum<Element>
  ) throws {
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
        overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  private mutating func quantizedCumulativeSum(
    _ step: Operator, _ lines: Lines, _ exclusive: Bool
  ) throws {
    let common = 2 * Double(scale(step.inputs[0]))
    let kernel = QuantizedCumulativeSum(
      lines: lines, isExclusive: exclusive,
      input: ScaledInput(
        zeroPoint: wideZeroPoint(step.inputs[0]), leftShift: 20, scale: FixedPointScale(0.5)),
      scale: FixedPointScale(common / (0x1p20 * Double(scale(step.output)))),
      stage: stage(step, .none))
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
        overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }
}

/// The loops over some dimensions of a tensor, joined where they are neighbours.
private struct Loops {
  let extents: Extents
  let strides: Extents

  init(_ shape: [Int], dimensions: [Int]) {
    var loops: [(extent: Int, stride: Int)] = []
    for dimension in dimensions.reversed() where shape[dimension] != 1 {
      let stride = shape[(dimension + 1)...].reduce(1, *)
      if let last = loops.last, last.stride * last.extent == stride {
        loops[loops.count - 1].extent *= shape[dimension]
      } else {
        loops.append((shape[dimension], stride))
      }
    }
    extents = Extents(loops.reversed().map(\.extent))
    strides = Extents(loops.reversed().map(\.stride), filling: 0)
  }
}
