// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Turns operators into kernels: scales into multipliers, activations into ranges, weights into
/// the layouts that the kernels read, the input's zero point into the bias.
struct Lowering {
  /// Weights and tables of a whole program.
  private static let constantByteLimit = 1 << 28

  let graph: Graph
  private(set) var steps: [Step] = []
  private(set) var constants: [Constant] = []
  private var constantByteCount = 0

  init(graph: Graph) { self.graph = graph }

  mutating func run() throws {
    for step in graph.operators {
      // A reshape shares its input's memory, see `MemoryPlan`.
      if case .reshape = step.kind { continue }
      let kernel = try kernel(step)
      steps.append(Step(source: step, kernel: kernel, inputs: step.inputs, output: step.output))
    }
  }

  private mutating func kernel(_ step: Operator) throws -> Kernel {
    switch step.kind {
    case .convolution(let sliding, let weights, let activation):
      return try convolution(step, sliding, weights, activation)
    case .depthwiseConvolution(let sliding, let weights, let activation):
      return try depthwiseConvolution(step, sliding, weights, activation)
    case .fullyConnected(let weights, let activation):
      return try fullyConnected(step, weights, activation)
    case .averagePool(let sliding, let height, let width, let activation):
      return .averagePooling(
        AveragePooling(
          window: window(step, sliding, height: height, width: width),
          stage: stage(step, activation)))
    case .maximumPool(let sliding, let height, let width, let activation):
      return .maximumPooling(
        MaximumPooling(
          window: window(step, sliding, height: height, width: width),
          stage: stage(step, activation)))
    case .mean: return mean(step)
    case .add(let activation): return addition(step, activation)
    case .softmax(let beta): return try softmax(step, beta: beta)
    case .reshape: preconditionFailure("a reshape has no kernel")
    }
  }

  // MARK: Kernels with weights

  private mutating func convolution(
    _ step: Operator, _ sliding: Sliding, _ weights: Weights, _ activation: Activation
  ) throws -> Kernel {
    let shape = graph.tensors[weights.tensor].shape
    let kernel = Convolution(
      window: window(step, sliding, height: shape[1], width: shape[2]),
      inputZeroPoint: zeroPoint(step.inputs[0]), stage: stage(step, activation))
    let values = try values(step, weights, packedByteCount: shape[0] * kernel.paddedTapCount)
    return .convolution(kernel, try pack(step, weights, values, kernel))
  }

  private mutating func pack(
    _ step: Operator, _ weights: Weights, _ values: [Int8], _ kernel: Convolution
  ) throws -> ChannelConstants {
    let channels = kernel.window.outputChannels
    let packed = [Int8](unsafeUninitializedCapacity: channels * kernel.paddedTapCount) {
      kernel.packWeights(values, to: $0.baseAddress!)
      $1 = channels * kernel.paddedTapCount
    }
    let bias = foldedBias(
      step, weights, values, channels: channels, taps: kernel.tapCount,
      channelStride: kernel.tapCount, tapStride: 1)
    return channelConstants(step, weights, .int8(packed), bias: bias)
  }

  private mutating func depthwiseConvolution(
    _ step: Operator, _ sliding: Sliding, _ weights: Weights, _ activation: Activation
  ) throws -> Kernel {
    let shape = graph.tensors[weights.tensor].shape
    let (taps, channels) = (shape[1] * shape[2], shape[3])
    let window = window(step, sliding, height: shape[1], width: shape[2])
    let inputZeroPoint = zeroPoint(step.inputs[0])
    let stage = stage(step, activation)
    if window.inputChannels == 1 {
      // With one input channel, depthwise is convolution: only the weights lie otherwise.
      let kernel = Convolution(window: window, inputZeroPoint: inputZeroPoint, stage: stage)
      let values = try values(step, weights, packedByteCount: channels * kernel.paddedTapCount)
      let rows = (0..<channels * taps).map { values[$0 % taps * channels + $0 / taps] }
      return .convolution(kernel, try pack(step, weights, rows, kernel))
    }
    let values = try values(step, weights, packedByteCount: 2 * (taps + 1) * channels)
    guard DepthwiseConvolution.supports(window) else {
      let bias = (0..<channels).map { biasValue(weights, $0) }
      return .referenceDepthwiseConvolution(
        ReferenceDepthwiseConvolution(
          window: window, inputZeroPoint: inputZeroPoint, stage: stage),
        channelConstants(step, weights, .int8(values), bias: bias))
    }
    let kernel = DepthwiseConvolution(
      window: window, inputZeroPoint: inputZeroPoint, stage: stage)
    let packed = [Int16](unsafeUninitializedCapacity: kernel.packedWeightCount) {
      kernel.packWeights(values, to: $0.baseAddress!)
      $1 = kernel.packedWeightCount
    }
    let bias = foldedBias(
      step, weights, values, channels: channels, taps: taps, channelStride: 1,
      tapStride: channels)
    return .depthwiseConvolution(
      kernel, channelConstants(step, weights, .int16(packed), bias: bias))
  }

