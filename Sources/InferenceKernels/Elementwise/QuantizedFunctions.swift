// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension OutputStage {
  /// Adds the zero point and clamps.
  @inline(__always)
  func apply<Element: ElementInteger>(_ value: Int32) -> Element {
    Element(truncatingIfNeeded: max(minimum, min(maximum, value &+ zeroPoint)))
  }
}

/// A scale as `requantize` takes it.
public struct FixedPointScale: Equatable, Sendable {
  public var multiplier: Int32
  public var shift: Int32

  public init(multiplier: Int32, shift: Int32) {
    self.multiplier = multiplier
    self.shift = shift
  }

  @inline(__always)
  func callAsFunction(_ value: Int32) -> Int32 {
    requantize(value, multiplier: multiplier, shift: shift)
  }
}

/// An input brought to a scale that it shares with another, after a shift to the left.
public struct ScaledInput: Equatable, Sendable {
  public var zeroPoint: Int32
  public var leftShift: Int32
  public var scale: FixedPointScale

  public init(zeroPoint: Int32, leftShift: Int32, scale: FixedPointScale) {
    self.zeroPoint = zeroPoint
    self.leftShift = leftShift
    self.scale = scale
  }

  @inline(__always)
  func callAsFunction(_ value: some ElementInteger) -> Int32 {
    scale((Int32(truncatingIfNeeded: value) &- zeroPoint) &<< leftShift)
  }
}

// MARK: Of one element

/// The same number in another quantization or, by the stage's range, a clamped one: QUANTIZE, RELU.
public struct Requantization<Input: ElementInteger, Output: ElementInteger>: UnaryElementFunction {
  public var inputZeroPoint: Int32
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(inputZeroPoint: Int32, scale: FixedPointScale, stage: OutputStage) {
    self.inputZeroPoint = inputZeroPoint
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ value: Input) -> Output {
    stage.apply(scale(Int32(truncatingIfNeeded: value) &- inputZeroPoint))
  }
}

/// The same number within a range: RELU6, whose input and output share a quantization.
public struct Clamp<Element: ElementInteger>: UnaryElementFunction {
  public var minimum: Int32
  public var maximum: Int32

  public init(minimum: Int32, maximum: Int32) {
    self.minimum = minimum
    self.maximum = maximum
  }

  @inline(__always)
  public func callAsFunction(_ value: Element) -> Element {
    // In TensorFlow Lite Micro's order: its upper bound wins.
    let value = Int32(truncatingIfNeeded: value)
    return Element(truncatingIfNeeded: value > maximum ? maximum : max(value, minimum))
  }
}

/// LEAKY_RELU: another scale for what is negative.
public struct LeakyRectification<Element: ElementInteger>: UnaryElementFunction {
  public var inputZeroPoint: Int32
  public var identityScale: FixedPointScale
  /// Of the slope's magnitude.
  public var slopeScale: FixedPointScale
  /// 1 or -1.
  public var slopeSign: Int32
  public var stage: OutputStage

  public init(
    inputZeroPoint: Int32, identityScale: FixedPointScale, slopeScale: FixedPointScale,
    slopeSign: Int32, stage: OutputStage
  ) {
    self.inputZeroPoint = inputZeroPoint
    self.identityScale = identityScale
    self.slopeScale = slopeScale
    self.slopeSign = slopeSign
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ value: Element) -> Element {
    let value = Int32(truncatingIfNeeded: value) &- inputZeroPoint
    return stage.apply(value >= 0 ? identityScale(value) : slopeSign &* slopeScale(value))
  }
}

/// ABS.
public struct Magnitude<Element: ElementInteger>: UnaryElementFunction {
  public var inputZeroPoint: Int32
  /// Whether the output has another scale.
  public var scales: Bool
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(inputZeroPoint: Int32, scales: Bool, scale: FixedPointScale, stage: OutputStage) {
    self.inputZeroPoint = inputZeroPoint
    self.scales = scales
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ value: Element) -> Element {
    let difference = Int32(truncatingIfNeeded: value) &- inputZeroPoint
    let magnitude = difference < 0 ? 0 &- difference : difference
    return stage.apply(scales ? scale(magnitude) : magnitude)
  }
}

/// LOGICAL_NOT.
public struct LogicalNegation: UnaryElementFunction {
  public init() {}

  @inline(__always)
  public func callAsFunction(_ value: UInt8) -> UInt8 { value == 0 ? 1 : 0 }
}

// MARK: Of two elements

