// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceKernels
import ModelGraph

/// Functions of one element.
extension Lowering {
  mutating func unary(_ step: Operator, _ function: UnaryFunction) throws {
    switch (type(step.inputs[0]), function) {
    case (.bool, .logicalNot): try each(step, LogicalNegation())
    case (_, .logicalNot): throw unsupported(step)
    case (.int8, _):
      let tabulated = try byteFunction(step, function)
      try table(step, tabulated)
    case (.int16, .logistic), (.int16, .tanh): try sigmoid(step, isTanh: function == .tanh)
    case (.int16, _): try wideFunction(step, function)
    case (.float32, _): try each(step, floatFunction(function))
    default: throw unsupported(step)
    }
  }

  /// TensorFlow Lite Micro's integer arithmetic where it has one, else TensorFlow Lite's: the real
  /// function of the real number, rounded.
  private func byteFunction(
    _ step: Operator, _ function: UnaryFunction
  ) throws -> (Int8) -> Int8 {
    let scale = scale(step.inputs[0])
    let zeroPoint = wideZeroPoint(step.inputs[0])
    switch function {
    case .absolute: return magnitude(step, Int8.self).callAsFunction
    case .relu: return rectification(step, .relu, Int8.self).callAsFunction
    case .reluMinus1To1: return rectification(step, .reluMinus1To1, Int8.self).callAsFunction
    case .relu6: return clampToSix(step, Int8.self).callAsFunction
    case .leakyRelu(let alpha): return leakyRelu(step, alpha, Int8.self).callAsFunction
    case .hardSwish:
      return HardSwish(
        inputScale: scale, inputZeroPoint: zeroPoint, outputScale: self.scale(step.output),
        outputZeroPoint: wideZeroPoint(step.output)
      ).callAsFunction
    case .logistic:
      return FixedPointSigmoid(scale: scale, zeroPoint: zeroPoint, isTanh: false).callAsFunction
    case .tanh:
      return FixedPointSigmoid(scale: scale, zeroPoint: zeroPoint, isTanh: true).callAsFunction
    case .reciprocalSquareRoot:
      return ReciprocalSquareRoot(
        inputScale: scale, inputZeroPoint: zeroPoint, outputScale: self.scale(step.output),
        outputZeroPoint: wideZeroPoint(step.output)
      ).callAsFunction
    default: return realFunction(step, function.real)
    }
  }

  /// As TensorFlow Lite fills its tables, in single precision.
  private func realFunction(
    _ step: Operator, _ function: @escaping (Float) -> Float
  ) -> (Int8) -> Int8 {
    let scale = scale(step.inputs[0])
    let zeroPoint = wideZeroPoint(step.inputs[0])
    let inverse = 1 / self.scale(step.output)
    let offset = Float(wideZeroPoint(step.output))
    return { value in
      let result = function(scale * Float(Int32(value) - zeroPoint))
      let steps = (result * inverse).rounded(.toNearestOrAwayFromZero) + offset
      return steps.isNaN ? -128 : Int8(max(-128, min(127, steps)))
    }
  }

  private mutating func wideFunction(_ step: Operator, _ function: UnaryFunction) throws {
    switch function {
    case .absolute: try each(step, magnitude(step, Int16.self))
    case .relu: try each(step, rectification(step, .relu, Int16.self))
    case .reluMinus1To1: try each(step, rectification(step, .reluMinus1To1, Int16.self))
    case .relu6: try each(step, clampToSix(step, Int16.self))
    case .leakyRelu(let alpha): try each(step, leakyRelu(step, alpha, Int16.self))
    case .exponential, .logarithm, .gelu, .elu: try interpolation(step, function.real)
    default: throw unsupported(step)
    }
  }

  // MARK: Scales of each function

  private func magnitude<Element: ElementInteger>(
    _ step: Operator, _: Element.Type
  ) -> Magnitude<Element> {
    let (input, output) = (scale(step.inputs[0]), scale(step.output))
    var stage = stage(step, .none)
    if graph.tensors[step.inputs[0]].quantization == nil {
      (stage.minimum, stage.maximum) = (.min, .max)
    }
    return Magnitude(
      inputZeroPoint: wideZeroPoint(step.inputs[0]), scales: input != output,
      scale: FixedPointScale(Double(input) / Double(output)), stage: stage)
  }

  private func rectification<Element: ElementInteger>(
    _ step: Operator, _ activation: Activation, _: Element.Type
  ) -> Requantization<Element, Element> {
    Requantization(
      inputZeroPoint: wideZeroPoint(step.inputs[0]),
      scale: FixedPointScale(Double(scale(step.inputs[0])) / Double(scale(step.output))),
      stage: stage(step, activation))
  }

