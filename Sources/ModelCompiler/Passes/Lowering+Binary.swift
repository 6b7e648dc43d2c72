// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Operators with two operands.
extension Lowering {
  mutating func binary(
    _ step: Operator, _ function: BinaryFunction, _ activation: Activation
  ) throws {
    guard function != .parametricRelu else { return try parametricRelu(step) }
    if let relation = function.relation { return try comparison(step, relation) }
    switch (function, type(step.inputs[0])) {
    case (.logicalAnd, .bool): try pairs(step, LogicalFunction(operation: .and))
    case (.logicalOr, .bool): try pairs(step, LogicalFunction(operation: .or))
    case (.maximum, _), (.minimum, _): try extremum(step, isMaximum: function == .maximum)
    case (_, .int8): try quantizedBinary(step, function, activation, Int8.self)
    case (_, .int16): try quantizedBinary(step, function, activation, Int16.self)
    case (_, .int32): try plainBinary(step, function, activation)
    case (_, .float32): try floatBinary(step, function, activation)
    default: throw unsupported(step)
    }
  }

  private mutating func quantizedBinary<Element: ElementInteger>(
    _ step: Operator, _ function: BinaryFunction, _ activation: Activation, _: Element.Type
  ) throws {
    let scales = step.inputs.map { scale($0) }
    let output = scale(step.output)
    let stage = stage(step, activation)
    let isByte = Element.self == Int8.self
    switch function {
    case .add:
      if isByte, haveOneShape(step) { return try addition(step, stage) }
      try pairs(step, sum(step, sign: 1, stage, Element.self))
    case .subtract:
      try pairs(step, sum(step, sign: -1, stage, Element.self))
    case .multiply:
      let real = Double(scales[0]) * Double(scales[1]) / Double(output)
      try pairs(
        step,
        QuantizedProduct<Element>(
          firstZeroPoint: wideZeroPoint(step.inputs[0]),
          secondZeroPoint: wideZeroPoint(step.inputs[1]), scale: FixedPointScale(real),
          stage: stage))
    case .divide where isByte:
      try pairs(
        step,
        QuantizedQuotient(
          firstZeroPoint: wideZeroPoint(step.inputs[0]),
          secondZeroPoint: wideZeroPoint(step.inputs[1]),
          scale: FixedPointScale(Double(scales[0]) / (Double(scales[1]) * Double(output))),
          stage: stage))
    case .squaredDifference:
      try pairs(step, squaredDifference(step, Element.self))
    default: throw unsupported(step)
    }
  }

  /// ADD and SUB with broadcasting, or of int16.
  private func sum<Element: ElementInteger>(
    _ step: Operator, sign: Int32, _ stage: OutputStage, _: Element.Type
  ) -> QuantizedSum<Element> {
    let scales = step.inputs.map { Double(scale($0)) }
    let common = 2 * max(scales[0], scales[1])
    let shift: Int32 = Element.self == Int8.self ? 20 : 15
    let inputs = zip(step.inputs, scales).map { input($0, shift: shift, $1 / common) }
    let widened = Double(1 << Int(shift)) * Double(scale(step.output))
    return QuantizedSum(
      first: inputs[0], second: inputs[1], sign: sign,
      scale: FixedPointScale(common / widened), stage: stage)
  }

  private func squaredDifference<Element: ElementInteger>(
    _ step: Operator, _: Element.Type
  ) -> QuantizedSquaredDifference<Element> {
    let scales = step.inputs.map { Double(scale($0)) }
    let common = 2 * max(scales[0], scales[1])
    let shift: Int32 = Element.self == Int8.self ? 7 : 0
    let inputs = zip(step.inputs, scales).map { input($0, shift: shift, $1 / common) }
    let widened = Float(1 << Int(2 * shift)) * scale(step.output)
    return QuantizedSquaredDifference<Element>(
      first: inputs[0], second: inputs[1],
      scale: FixedPointScale(common * common / Double(widened)), stage: stage(step, .none))
  }

  private func input(_ tensor: Int, shift: Int32, _ real: Double) -> ScaledInput {
    ScaledInput(
      zeroPoint: wideZeroPoint(tensor), leftShift: shift, scale: FixedPointScale(real))
  }

  private func haveOneShape(_ step: Operator) -> Bool {
    let tensors = step.inputs.map { graph.tensors[$0] }
    let count = graph.tensors[step.output].count
    return tensors.allSatisfy { $0.count == count }
  }