/// ADD and SUB with both inputs on a common scale.
public struct QuantizedSum<Element: ElementInteger>: BinaryElementFunction {
  public var first: ScaledInput
  public var second: ScaledInput
  /// 1, or -1 for a difference.
  public var sign: Int32
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(
    first: ScaledInput, second: ScaledInput, sign: Int32, scale: FixedPointScale,
    stage: OutputStage
  ) {
    self.first = first
    self.second = second
    self.sign = sign
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ a: Element, _ b: Element) -> Element {
    stage.apply(scale(first(a) &+ sign &* second(b)))
  }
}

/// SQUARED_DIFFERENCE with both inputs on a common scale.
public struct QuantizedSquaredDifference<Element: ElementInteger>: BinaryElementFunction {
  public var first: ScaledInput
  public var second: ScaledInput
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(first: ScaledInput, second: ScaledInput, scale: FixedPointScale, stage: OutputStage) {
    self.first = first
    self.second = second
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ a: Element, _ b: Element) -> Element {
    let difference = first(a) &- second(b)
    return stage.apply(scale(difference &* difference))
  }
}

/// MUL.
public struct QuantizedProduct<Element: ElementInteger>: BinaryElementFunction {
  public var firstZeroPoint: Int32
  public var secondZeroPoint: Int32
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(
    firstZeroPoint: Int32, secondZeroPoint: Int32, scale: FixedPointScale, stage: OutputStage
  ) {
    self.firstZeroPoint = firstZeroPoint
    self.secondZeroPoint = secondZeroPoint
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ a: Element, _ b: Element) -> Element {
    let x = Int32(truncatingIfNeeded: a) &- firstZeroPoint
    let y = Int32(truncatingIfNeeded: b) &- secondZeroPoint
    return stage.apply(scale(x &* y))
  }
}

/// DIV on int8: the divisor's reciprocal by Newton's method. Where TensorFlow Lite Micro is
/// undefined, results are those of its build for x86: of a division by zero, and of shifts by more
/// than 31, which small dividends lead to.
public struct QuantizedQuotient: BinaryElementFunction {
  public var firstZeroPoint: Int32
  public var secondZeroPoint: Int32
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(
    firstZeroPoint: Int32, secondZeroPoint: Int32, scale: FixedPointScale, stage: OutputStage
  ) {
    self.firstZeroPoint = firstZeroPoint
    self.secondZeroPoint = secondZeroPoint
    self.scale = scale
    self.stage = stage
  }

  public func callAsFunction(_ a: Int8, _ b: Int8) -> Int8 {
    var dividend = Int32(a) &- firstZeroPoint
    var divisor = Int32(b) &- secondZeroPoint
    if divisor < 0 {
      dividend = 0 &- dividend
      divisor = 0 &- divisor
    }
    // The divisor as 1.x * 2^bits, and 1 / 1.x in Q0.
    let leading = Int32(truncatingIfNeeded: divisor.leadingZeroBitCount)
    let fraction = UInt32(bitPattern: divisor &<< leading) &- 0x8000_0000
    let reciprocal =
      divisor == 0 ? -1_515_870_788 : reciprocalOfOnePlus(Int32(bitPattern: fraction))
    let magnitude = dividend < 0 ? ~dividend : dividend
    let headroom = Int32(truncatingIfNeeded: magnitude.leadingZeroBitCount) &- 1
    let quotient = requantize(dividend, multiplier: reciprocal, shift: headroom)
    let shift = scale.shift &- (31 &- leading) &- headroom
    if shift >= -31 {
      return stage.apply(requantize(quotient, multiplier: scale.multiplier, shift: shift))
    }
    let product = doublingHighMultiply(quotient, scale.multiplier)
    return stage.apply((product &>> (0 &- shift)) &+ (product >= 0 ? 1 : 0))
  }
}

/// PRELU: the second input scales what is negative in the first.
public struct QuantizedParametricRectification<Element: ElementInteger>: BinaryElementFunction {
  public var inputZeroPoint: Int32
  public var slopeZeroPoint: Int32
  public var identityScale: FixedPointScale
  public var slopeScale: FixedPointScale
  public var stage: OutputStage

  public init(
    inputZeroPoint: Int32, slopeZeroPoint: Int32, identityScale: FixedPointScale,
    slopeScale: FixedPointScale, stage: OutputStage
  ) {
    self.inputZeroPoint = inputZeroPoint
    self.slopeZeroPoint = slopeZeroPoint
    self.identityScale = identityScale
    self.slopeScale = slopeScale
    self.stage = stage
  }

  @inline(__always)
  public func callAsFunction(_ a: Element, _ slope: Int8) -> Element {
    let value = Int32(truncatingIfNeeded: a) &- inputZeroPoint
    if value >= 0 { return stage.apply(identityScale(value)) }
    return stage.apply(slopeScale(value &* (Int32(slope) &- slopeZeroPoint)))
  }
}
