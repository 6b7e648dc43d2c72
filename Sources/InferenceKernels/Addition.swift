// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ADD of two int8 tensors of one shape: both are brought to a common scale with 20 more bits, as
/// TensorFlow Lite Micro does it.
public struct Addition: Equatable, Sendable {
  /// How one input is brought to the common scale.
  public struct Input: Equatable, Sendable {
    public var zeroPoint: Int32
    public var multiplier: Int32
    public var shift: Int32

    public init(zeroPoint: Int32, multiplier: Int32, shift: Int32) {
      self.zeroPoint = zeroPoint
      self.multiplier = multiplier
      self.shift = shift
    }

    @inline(__always)
    func scale(_ value: Int8) -> Int32 {
      let widened = (Int32(value) &- zeroPoint) &<< Addition.leftShift
      return requantize(widened, multiplier: multiplier, shift: shift)
    }
  }

  /// Bits that the inputs are moved up by before they are scaled.
  public static var leftShift: Int32 { 20 }

  public var count: Int
  public var first: Input
  public var second: Input
  public var outputMultiplier: Int32
  public var outputShift: Int32
  public var stage: OutputStage

  public init(
    count: Int, first: Input, second: Input, outputMultiplier: Int32, outputShift: Int32,
    stage: OutputStage
  ) {
    self.count = count
    self.first = first
    self.second = second
    self.outputMultiplier = outputMultiplier
    self.outputShift = outputShift
    self.stage = stage
  }

  public func run(
    first: UnsafeRawPointer, second: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let a = first.assumingMemoryBound(to: Int8.self)
    let b = second.assumingMemoryBound(to: Int8.self)
    let output = output.assumingMemoryBound(to: Int8.self)
    var index = 0
    while index < count {
      let sum = self.first.scale(a[index]) &+ self.second.scale(b[index])
      output[index] = stage.quantize(
        requantize(sum, multiplier: outputMultiplier, shift: outputShift))
      index &+= 1
    }
  }
}