  /// ADD of int8 without broadcasting.
  private mutating func addition(_ step: Operator, _ stage: OutputStage) throws {
    let scales = step.inputs.map { Double(scale($0)) }
    let common = 2 * max(scales[0], scales[1])
    let inputs = zip(step.inputs, scales).map { tensor, scale in
      let multiplier = QuantizedMultiplier(scale / common)
      return Addition.Input(
        zeroPoint: Int32(zeroPoint(tensor)), multiplier: multiplier.multiplier,
        shift: Int32(multiplier.shift))
    }
    let widening = Double(1 << Int(Addition.leftShift))
    let output = QuantizedMultiplier(common / (widening * Double(scale(step.output))))
    let kernel = Addition(
      count: graph.tensors[step.output].count, first: inputs[0], second: inputs[1],
      outputMultiplier: output.multiplier, outputShift: Int32(output.shift), stage: stage)
    let places = try step.inputs.map { try place($0) }
    let overlaps = [places[0]: Overlap.exact].merging([places[1]: .exact]) { first, _ in first }
    if options.core == .dsp, let proved = ProvedAddition(kernel) {
      call(
        KernelCall(
          proved, reads: ["first": places[0], "second": places[1]],
          writes: ["output": .tensor(step.output)], overlaps: overlaps
        ) { $0.run(first: $1[0], second: $1[1], output: $1[2]) })
    } else {
      call(
        KernelCall(
          kernel, reads: ["first": places[0], "second": places[1]],
          writes: ["output": .tensor(step.output)], overlaps: overlaps
        ) { $0.run(first: $1[0], second: $1[1], output: $1[2]) })
    }
  }

  // MARK: Plain numbers

  private mutating func plainBinary(
    _ step: Operator, _ function: BinaryFunction, _ activation: Activation
  ) throws {
    guard let operation = function.arithmetic else { throw unsupported(step) }
    // TensorFlow Lite Micro's ADD forgets the activation of integers.
    let range: (Int32, Int32) =
      switch function == .add ? .none : activation {
      case .none: (.min, .max)
      case .relu: (0, .max)
      case .relu6: (0, 6)
      case .reluMinus1To1: (-1, 1)
      }
    try pairs(
      step, IntegerArithmetic(operation: operation, minimum: range.0, maximum: range.1))
  }

  private mutating func floatBinary(
    _ step: Operator, _ function: BinaryFunction, _ activation: Activation
  ) throws {
    guard let operation = function.arithmetic else { throw unsupported(step) }
    let range = FloatRange(activation)
    try pairs(step, FloatArithmetic(operation: operation, range: range))
  }

  private mutating func extremum(_ step: Operator, isMaximum: Bool) throws {
    switch type(step.inputs[0]) {
    case .int8: try pairs(step, Extremum<Int8>(isMaximum: isMaximum))
    case .int16: try pairs(step, Extremum<Int16>(isMaximum: isMaximum))
    case .int32: try pairs(step, Extremum<Int32>(isMaximum: isMaximum))
    case .int64: try pairs(step, Extremum<Int64>(isMaximum: isMaximum))
    case .float32: try pairs(step, Extremum<Float>(isMaximum: isMaximum))
    default: throw unsupported(step)
    }
  }

  private mutating func comparison(_ step: Operator, _ relation: Relation) throws {
    switch type(step.inputs[0]) {
    case .int8:
      let inputs = step.inputs.map { input($0, shift: 8, Double(scale($0))) }
      try pairs(
        step, QuantizedComparison(first: inputs[0], second: inputs[1], relation: relation))
    case .bool, .uint8: try pairs(step, Comparison<UInt8>(relation: relation))
    case .int16: try pairs(step, Comparison<Int16>(relation: relation))
    case .int32: try pairs(step, Comparison<Int32>(relation: relation))
    case .int64: try pairs(step, Comparison<Int64>(relation: relation))
    case .float32: try pairs(step, Comparison<Float>(relation: relation))
    default: throw unsupported(step)
    }
  }

  private mutating func parametricRelu(_ step: Operator) throws {
    switch (type(step.inputs[0]), type(step.inputs[1])) {
    case (.int8, .int8): try pairs(step, parametricRelu(step, Int8.self))
    case (.int16, .int8): try pairs(step, parametricRelu(step, Int16.self))
    case (.float32, .float32): try pairs(step, FloatParametricRectification())
    default: throw unsupported(step)
    }
  }

  private func parametricRelu<Element: ElementInteger>(
    _ step: Operator, _: Element.Type
  ) -> QuantizedParametricRectification<Element> {
    let (input, slope) = (Double(scale(step.inputs[0])), Double(scale(step.inputs[1])))
    let output = Double(scale(step.output))
    return QuantizedParametricRectification(
      inputZeroPoint: wideZeroPoint(step.inputs[0]),
      slopeZeroPoint: wideZeroPoint(step.inputs[1]),
      identityScale: FixedPointScale(input / output),
      slopeScale: FixedPointScale(input * slope / output), stage: stage(step, .none))
  }
}

extension BinaryFunction {
  fileprivate var relation: Relation? {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    default: nil
    }
  }

  fileprivate var arithmetic: ArithmeticOperation? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .squaredDifference: .squaredDifference
    default: nil
    }
  }
}

extension FloatRange {
  init(_ activation: Activation) {
    let largest = Float.greatestFiniteMagnitude
    switch activation {
    case .none: self.init(minimum: -largest, maximum: largest)
    case .relu: self.init(minimum: 0, maximum: largest)
    case .relu6: self.init(minimum: 0, maximum: 6)
    case .reluMinus1To1: self.init(minimum: -1, maximum: 1)
    }
  }
}
