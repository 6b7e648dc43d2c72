// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is done to a real number.
public enum FloatOperation: Sendable {
  case absolute, negate, reciprocalSquareRoot, squareRoot, square, exponential, logarithm
  case relu, relu6, reluMinus1To1, leakyRelu, elu, hardSwish, logistic, tanh
  case gelu, approximateGelu
}

/// One function of a real number.
public struct FloatFunction: UnaryElementFunction {
  public var operation: FloatOperation
  /// The slope of `leakyRelu`.
  public var alpha: Float

  public init(operation: FloatOperation, alpha: Float) {
    self.operation = operation
    self.alpha = alpha
  }

  @inline(__always)
  public func callAsFunction(_ x: Float) -> Float {
    switch operation {
    case .absolute: x.magnitude
    case .negate: -x
    case .reciprocalSquareRoot: 1 / x.squareRoot()
    case .squareRoot: x.squareRoot()
    case .square: x * x
    case .exponential: InferenceKernels.exponential(x)
    case .logarithm: naturalLogarithm(x)
    case .relu: x < 0 ? 0 : x
    case .relu6: x > 6 ? 6 : x < 0 ? 0 : x
    case .reluMinus1To1: x > 1 ? 1 : x < -1 ? -1 : x
    case .leakyRelu: x > 0 ? x : x * alpha
    case .elu: x < 0 ? exponentialMinusOne(x) : x
    case .hardSwish: x * min(6, max(0, x + 3)) / 6
    case .logistic: sigmoid(x)
    case .tanh: hyperbolicTangent(x)
    case .gelu: 0.5 * x * complementaryErrorFunction(x * -0.70710678)
    case .approximateGelu:
      0.5 * x * (1 + hyperbolicTangent(0.79788458 * (x + 0.044715 * x * x * x)))
    }
  }

  private func sigmoid(_ x: Float) -> Float {
    if x > 16.619047 { return 1 }
    if x < -9 { return InferenceKernels.exponential(x) }
    return 1 / (1 + InferenceKernels.exponential(-x))
  }
}

/// The range that an activation leaves.
public struct FloatRange: Equatable, Sendable {
  public var minimum: Float
  public var maximum: Float

  public init(minimum: Float, maximum: Float) {
    self.minimum = minimum
    self.maximum = maximum
  }

  @inline(__always)
  func clamp(_ x: Float) -> Float {
    let raised = x < minimum ? minimum : x
    return maximum < raised ? maximum : raised
  }
}

/// Arithmetic on real numbers, and a clamp.
public struct FloatArithmetic: BinaryElementFunction {
  public var operation: ArithmeticOperation
  public var range: FloatRange

  public init(operation: ArithmeticOperation, range: FloatRange) {
    self.operation = operation
    self.range = range
  }

  @inline(__always)
  public func callAsFunction(_ a: Float, _ b: Float) -> Float {
    switch operation {
    case .add: range.clamp(a + b)
    case .subtract: range.clamp(a - b)
    case .multiply: range.clamp(a * b)
    case .divide: range.clamp(a / b)
    case .squaredDifference: (a - b) * (a - b)
    }
  }
}

/// PRELU.
public struct FloatParametricRectification: BinaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ x: Float, _ slope: Float) -> Float { x >= 0 ? x : x * slope }
}

// MARK: Conversions

/// QUANTIZE of real numbers; halves are rounded away from zero.
public struct FloatQuantization<Output: ElementInteger>: UnaryElementFunction {
  public var scale: Float
  public var stage: OutputStage

  public init(scale: Float, stage: OutputStage) {
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ value: Float) -> Output {
    let limit: Float = 1_000_000
    let scaled = value / scale
    let steps = scaled > -limit ? (scaled < limit ? scaled : limit) : -limit
    let whole = Int32(steps)
    let fraction = steps - Float(whole)
    return stage.apply(whole &+ (fraction >= 0.5 ? 1 : fraction <= -0.5 ? -1 : 0))
  }
}

/// DEQUANTIZE: exact but for one rounding, as TensorFlow Lite Micro's in double precision.
public struct Dequantization<Input: ElementInteger>: UnaryElementFunction {
  public var scale: Float
  public var zeroPoint: Int32

  public init(scale: Float, zeroPoint: Int32) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  @inline(__always)
  public func callAsFunction(_ value: Input) -> Float {
    scale * Float(Int32(truncatingIfNeeded: value) &- zeroPoint)
  }
}

/// CAST among integers: the low bits.
public struct IntegerCast<Input: ElementInteger, Output: ElementInteger>: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: Input) -> Output { Output(truncatingIfNeeded: value) }
}

/// CAST of integers to real numbers.
public struct IntegerToFloat<Input: ElementInteger>: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: Input) -> Float { Float(Int32(truncatingIfNeeded: value)) }
}

/// CAST of real numbers to integers: the fraction is dropped, what int32 cannot hold becomes its
/// nearest, then the low bits.
public struct FloatToInteger<Output: ElementInteger>: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: Float) -> Output {
    let whole: Int32 =
      if value != value { 0 } else if value >= 0x1p31 { .max } else if value <= -0x1p31 {
        .min
      } else {
        Int32(value)
      }
    return Output(truncatingIfNeeded: whole)
  }
}

/// CAST to bool: what is not zero.
public struct IntegerTruth<Input: ElementInteger>: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: Input) -> UInt8 { value == 0 ? 0 : 1 }
}

public struct FloatTruth: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: Float) -> UInt8 { value == 0 ? 0 : 1 }
}

/// CAST of a type to itself.
public struct FloatCopy: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: Float) -> Float { value }
}
