// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What `Reduce` makes of many elements.
public protocol ReductionFunction: Equatable, Sendable {
  associatedtype Input: BitwiseCopyable
  associatedtype Sum
  associatedtype Output: BitwiseCopyable
  func start(_ first: Input) -> Sum
  func add(_ value: Input, to sum: Sum) -> Sum
  func finish(_ sum: Sum) -> Output
}

/// Many elements to one along any dimensions: MEAN, SUM, REDUCE_MAX, REDUCE_MIN. Elements are taken
/// in memory order, so sums of real numbers are TensorFlow Lite Micro's.
public struct Reduce<Function: ReductionFunction>: Equatable, Sendable {
  /// Dimensions that stay, and elements of the input from one index to the next.
  public var kept: Extents
  public var keptStrides: Extents
  /// Dimensions that go.
  public var reduced: Extents
  public var reducedStrides: Extents
  public var function: Function

  public init(
    kept: Extents, keptStrides: Extents, reduced: Extents, reducedStrides: Extents,
    function: Function
  ) {
    self.kept = kept
    self.keptStrides = keptStrides
    self.reduced = reduced
    self.reducedStrides = reducedStrides
    self.function = function
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Function.Input.self)
    var target = output.assumingMemoryBound(to: Function.Output.self)
    kept.forEachRow(keptStrides, keptStrides) { start, _ in
      var index = 0
      while index < kept.d5 {
        target.pointee = reduce(input + (start &+ index &* keptStrides.d5))
        target += 1
        index &+= 1
      }
    }
  }

  @inline(__always)
  private func reduce(_ start: UnsafePointer<Function.Input>) -> Function.Output {
    var sum = function.start(start.pointee)
    var skipped = 1
    reduced.forEachRow(reducedStrides, reducedStrides) { row, _ in
      var index = skipped
      skipped = 0
      while index < reduced.d5 {
        sum = function.add(start[row &+ index &* reducedStrides.d5], to: sum)
        index &+= 1
      }
    }
    return function.finish(sum)
  }
}

/// The sum on another scale; for MEAN the scale holds the division.
public struct QuantizedTotal<Element: ElementInteger>: ReductionFunction {
  /// The input's zero point as often as there are elements.
  public var offset: Int32
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(offset: Int32, scale: FixedPointScale, stage: OutputStage) {
    self.offset = offset
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public func start(_ first: Element) -> Int32 { Int32(truncatingIfNeeded: first) }

  @inline(__always)
  public func add(_ value: Element, to sum: Int32) -> Int32 {
    sum &+ Int32(truncatingIfNeeded: value)
  }

  @inline(__always)
  public func finish(_ sum: Int32) -> Element { stage.apply(scale(sum &- offset)) }
}

/// The sum of int32 that stand for themselves, divided for MEAN.
public struct IntegerTotal: ReductionFunction {
  public var divisor: Int32

  public init(divisor: Int32) { self.divisor = divisor }

  @inline(__always)
  public func start(_ first: Int32) -> Int32 { first }

  @inline(__always)
  public func add(_ value: Int32, to sum: Int32) -> Int32 { sum &+ value }

  @inline(__always)
  public func finish(_ sum: Int32) -> Int32 { divisor > 0 ? sum / divisor : sum }
}

/// The sum of real numbers, divided for MEAN.
public struct FloatTotal: ReductionFunction {
  public var divisor: Float

  public init(divisor: Float) { self.divisor = divisor }

  @inline(__always)
  public func start(_ first: Float) -> Float { 0 + first }

  @inline(__always)
  public func add(_ value: Float, to sum: Float) -> Float { sum + value }

  @inline(__always)
  public func finish(_ sum: Float) -> Float { sum / divisor }
}

/// The largest or smallest element.
public struct ReducedExtremum<Element: Comparable & BitwiseCopyable & Sendable>: ReductionFunction {
  public var isMaximum: Bool

  public init(isMaximum: Bool) { self.isMaximum = isMaximum }

  @inline(__always)
  public func start(_ first: Element) -> Element { first }

  @inline(__always)
  public func add(_ value: Element, to sum: Element) -> Element {
    isMaximum ? (value > sum ? value : sum) : (value < sum ? value : sum)
  }

  @inline(__always)
  public func finish(_ sum: Element) -> Element { sum }
}
