// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceKernels
import ModelGraph

/// What looks at a whole row, and pools of other than int8.
extension Lowering {
  mutating func widePool(_ step: Operator) throws {
    switch step.kind {
    case .averagePool(let sliding, let height, let width, let activation):
      let window = window(step, sliding, height: height, width: width)
      try widePool(step, window, activation, isMaximum: false)
    case .maximumPool(let sliding, let height, let width, let activation):
      let window = window(step, sliding, height: height, width: width)
      try widePool(step, window, activation, isMaximum: true)
    default: throw unsupported(step)
    }
  }

  private mutating func widePool(
    _ step: Operator, _ window: Window, _ activation: Activation, isMaximum: Bool
  ) throws {
    let input = try place(step.inputs[0])
    switch type(step.inputs[0]) {
    case .int16:
      let pool = ShortPooling(
        window: window, stage: stage(step, activation), isMaximum: isMaximum)
      call(
        KernelCall(pool, reads: ["input": input], writes: ["output": .tensor(step.output)]) {
          $0.run(input: $1[0], output: $1[1])
        })
    case .float32:
      let pool = FloatPooling(
        window: window, range: FloatRange(activation), isMaximum: isMaximum)
      call(
        KernelCall(pool, reads: ["input": input], writes: ["output": .tensor(step.output)]) {
          $0.run(input: $1[0], output: $1[1])
        })
    default: throw unsupported(step)
    }
  }

  /// Rows of the input's last dimension.
  private func rows(_ step: Operator) -> (rows: Int, count: Int) {
    let tensor = graph.tensors[step.inputs[0]]
    let count = tensor.shape.last ?? 1
    return (tensor.count / count, count)
  }

  // MARK: SOFTMAX

  /// SOFTMAX of other than int8 to int8.
  mutating func wideSoftmax(_ step: Operator, beta: Float) throws {
    switch (type(step.inputs[0]), type(step.output)) {
    case (.int8, .int16): try wideningSoftmax(step, beta: beta)
    case (.int16, .int16): try shortSoftmax(step, beta: beta)
    case (.float32, .float32): try floatSoftmax(step, beta: beta, isLogarithm: false)
    default: throw unsupported(step)
    }
  }

  /// Differences of inputs to Q5, and how far they may be below the largest.
  private func differenceScale(_ step: Operator, beta: Float) -> (FixedPointScale, Int32) {
    let real = Double(beta) * Double(scale(step.inputs[0])) * 0x1p26
    let scale = QuantizedMultiplier(min(real, 0x1p31 - 1))
    let radius = 31 * 0x1p26 / Double(sign: .plus, exponent: scale.shift, significand: 1)
    return (FixedPointScale(scale), -Int32(clamping: Int64(radius.rounded(.down))))
  }

  private mutating func wideningSoftmax(_ step: Operator, beta: Float) throws {
    let (rows, count) = rows(step)
    let (scale, least) = differenceScale(step, beta: beta)
    let kernel = WideningSoftmax(
      rows: rows, count: count, scale: scale, minimumDifference: least)
    call(
      KernelCall(
        kernel, reads: ["input": try place(step.inputs[0])],
        writes: ["output": .tensor(step.output)]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  private mutating func shortSoftmax(_ step: Operator, beta: Float) throws {
    let (rows, count) = rows(step)
    let real = Double(scale(step.inputs[0])) * Double(beta) / (10 / 65535)
    let kernel = ShortSoftmax(rows: rows, count: count, scale: FixedPointScale(real))
    let range: Float = 65535
    let exponentials = InterpolationTable(
      inputScale: 10 / range, inputZeroPoint: 32767, outputScale: 2 / range
    ) { Float(exp(Double($0))) }
    let reciprocals = InterpolationTable(
      inputScale: 1 / range, inputZeroPoint: -32768, outputScale: 2 / range
    ) { 1 / (1 + $0) }
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel,
        reads: [
          "input": input,
          "exponentials": try constant(.int16(exponentials.values), "exponentials"),
          "reciprocals": try constant(.int16(reciprocals.values), "reciprocals"),
        ], writes: ["output": .tensor(step.output)], overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], exponentials: $1[1], reciprocals: $1[2], output: $1[3]) })
  }

  private mutating func floatSoftmax(_ step: Operator, beta: Float, isLogarithm: Bool) throws {
    let (rows, count) = rows(step)
    let kernel = FloatSoftmax(rows: rows, count: count, beta: beta, isLogarithm: isLogarithm)
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
        overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  // MARK: LOG_SOFTMAX, L2_NORMALIZATION

  mutating func logSoftmax(_ step: Operator) throws {
    guard type(step.inputs[0]) == .int8 else {
      guard type(step.inputs[0]) == .float32 else { throw unsupported(step) }
      return try floatSoftmax(step, beta: 1, isLogarithm: true)
    }
    let (rows, count) = rows(step)
    let (scale, least) = differenceScale(step, beta: 1)
    let inverse =
      Double(sign: .plus, exponent: 31 - Int(scale.shift), significand: 1)
      / Double(max(1, scale.multiplier))
    let kernel = LogSoftmax(
      rows: rows, count: count, scale: scale, inverse: FixedPointScale(inverse),
      minimumDifference: least)
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
        overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  mutating func l2Normalization(_ step: Operator, _ activation: Activation) throws {
    guard activation == .none else { throw unsupported(step) }
    let (rows, count) = rows(step)
    let input = try place(step.inputs[0])
    switch type(step.inputs[0]) {
    case .int8:
      let kernel = UnitLength(
        rows: rows, count: count, inputZeroPoint: wideZeroPoint(step.inputs[0]))
      call(
        KernelCall(
          kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
          overlaps: [input: kernel.overlap]
        ) { $0.run(input: $1[0], output: $1[1]) })
    case .float32:
      let kernel = FloatUnitLength(rows: rows, count: count)
      call(
        KernelCall(
          kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
          overlaps: [input: kernel.overlap]
        ) { $0.run(input: $1[0], output: $1[1]) })
    default: throw unsupported(step)
    }
  }
}

/// TensorFlow Lite's table of 513 entries for a function of an int16, each moved by half of the
/// error that interpolation would make in the middle of its step.
struct InterpolationTable {
  let values: [Int16]

  init(
    inputScale: Float, inputZeroPoint: Float, outputScale: Float, function: (Float) -> Float
  ) {
    let lowest = inputScale * (-32768 - inputZeroPoint)
    let highest = inputScale * (32767 - inputZeroPoint)
    let step = (highest - lowest) / 512
    let inverse = 65536 / (outputScale * 32767 - outputScale * -32768)
    func rounded(_ value: Float) -> Float { value.rounded(.toNearestOrAwayFromZero) }
    // What is not a number becomes 0, as a conversion on x86 has it.
    func clamped(_ value: Float) -> Int16 {
      value.isNaN ? 0 : Int16(max(-32768, min(32767, value)))
    }
    let entries = (0..<512).map { index -> Int16 in
      let start = lowest + Float(index) * step
      let value = rounded(function(start) * inverse)
      let next = function(lowest + Float(index + 1) * step) * inverse
      let middle = rounded(function(start + step / 2) * inverse)
      let error = rounded((next + value) / 2) - middle
      return clamped(value - rounded(error / 2))
    }
    values = entries + [clamped(rounded(function(highest) * inverse))]
  }
}