  /// The input's quantization decides; the output's is not looked at.
  private func clampToSix<Element: ElementInteger>(
    _ step: Operator, _: Element.Type
  ) -> Clamp<Element> {
    let zeroPoint = wideZeroPoint(step.inputs[0])
    let steps = (6 / scale(step.inputs[0])).rounded(.toNearestOrAwayFromZero)
    let six = zeroPoint + Int32(min(100_000, steps))
    return Clamp(minimum: zeroPoint, maximum: min(six, graph.range(of: step.inputs[0]).highest))
  }

  private func leakyRelu<Element: ElementInteger>(
    _ step: Operator, _ alpha: Float, _: Element.Type
  ) -> LeakyRectification<Element> {
    let (input, output) = (Double(scale(step.inputs[0])), Double(scale(step.output)))
    let slope = input * Double(alpha) / output
    return LeakyRectification(
      inputZeroPoint: wideZeroPoint(step.inputs[0]),
      identityScale: FixedPointScale(input / output),
      slopeScale: FixedPointScale(slope.magnitude), slopeSign: slope < 0 ? -1 : 1,
      stage: stage(step, .none))
  }

  /// LOGISTIC and TANH on int16.
  private mutating func sigmoid(_ step: Operator, isTanh: Bool) throws {
    let scale = scale(step.inputs[0])
    let kernel = TabulatedSigmoid(
      count: graph.tensors[step.output].count, inputScale: scale, isTanh: isTanh)
    let input = try place(step.inputs[0])
    let table = try constant(.int16(TabulatedSigmoid.table), "sigmoid")
    call(
      KernelCall(
        kernel, reads: ["input": input, "table": table],
        writes: ["output": .tensor(step.output)], overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], table: $1[1], output: $1[2]) })
  }

  /// A function of an int16 that TensorFlow Lite interpolates.
  private mutating func interpolation(
    _ step: Operator, _ function: (Float) -> Float
  ) throws {
    let kernel = InterpolatedFunction(count: graph.tensors[step.output].count)
    // Logarithms that do not exist are the least number of the output.
    let least = scale(step.output) * -32768
    let table = InterpolationTable(
      inputScale: scale(step.inputs[0]), inputZeroPoint: Float(wideZeroPoint(step.inputs[0])),
      outputScale: scale(step.output)
    ) {
      let result = function($0)
      return result.isFinite || result == .infinity ? result : least
    }
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input, "table": try constant(.int16(table.values), "table")],
        writes: ["output": .tensor(step.output)], overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], table: $1[1], output: $1[2]) })
  }

  private func floatFunction(_ function: UnaryFunction) throws -> FloatFunction {
    var alpha: Float = 0
    let operation: FloatOperation =
      switch function {
      case .absolute: .absolute
      case .negate: .negate
      case .reciprocalSquareRoot: .reciprocalSquareRoot
      case .squareRoot: .squareRoot
      case .square: .square
      case .exponential: .exponential
      case .logarithm: .logarithm
      case .relu, .logicalNot: .relu
      case .relu6: .relu6
      case .reluMinus1To1: .reluMinus1To1
      case .leakyRelu(let slope):
        { () -> FloatOperation in
          alpha = slope
          return .leakyRelu
        }()
      case .elu: .elu
      case .hardSwish: .hardSwish
      case .logistic: .logistic
      case .tanh: .tanh
      case .gelu(let approximate): approximate ? .approximateGelu : .gelu
      }
    return FloatFunction(operation: operation, alpha: alpha)
  }
}

extension UnaryFunction {
  /// The function of a real number, for tables.
  fileprivate var real: (Float) -> Float {
    switch self {
    case .negate: { -$0 }
    case .squareRoot: { $0.squareRoot() }
    case .square: { $0 * $0 }
    case .exponential: { Float(exp(Double($0))) }
    case .logarithm: { Float(log(Double($0))) }
    case .elu: { $0 < 0 ? Float(exp(Double($0))) - 1 : $0 }
    case .gelu(approximate: true):
      {
        let inner = 0.7978846 * ($0 + 0.044715 * $0 * $0 * $0)
        return 0.5 * $0 * (1 + Float(Foundation.tanh(Double(inner))))
      }
    case .gelu: { 0.5 * $0 * Float(erfc(Double($0 * -0.70710678))) }
    default: { $0 }
    }
  }
}
