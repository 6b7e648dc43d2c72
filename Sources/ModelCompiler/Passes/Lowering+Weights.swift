// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Convolutions and fully connected layers.
extension Lowering {
  mutating func convolution(
    _ step: Operator, _ sliding: Sliding, _ weights: Weights, _ activation: Activation
  ) throws {
    let shape = graph.tensors[weights.tensor].shape
    try generalConvolution(
      step, window(step, sliding, height: shape[1], width: shape[2]), weights, activation,
      rows: graph.tensors[weights.tensor].int8Values ?? [])
  }

  /// - Parameter rows: weights, output channel by output channel.
  private mutating func generalConvolution(
    _ step: Operator, _ window: Window, _ weights: Weights, _ activation: Activation, rows: [Int8]
  ) throws {
    let kernel = Convolution(
      window: window, inputZeroPoint: zeroPoint(step.inputs[0]), stage: stage(step, activation))
    let packedCount = window.outputChannels * kernel.paddedTapCount
    let packed = [Int8](unsafeUninitializedCapacity: packedCount) {
      kernel.packWeights(rows, to: $0.baseAddress!)
      $1 = packedCount
    }
    let bias = foldedBias(
      step, weights, rows, channels: window.outputChannels, taps: kernel.tapCount,
      channelStride: kernel.tapCount, tapStride: 1)
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "weights": try constant(.int8(packed), "weights"),
          "channels": try channelBlock(step, weights, count: bias.count, bias: bias),
        ], scratch: kernel.scratchByteCount, writes: ["output": .tensor(step.output)],
        multiplyCount: window.outputCount * kernel.tapCount
      ) { $0.run(input: $1[0], weights: $1[1], channels: $1[2], scratch: $1[3], output: $1[4]) })
  }

  mutating func depthwiseConvolution(
    _ step: Operator, _ sliding: Sliding, _ weights: Weights, _ activation: Activation
  ) throws {
    let shape = graph.tensors[weights.tensor].shape
    let (taps, channels) = (shape[1] * shape[2], shape[3])
    let window = window(step, sliding, height: shape[1], width: shape[2])
    let values = graph.tensors[weights.tensor].int8Values ?? []
    if window.inputChannels == 1 {
      // With one input channel, depthwise is convolution: only the weights lie otherwise.
      let rows = (0..<channels * taps).map { values[$0 % taps * channels + $0 / taps] }
      return try generalConvolution(step, window, weights, activation, rows: rows)
    }
    let stage = stage(step, activation)
    let bias = (0..<channels).map { biasValue(weights, $0) }
    call(
      KernelCall(
        ReferenceDepthwiseConvolution(
          window: window, inputZeroPoint: zeroPoint(step.inputs[0]), stage: stage),
        reads: [
          "input": try place(step.inputs[0]), "weights": try constant(.int8(values), "weights"),
          "channels": try channelBlock(step, weights, count: bias.count, bias: bias),
        ], writes: ["output": .tensor(step.output)], multiplyCount: window.outputCount * taps
      ) { $0.run(input: $1[0], weights: $1[1], channels: $1[2], output: $1[3]) })
  }

  mutating func fullyConnected(
    _ step: Operator, _ weights: Weights, _ activation: Activation
  ) throws {
    let shape = graph.tensors[weights.tensor].shape
    let kernel = FullyConnected(
      batches: graph.tensors[step.inputs[0]].count / shape[1], inputCount: shape[1],
      outputCount: shape[0], stage: stage(step, activation))
    let packedCount = shape[0] * kernel.paddedInputCount
    let values = graph.tensors[weights.tensor].int8Values ?? []
    let packed = [Int8](unsafeUninitializedCapacity: packedCount) {
      kernel.packWeights(values, to: $0.baseAddress!)
      $1 = packedCount
    }
    let bias = foldedBias(
      step, weights, values, channels: shape[0], taps: shape[1], channelStride: shape[1],
      tapStride: 1)
    call(
      KernelCall(
        kernel,
        reads: [
          "input": try place(step.inputs[0]), "weights": try constant(.int8(packed), "weights"),
          "channels": try channelBlock(step, weights, count: bias.count, bias: bias),
        ], scratch: kernel.scratchByteCount, writes: ["output": .tensor(step.output)],
        multiplyCount: kernel.batches * kernel.inputCount * kernel.outputCount
      ) { $0.run(input: $1[0], weights: $1[1], channels: $1[2], scratch: $1[3], output: $1[4]) })
  }

  // MARK: Constants

  func biasValue(_ weights: Weights, _ channel: Int) -> Int32 {
    guard let bias = weights.bias, let values = graph.tensors[bias].constant else { return 0 }
    let start = values.startIndex + 4 * channel
    return (0..<4).reduce(0) { $0 | Int32(values[start + $1]) << Int32(8 * $1) }
  }

  func foldedBias(
    _ step: Operator, _ weights: Weights, _ values: [Int8], channels: Int, taps: Int,
    channelStride: Int, tapStride: Int
  ) -> [Int32] {
    values.withUnsafeBufferPointer { buffer in
      (0..<channels).map { channel in
        foldInputZeroPoint(
          zeroPoint(step.inputs[0]), bias: biasValue(weights, channel),
          weights: buffer.baseAddress! + channel * channelStride, count: taps, stride: tapStride)
      }
    }
  }

  /// Bias, multiplier and shift of every channel, as `ChannelScaling(_:count:)` reads them.
  mutating func channelBlock(
    _ step: Operator, _ weights: Weights, count: Int, bias: [Int32]
  ) throws -> Place {
    var scales = graph.channelScales(step, weights: weights.tensor)
    if scales.count == 1 { scales = Array(repeating: scales[0], count: count) }
    var shifts = [UInt8](repeating: 0, count: (count + 3) / 4 * 4)
    for (channel, scale) in scales.enumerated() {
      shifts[channel] = UInt8(bitPattern: Int8(scale.shift))
    }
    let words = stride(from: 0, to: shifts.count, by: 4).map { index in
      (0..<4).reduce(Int32(0)) {
        $0 | Int32(bitPattern: UInt32(shifts[index + $1]) << UInt32(8 * $1))
      }
    }
    return try constant(.int32(bias + scales.map(\.multiplier) + words), "channels")
  }
}

extension Window {
  var outputCount: Int { batches * outputHeight * outputWidth * outputChannels }
}
