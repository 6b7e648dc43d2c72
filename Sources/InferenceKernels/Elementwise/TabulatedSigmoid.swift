// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// LOGISTIC and TANH on int16 by interpolation in a table of the sigmoid function, which
/// `ModelCompiler` makes: 256 steps of an unsigned 16-bit number from 0 to 10.7.
public struct TabulatedSigmoid: Equatable, Sendable {
  public var count: Int
  /// Of the input, to units of 1 / (3 * 4096).
  public var multiplier: Int32
  public var rightShift: Int32
  public var isTanh: Bool

  public init(count: Int, multiplier: Int32, rightShift: Int32, isTanh: Bool) {
    self.count = count
    self.multiplier = multiplier
    self.rightShift = rightShift
    self.isTanh = isTanh
  }

  public func run(
    input: UnsafeRawPointer, table: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Int16.self)
    let table = table.assumingMemoryBound(to: UInt16.self)
    let output = output.assumingMemoryBound(to: Int16.self)
    let function = InterpolatedSigmoid(multiplier: multiplier, shift: rightShift)
    var index = 0
    while index < count {
      output[index] =
        isTanh
        ? function.tanh(input[index], table: table)
        : function.logistic(input[index], table: table)
      index &+= 1
    }
  }

  public var overlap: Overlap { .exact }
}
