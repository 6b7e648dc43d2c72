// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// The heart of TinyML: a 3 × 3 convolution on int8, 16 channels to 16 over 16 × 16 pixels, by the
/// kernel that our networks use (SXTB16 and SMLAD).
public enum ConvolutionWork {
  private static let side = 16
  private static let channels = 16
  private static let pixelBytes = side * side * channels

  private static var input: UnsafeMutablePointer<Int8> { Workload.memory(at: 0) }
  private static var output: UnsafeMutablePointer<Int8> { Workload.memory(at: pixelBytes) }
  private static var weights: UnsafeMutablePointer<Int8> { Workload.memory(at: 2 * pixelBytes) }
  private static var bias: UnsafeMutablePointer<Int32> { Workload.memory(at: 10_752) }
  private static var multipliers: UnsafeMutablePointer<Int32> { Workload.memory(at: 10_816) }
  private static var shifts: UnsafeMutablePointer<Int8> { Workload.memory(at: 10_880) }
  private static var scratch: UnsafeMutablePointer<UInt32> { Workload.memory(at: 10_944) }

  /// Feeds the output back in as often as asked for.
  public static func run(rounds: Int) -> UInt32 {
    prepare()
    let layer = Convolution(
      window: Window(
        inputHeight: side, inputWidth: side, inputChannels: channels, outputHeight: side,
        outputWidth: side, outputChannels: channels, kernelHeight: 3, kernelWidth: 3,
        paddingTop: 1, paddingLeft: 1),
      inputZeroPoint: 0, stage: OutputStage(zeroPoint: 0, minimum: -128, maximum: 127))
    let scaling = ChannelScaling(
      bias: bias, multipliers: multipliers, shifts: shifts, multiplierStride: 1)
    var checksum: UInt32 = 0
    var round = 0
    while round < rounds {
      layer.run(
        input: input, weights: weights, scaling: scaling, scratch: scratch, output: output)
      checksum = takeBack(checksum)
      round &+= 1
    }
    return checksum
  }

  private static func prepare() {
    var random = Congruence(seed: 12_345)
    for index in 0..<pixelBytes { input[index] = Int8(truncatingIfNeeded: random.next() &>> 24) }
    for index in 0..<channels &* 9 &* channels {
      weights[index] = Int8(truncatingIfNeeded: random.next() &>> 24)
    }
    for channel in 0..<channels {
      bias[channel] = Int32(truncatingIfNeeded: channel &* 37 &- 200)
      multipliers[channel] = 0x4000_0000 &+ Int32(truncatingIfNeeded: channel) &* 0x100_0000
      shifts[channel] = -6
    }
  }

  @inline(never) private static func takeBack(_ start: UInt32) -> UInt32 {
    var checksum = start
    var index = 0
    while index < pixelBytes {
      let value = output[index]
      input[index] = value
      checksum = checksum &* 31 &+ UInt32(UInt8(bitPattern: value))
      index &+= 1
    }
    return checksum
  }
}
