// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How `MatrixProduct` multiplies, adds up and makes an element.
public protocol ProductFunction: Equatable, Sendable {
  associatedtype Element: BitwiseCopyable
  associatedtype Sum
  var zero: Sum { get }
  func add(_ first: Element, times second: Element, to sum: Sum) -> Sum
  func finish(_ sum: Sum) -> Element
}

/// BATCH_MATMUL: matrices in the last two dimensions, the others broadcast.
public struct MatrixProduct<Function: ProductFunction>: Equatable, Sendable {
  /// Of the batches, and elements from one to the next; the innermost two dimensions are 1.
  public var batches: Extents
  public var firstStrides: Extents
  public var secondStrides: Extents
  /// Of the first and the second matrix, and their common side.
  public var rows: Int
  public var columns: Int
  public var depth: Int
  /// Elements from one row of the first matrix to the next, and along a row.
  public var rowStride: Int
  public var rowStep: Int
  /// Elements from one column of the second matrix to the next, and along a column.
  public var columnStride: Int
  public var columnStep: Int
  public var function: Function

  public init(
    batches: Extents, firstStrides: Extents, secondStrides: Extents, rows: Int, columns: Int,
    depth: Int, rowStride: Int, rowStep: Int, columnStride: Int, columnStep: Int,
    function: Function
  ) {
    self.batches = batches
    self.firstStrides = firstStrides
    self.secondStrides = secondStrides
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.rowStride = rowStride
    self.rowStep = rowStep
    self.columnStride = columnStride
    self.columnStep = columnStep
    self.function = function
  }

  public func run(
    first: UnsafeRawPointer, second: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let first = first.assumingMemoryBound(to: Function.Element.self)
    let second = second.assumingMemoryBound(to: Function.Element.self)
    var target = output.assumingMemoryBound(to: Function.Element.self)
    batches.forEachRow(firstStrides, secondStrides) { start, secondStart in
      var index = 0
      while index < batches.d5 {
        multiply(
          first + (start &+ index &* firstStrides.d5),
          second + (secondStart &+ index &* secondStrides.d5), to: target)
        target += rows &* columns
        index &+= 1
      }
    }
  }

  @inline(__always)
  private func multiply(
    _ first: UnsafePointer<Function.Element>, _ second: UnsafePointer<Function.Element>,
    to target: UnsafeMutablePointer<Function.Element>
  ) {
    var row = 0
    while row < rows {
      var column = 0
      while column < columns {
        var a = first + row &* rowStride
        var b = second + column &* columnStride
        var sum = function.zero
        var index = 0
        while index < depth {
          sum = function.add(a.pointee, times: b.pointee, to: sum)
          a += rowStep
          b += columnStep
          index &+= 1
        }
        target[row &* columns &+ column] = function.finish(sum)
        column &+= 1
      }
      row &+= 1
    }
  }
}

/// Products of int8 in 32 bits.
public struct ByteProduct: ProductFunction {
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
  public var zero: Int32 { 0 }

  @inline(__always)
  public func add(_ first: Int8, times second: Int8, to sum: Int32) -> Int32 {
    sum &+ (Int32(first) &- firstZeroPoint) &* (Int32(second) &- secondZeroPoint)
  }

  @inline(__always)
  public func finish(_ sum: Int32) -> Int8 { stage.apply(scale(sum)) }
}

/// Products of int16 in 64 bits.
public struct ShortProduct: ProductFunction {
  public var scale: FixedPointScale
  public var stage: OutputStage

  public init(scale: FixedPointScale, stage: OutputStage) {
    self.scale = scale
    self.stage = stage
  }

  @inline(__always)
  public var zero: Int64 { 0 }

  @inline(__always)
  public func add(_ first: Int16, times second: Int16, to sum: Int64) -> Int64 {
    sum &+ Int64(Int32(first) &* Int32(second))
  }

  @inline(__always)
  public func finish(_ sum: Int64) -> Int16 {
    stage.apply(requantizeWide(sum, multiplier: scale.multiplier, shift: scale.shift))
  }
}

/// Products of real numbers.
public struct RealProduct: ProductFunction {
  public init() {}

  @inline(__always)
  public var zero: Float { 0 }

  @inline(__always)
  public func add(_ first: Float, times second: Float, to sum: Float) -> Float {
    sum + first * second
  }

  @inline(__always)
  public func finish(_ sum: Float) -> Float { sum }
}
