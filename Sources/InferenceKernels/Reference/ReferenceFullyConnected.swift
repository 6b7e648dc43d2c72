// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// FULLY_CONNECTED as the definition reads; weights and bias as in the model. The yardstick of
/// `FullyConnected`.
public struct ReferenceFullyConnected: Sendable {
  public var batches: Int
  public var inputCount: Int
  public var outputCount: Int
  public var inputZeroPoint: Int8
  public var stage: OutputStage

  public init(
    batches: Int, inputCount: Int, outputCount: Int, inputZeroPoint: Int8, stage: OutputStage
  ) {
    self.batches = batches
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.inputZeroPoint = inputZeroPoint
    self.stage = stage
  }

  public func run(
    input: UnsafePointer<Int8>, weights: UnsafePointer<Int8>, scaling: ChannelScaling,
    output: UnsafeMutablePointer<Int8>
  ) {
    var index = 0
    while index < batches &* outputCount {
      let channel = index % outputCount
      let row = input + index / outputCount &* inputCount
      var sum = scaling.bias[channel]
      var tap = 0
      while tap < inputCount {
        let value = Int32(row[tap]) &- Int32(inputZeroPoint)
        sum = sum &+ value &* Int32(weights[channel &* inputCount &+ tap])
        tap &+= 1
      }
      output[index] = stage.quantize(scaling.scale(sum, channel: channel))
      index &+= 1
    }
  }
}