  private mutating func fullyConnected(
    _ step: Operator, _ weights: Weights, _ activation: Activation
  ) throws -> Kernel {
    let shape = graph.tensors[weights.tensor].shape
    let kernel = FullyConnected(
      batches: graph.tensors[step.inputs[0]].count / shape[1], inputCount: shape[1],
      outputCount: shape[0], stage: stage(step, activation))
    let packedCount = shape[0] * kernel.paddedInputCount
    let values = try values(step, weights, packedByteCount: packedCount)
    let packed = [Int8](unsafeUninitializedCapacity: packedCount) {
      kernel.packWeights(values, to: $0.baseAddress!)
      $1 = packedCount
    }
    let bias = foldedBias(
      step, weights, values, channels: shape[0], taps: shape[1], channelStride: shape[1],
      tapStride: 1)
    return .fullyConnected(
      kernel, channelConstants(step, weights, .int8(packed), bias: bias))
  }

  // MARK: Constants

  /// The weights, if what they become still fits.
  private mutating func values(
    _ step: Operator, _ weights: Weights, packedByteCount: Int
  ) throws -> [Int8] {
    constantByteCount += packedByteCount
    guard constantByteCount <= Self.constantByteLimit else {
      throw ModelError(
        .operator(index: step.index, name: step.name),
        "brings the weights to \(constantByteCount) bytes",
        remedy: "at most \(Self.constantByteLimit) are supported")
    }
    return graph.tensors[weights.tensor].int8Values ?? []
  }

  private func biasValue(_ weights: Weights, _ channel: Int) -> Int32 {
    guard let bias = weights.bias, let values = graph.tensors[bias].constant else { return 0 }
    let start = values.startIndex + 4 * channel
    return (0..<4).reduce(0) { $0 | Int32(values[start + $1]) << Int32(8 * $1) }
  }

  private func foldedBias(
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

  private mutating func channelConstants(
    _ step: Operator, _ weights: Weights, _ values: Constant.Values, bias: [Int32]
  ) -> ChannelConstants {
    let scales = effectiveScales(step, weights).map(QuantizedMultiplier.init)
    let first = constants.count
    let name = "layer\(steps.count)"
    constants += [
      Constant(name: name + "_weights", values: values),
      Constant(name: name + "_bias", values: .int32(bias)),
      Constant(name: name + "_multipliers", values: .int32(scales.map(\.multiplier))),
      Constant(name: name + "_shifts", values: .int8(scales.map { Int8($0.shift) })),
    ]
    return ChannelConstants(
      weights: first, bias: first + 1, multipliers: first + 2, shifts: first + 3,
      multiplierStride: scales.count == 1 ? 0 : 1)
  }

  /// Input scale times weight scale by output scale. A fully connected layer with one scale
  /// multiplies in single precision first, the others in double, as TensorFlow Lite Micro does.
  private func effectiveScales(_ step: Operator, _ weights: Weights) -> [Double] {
    let input = scale(step.inputs[0])
    let output = Double(scale(step.output))
    let scales = graph.tensors[weights.tensor].quantization?.scales ?? []
    if case .fullyConnected = step.kind, scales.count == 1 {
      return [Double(input * scales[0]) / output]
    }
    return scales.map { Double(input) * Double($0) / output }
  }
}
