// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One number for each of six dimensions, the outermost first: a shape or strides. Tensors of fewer
/// dimensions begin with extents of 1.
public struct Extents: Equatable, Sendable {
  public var d0: Int
  public var d1: Int
  public var d2: Int
  public var d3: Int
  public var d4: Int
  public var d5: Int

  public init(d0: Int, d1: Int, d2: Int, d3: Int, d4: Int, d5: Int) {
    self.d0 = d0
    self.d1 = d1
    self.d2 = d2
    self.d3 = d3
    self.d4 = d4
    self.d5 = d5
  }

  /// The last six of `values`, or fewer with `filling` before them.
  public init(_ values: some BidirectionalCollection<Int>, filling: Int = 1) {
    self.init(d0: filling, d1: filling, d2: filling, d3: filling, d4: filling, d5: filling)
    for (index, value) in values.suffix(6).reversed().enumerated() { self[5 &- index] = value }
  }

  /// The number of dimension 0...5; others are dimension 5.
  @inline(__always)
  public subscript(dimension: Int) -> Int {
    get {
      switch dimension {
      case 0: d0
      case 1: d1
      case 2: d2
      case 3: d3
      case 4: d4
      default: d5
      }
    }
    set {
      switch dimension {
      case 0: d0 = newValue
      case 1: d1 = newValue
      case 2: d2 = newValue
      case 3: d3 = newValue
      case 4: d4 = newValue
      default: d5 = newValue
      }
    }
  }

  /// As a shape: how many elements.
  @inline(__always)
  public var product: Int { d0 &* d1 &* d2 &* d3 &* d4 &* d5 }
}
