// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What `Binary` does to two elements.
public protocol BinaryElementFunction: Equatable, Sendable {
  associatedtype First: BitwiseCopyable
  associatedtype Second: BitwiseCopyable
  associatedtype Output: BitwiseCopyable
  func callAsFunction(_ first: First, _ second: Second) -> Output
}

/// One function of the elements of two tensors, each repeated along dimensions where its stride
/// is 0.
public struct Binary<Function: BinaryElementFunction>: Equatable, Sendable {
  /// Of the output.
  public var shape: Extents
  /// Elements from one index to the next.
  public var firstStrides: Extents
  public var secondStrides: Extents
  public var function: Function

  public init(
    shape: Extents, firstStrides: Extents, secondStrides: Extents, function: Function
  ) {
    self.shape = shape
    self.firstStrides = firstStrides
    self.secondStrides = secondStrides
    self.function = function
  }

  public func run(
    first: UnsafeRawPointer, second: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let first = first.assumingMemoryBound(to: Function.First.self)
    let second = second.assumingMemoryBound(to: Function.Second.self)
    var target = output.assumingMemoryBound(to: Function.Output.self)
    shape.forEachRow(firstStrides, secondStrides) { start, secondStart in
      var a = first + start
      var b = second + secondStart
      var index = 0
      while index < shape.d5 {
        target[index] = function(a.pointee, b.pointee)
        a += firstStrides.d5
        b += secondStrides.d5
        index &+= 1
      }
      target += shape.d5
    }
  }
}

/// SELECT_V2: elements of one of two tensors, as a third of bools says.
public struct Select<Element: ElementInteger>: Equatable, Sendable {
  /// Of the output.
  public var shape: Extents
  public var conditionStrides: Extents
  public var firstStrides: Extents
  public var secondStrides: Extents

  public init(
    shape: Extents, conditionStrides: Extents, firstStrides: Extents, secondStrides: Extents
  ) {
    self.shape = shape
    self.conditionStrides = conditionStrides
    self.firstStrides = firstStrides
    self.secondStrides = secondStrides
  }

  public func run(
    condition: UnsafeRawPointer, first: UnsafeRawPointer, second: UnsafeRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let condition = condition.assumingMemoryBound(to: UInt8.self)
    let first = first.assumingMemoryBound(to: Element.self)
    let second = second.assumingMemoryBound(to: Element.self)
    var target = output.assumingMemoryBound(to: Element.self)
    var row = 0
    shape.forEachRow(firstStrides, secondStrides) { start, secondStart in
      let mask = condition + shape.offset(ofRow: row, strides: conditionStrides)
      var index = 0
      while index < shape.d5 {
        let isFirst = mask[index &* conditionStrides.d5] != 0
        target[index] =
          isFirst
          ? first[start &+ index &* firstStrides.d5]
          : second[secondStart &+ index &* secondStrides.d5]
        index &+= 1
      }
      target += shape.d5
      row &+= 1
    }
  }
}

extension Extents {
  /// Calls `body` once for each index but the innermost, in memory order, with where the row begins
  /// in two tensors.
  @inline(__always)
  func forEachRow(_ first: Extents, _ second: Extents, _ body: (Int, Int) -> Void) {
    var i0 = 0
    while i0 < d0 {
      var i1 = 0
      while i1 < d1 {
        var i2 = 0
        while i2 < d2 {
          var i3 = 0
          while i3 < d3 {
            var i4 = 0
            while i4 < d4 {
              body(
                first.offset(i0, i1, i2, i3, i4), second.offset(i0, i1, i2, i3, i4))
              i4 &+= 1
            }
            i3 &+= 1
          }
          i2 &+= 1
        }
        i1 &+= 1
      }
      i0 &+= 1
    }
  }

  /// As strides: the place of an index.
  @inline(__always)
  func offset(_ i0: Int, _ i1: Int, _ i2: Int, _ i3: Int, _ i4: Int) -> Int {
    i0 &* d0 &+ i1 &* d1 &+ i2 &* d2 &+ i3 &* d3 &+ i4 &* d4
  }

  /// As a shape: where row number `row` begins in a tensor with `strides`.
  @inline(__always)
  func offset(ofRow row: Int, strides: Extents) -> Int {
    var rest = row
    var offset = rest % d4 &* strides.d4
    rest /= d4
    offset &+= rest % d3 &* strides.d3
    rest /= d3
    offset &+= rest % d2 &* strides.d2
    rest /= d2
    offset &+= rest % d1 &* strides.d1
    return offset &+ rest / d1 &* strides.d0
  }
}
