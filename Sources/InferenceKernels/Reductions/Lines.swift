// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ARG_MAX and ARG_MIN: where along one dimension the first extreme element is.
public struct ArgumentExtremum<Element: Comparable & BitwiseCopyable & Sendable>: Equatable,
  Sendable
{
  /// Elements outside, along and inside of the dimension.
  public var outerCount: Int
  public var count: Int
  public var innerCount: Int
  public var isMaximum: Bool

  public init(outerCount: Int, count: Int, innerCount: Int, isMaximum: Bool) {
    self.outerCount = outerCount
    self.count = count
    self.innerCount = innerCount
    self.isMaximum = isMaximum
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Element.self)
    let output = output.assumingMemoryBound(to: Int32.self)
    var index = 0
    while index < outerCount &* innerCount {
      let start = index / innerCount &* count &* innerCount &+ index % innerCount
      output[index] = argument(input + start)
      index &+= 1
    }
  }

  @inline(__always)
  private func argument(_ values: UnsafePointer<Element>) -> Int32 {
    var best = values.pointee
    var argument = 0
    var index = 1
    while index < count {
      let value = values[index &* innerCount]
      // Anything replaces NaN, and NaN nothing.
      let isBetter = isMaximum ? value > best : value < best
      if isBetter || (best != best && value == value) {
        best = value
        argument = index
      }
      index &+= 1
    }
    return Int32(truncatingIfNeeded: argument)
  }
}

/// The lines along one dimension, forwards or backwards.
public struct Lines: Equatable, Sendable {
  /// Elements outside, along and inside of the dimension.
  public var outerCount: Int
  public var count: Int
  public var innerCount: Int
  public var isReversed: Bool

  public init(outerCount: Int, count: Int, innerCount: Int, isReversed: Bool) {
    self.outerCount = outerCount
    self.count = count
    self.innerCount = innerCount
    self.isReversed = isReversed
  }

  /// Calls `body` with the first element of each line and the step to the next.
  @inline(__always)
  func forEachLine(_ body: (_ start: Int, _ step: Int) -> Void) {
    let last = isReversed ? (count &- 1) &* innerCount : 0
    var index = 0
    while index < outerCount &* innerCount {
      let start = index / innerCount &* count &* innerCount &+ index % innerCount
      body(start &+ last, isReversed ? 0 &- innerCount : innerCount)
      index &+= 1
    }
  }
}

/// CUMSUM of int8.
public struct QuantizedCumulativeSum: Equatable, Sendable {
  public var lines: Lines
  public var isExclusive: Bool
  public var input: ScaledInput
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(
    lines: Lines, isExclusive: Bool, input: ScaledInput, scale: FixedPointScale,
    stage: OutputStage
  ) {
    self.lines = lines
    self.isExclusive = isExclusive
    self.input = input
    self.scale = scale
    self.stage = stage
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let values = input.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    lines.forEachLine { start, step in
      // As TensorFlow Lite Micro has it, a sum begins at the input 0, not at the number 0.
      var sum = self.input(Int8(0))
      var place = start
      var index = 0
      while index < lines.count {
        let next = sum &+ self.input(values[place])
        output[place] = stage.apply(scale(isExclusive ? sum : next))
        sum = next
        place &+= step
        index &+= 1
      }
    }
  }

  public var overlap: Overlap { .exact }
}

/// CUMSUM of plain numbers.
public struct CumulativeSum<Element: CumulativeElement>: Equatable, Sendable {
  public var lines: Lines
  public var isExclusive: Bool

  public init(lines: Lines, isExclusive: Bool) {
    self.lines = lines
    self.isExclusive = isExclusive
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let values = input.assumingMemoryBound(to: Element.self)
    let output = output.assumingMemoryBound(to: Element.self)
    lines.forEachLine { start, step in
      var sum = Element.zero
      var place = start
      var index = 0
      while index < lines.count {
        let next = sum.adding(values[place])
        output[place] = isExclusive ? sum : next
        sum = next
        place &+= step
        index &+= 1
      }
    }
  }

  public var overlap: Overlap { .exact }
}

/// A plain number that can be added, integers modulo their width.
public protocol CumulativeElement: BitwiseCopyable, Sendable {
  static var zero: Self { get }
  func adding(_ other: Self) -> Self
}

extension Int32: CumulativeElement {
  public func adding(_ other: Int32) -> Int32 { self &+ other }
}

extension Float: CumulativeElement {
  public func adding(_ other: Float) -> Float { self + other }
}
