// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import TestSupport

/// Random shapes, scales and values for one layer.
struct RandomLayer {
  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func bytes(_ count: Int) -> [Int8] {
    (0..<count).map { _ in Int8.random(in: -128...127, using: &random) }
  }

  mutating func zeroPoint() -> Int8 { Int8.random(in: -128...127, using: &random) }

  mutating func stage() -> OutputStage {
    let relu = Bool.random(using: &random)
    let zeroPoint = Int32(zeroPoint())
    return OutputStage(zeroPoint: zeroPoint, minimum: relu ? zeroPoint : -128, maximum: 127)
  }

  /// Padding within the kernel, so that some taps and sometimes all of them are outside.
  mutating func window(channels: Int, outputs: Int) -> Window {
    let (height, width) = (int(1...9), int(1...9))
    let (kernelHeight, kernelWidth) = (int(1...4), int(1...4))
    return Window(
      batches: int(1...2), inputHeight: height, inputWidth: width, inputChannels: channels,
      outputHeight: int(1...6), outputWidth: int(1...6), outputChannels: outputs,
      kernelHeight: kernelHeight, kernelWidth: kernelWidth, strideHeight: int(1...3),
      strideWidth: int(1...3), dilationHeight: int(1...2), dilationWidth: int(1...2),
      paddingTop: int(0...kernelHeight - 1), paddingLeft: int(0...kernelWidth - 1))
  }

  mutating func pointwiseWindow(channels: Int, outputs: Int) -> Window {
    let (height, width) = (int(1...5), int(1...5))
    return Window(
      inputHeight: height, inputWidth: width, inputChannels: channels, outputHeight: height,
      outputWidth: width, outputChannels: outputs, kernelHeight: 1, kernelWidth: 1)
  }

  mutating func channels(_ count: Int) -> ChannelTable {
    let shared = int(0...3) == 0
    let scales = shared ? 1 : count
    return ChannelTable(
      bias: (0..<count).map { _ in Int32.random(in: -20000...20000, using: &random) },
      multipliers: (0..<scales).map { _ in Int32.random(in: 1 << 30...Int32.max, using: &random) },
      shifts: (0..<scales).map { _ in Int8(Int.random(in: -14...1, using: &random)) },
      stride: shared ? 0 : 1)
  }
}

/// Bias and scales that outlive the pointers to them.
struct ChannelTable {
  var bias: [Int32]
  var multipliers: [Int32]
  var shifts: [Int8]
  var stride: Int

  func use(_ body: (ChannelScaling) -> Void) {
    bias.withUnsafeBufferPointer { bias in
      multipliers.withUnsafeBufferPointer { multipliers in
        shifts.withUnsafeBufferPointer { shifts in
          body(
            ChannelScaling(
              bias: bias.baseAddress!, multipliers: multipliers.baseAddress!,
              shifts: shifts.baseAddress!, multiplierStride: stride))
        }
      }
    }
  }

  /// The table with an input's zero point folded into the bias; `weights(channel, tap)`.
  func folding(_ zeroPoint: Int8, taps: Int, weights: (Int, Int) -> Int8) -> ChannelTable {
    var table = self
    for channel in bias.indices {
      let row = (0..<taps).map { weights(channel, $0) }
      table.bias[channel] = foldInputZeroPoint(
        zeroPoint, bias: bias[channel], weights: row, count: taps)
    }
    return table
  }
}

/// Word-aligned bytes, as arenas and weights are.
func withAlignedBytes<Result>(
  _ bytes: [Int8], _ body: (UnsafeMutablePointer<Int8>) -> Result
) -> Result {
  let memory = UnsafeMutablePointer<Int64>.allocate(capacity: bytes.count / 8 + 1)
  defer { memory.deallocate() }
  return memory.withMemoryRebound(to: Int8.self, capacity: bytes.count) { pointer in
    pointer.initialize(from: bytes, count: bytes.count)
    return body(pointer)
  }
}
