// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An integer as tensors hold it.
public protocol ElementInteger: FixedWidthInteger, BitwiseCopyable, Sendable {}
extension Int8: ElementInteger {}
extension UInt8: ElementInteger {}
extension Int16: ElementInteger {}
extension Int32: ElementInteger {}
extension Int64: ElementInteger {}

/// What `Unary` does to each element.
public protocol UnaryElementFunction: Equatable, Sendable {
  associatedtype Input: BitwiseCopyable
  associatedtype Output: BitwiseCopyable
  func callAsFunction(_ value: Input) -> Output
}

/// One function of each element. The output may take the input's place where its elements are not
/// larger.
public struct Unary<Function: UnaryElementFunction>: Equatable, Sendable {
  public var count: Int
  public var function: Function

  public init(count: Int, function: Function) {
    self.count = count
    self.function = function
  }

  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let input = input.assumingMemoryBound(to: Function.Input.self)
    let output = output.assumingMemoryBound(to: Function.Output.self)
    var index = 0
    while index < count {
      output[index] = function(input[index])
      index &+= 1
    }
  }

  public var overlap: Overlap {
    MemoryLayout<Function.Output>.size <= MemoryLayout<Function.Input>.size ? .exact : .none
  }
}

/// Any function of an int8 as a table of 256 bytes: entry 0 is for the input 0, entry 255 for -1.
public struct LookupTable: Equatable, Sendable {
  public var count: Int

  public init(count: Int) { self.count = count }

  public func run(
    input: UnsafeRawPointer, table: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: UInt8.self)
    let table = table.assumingMemoryBound(to: UInt8.self)
    let output = output.assumingMemoryBound(to: UInt8.self)
    var index = 0
    while index < count {
      output[index] = table[Int(input[index])]
      index &+= 1
    }
  }

  public var overlap: Overlap { .exact }
}
