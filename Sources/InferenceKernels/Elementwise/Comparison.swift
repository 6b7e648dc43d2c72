// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How two elements are compared.
public enum Relation: Sendable {
  case equal, notEqual, less, lessEqual, greater, greaterEqual

  @inline(__always)
  func callAsFunction<Element: Comparable>(_ a: Element, _ b: Element) -> UInt8 {
    let holds =
      switch self {
      case .equal: a == b
      case .notEqual: a != b
      case .less: a < b
      case .lessEqual: a <= b
      case .greater: a > b
      case .greaterEqual: a >= b
      }
    return holds ? 1 : 0
  }
}

/// Comparisons of plain numbers; results are bools.
public struct Comparison<Element: Comparable & BitwiseCopyable & Sendable>: BinaryElementFunction {
  public var relation: Relation

  public init(relation: Relation) { self.relation = relation }

  @inline(__always)
  public func callAsFunction(_ a: Element, _ b: Element) -> UInt8 { relation(a, b) }
}

/// Comparisons of int8 in quantizations of their own.
public struct QuantizedComparison: BinaryElementFunction {
  public var first: ScaledInput
  public var second: ScaledInput
  public var relation: Relation

  public init(first: ScaledInput, second: ScaledInput, relation: Relation) {
    self.first = first
    self.second = second
    self.relation = relation
  }

  @inline(__always)
  public func callAsFunction(_ a: Int8, _ b: Int8) -> UInt8 { relation(first(a), second(b)) }
}

/// LOGICAL_AND and LOGICAL_OR.
public struct LogicalFunction: BinaryElementFunction {
  public enum Operation: Sendable { case and, or }
  public var operation: Operation

  public init(operation: Operation) { self.operation = operation }

  @inline(__always)
  public func callAsFunction(_ a: UInt8, _ b: UInt8) -> UInt8 {
    switch operation {
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    }
  }
}

/// The larger or the smaller of two: MAXIMUM, MINIMUM.
public struct Extremum<Element: Comparable & BitwiseCopyable & Sendable>: BinaryElementFunction {
  public var isMaximum: Bool

  public init(isMaximum: Bool) { self.isMaximum = isMaximum }

  @inline(__always)
  public func callAsFunction(_ a: Element, _ b: Element) -> Element {
    isMaximum ? (a > b ? a : b) : (a < b ? a : b)
  }
}

/// What is done to two plain numbers.
public enum ArithmeticOperation: Sendable {
  case add, subtract, multiply, divide, squaredDifference
}

/// Arithmetic on int32 that stands for itself, modulo 2^32, and a clamp.
public struct IntegerArithmetic: BinaryElementFunction {
  public var operation: ArithmeticOperation
  public var minimum: Int32
  public var maximum: Int32

  public init(operation: ArithmeticOperation, minimum: Int32, maximum: Int32) {
    self.operation = operation
    self.minimum = minimum
    self.maximum = maximum
  }

  @inline(__always)
  public func callAsFunction(_ a: Int32, _ b: Int32) -> Int32 {
    let result =
      switch operation {
      case .add: a &+ b
      case .subtract: a &- b
      case .multiply: a &* b
      case .divide: quotient(a, b)
      case .squaredDifference: (a &- b) &* (a &- b)
      }
    return min(max(result, minimum), maximum)
  }

  /// Undefined quotients are 0 and `Int32.min`.
  @inline(__always)
  private func quotient(_ a: Int32, _ b: Int32) -> Int32 {
    if b == 0 { return 0 }
    return b == -1 ? 0 &- a : a / b
  }
}
