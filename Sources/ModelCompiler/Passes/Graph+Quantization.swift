// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Shapes and scales as the kernels take them.
extension Graph {
  func scale(_ tensor: Int) -> Float { tensors[tensor].quantization?.whole?.scale ?? 1 }

  func zeroPoint(_ tensor: Int) -> Int8 {
    Int8(clamping: tensors[tensor].quantization?.whole?.zeroPoint ?? 0)
  }

  /// As `zeroPoint`, of any element type.
  func wideZeroPoint(_ tensor: Int) -> Int32 {
    Int32(clamping: tensors[tensor].quantization?.whole?.zeroPoint ?? 0)
  }

  /// The least and the largest element that a tensor can hold.
  func range(of tensor: Int) -> (lowest: Int32, highest: Int32) {
    switch tensors[tensor].type {
    case .int16: (Int32(Int16.min), Int32(Int16.max))
    case .int32: (.min, .max)
    case .uint8: (0, 255)
    default: (-128, 127)
    }
  }

  func window(_ step: Operator, _ sliding: Sliding, height: Int, width: Int) -> Window {
    let input = tensors[step.inputs[0]].shape
    let output = tensors[step.output].shape
    let rows = sliding.extent(
      input: input[1], kernel: height, stride: sliding.strideHeight,
      dilation: sliding.dilationHeight)
    let columns = sliding.extent(
      input: input[2], kernel: width, stride: sliding.strideWidth,
      dilation: sliding.dilationWidth)
    return Window(
      batches: input[0], inputHeight: input[1], inputWidth: input[2], inputChannels: input[3],
      outputHeight: output[1], outputWidth: output[2], outputChannels: output[3],
      kernelHeight: height, kernelWidth: width, strideHeight: sliding.strideHeight,
      strideWidth: sliding.strideWidth, dilationHeight: sliding.dilationHeight,
      dilationWidth: sliding.dilationWidth, paddingTop: rows.padding,
      paddingLeft: columns.padding)
  }

  /// The output's zero point and the range that the activation leaves.
  func stage(_ step: Operator, _ activation: Activation) -> OutputStage {
    let scale = scale(step.output)
    let zeroPoint = wideZeroPoint(step.output)
    let (lowest, highest) = range(of: step.output)
    func quantized(_ real: Float) -> Int32 {
      // Clamped in floating point: a tiny scale must not overflow the conversion.
      let steps = (real / scale).rounded(.toNearestOrAwayFromZero)
      return max(lowest, min(highest, zeroPoint &+ Int32(max(-100_000, min(100_000, steps)))))
    }
    let range: (Int32, Int32) =
      switch activation {
      case .none: (lowest, highest)
      case .relu: (quantized(0), highest)
      case .relu6: (quantized(0), quantized(6))
      case .reluMinus1To1: (quantized(-1), quantized(1))
      }
    return OutputStage(zeroPoint: zeroPoint, minimum: range.0, maximum: range.1)
  }

  /// Input scale times weight scale by output scale, in double precision: one for all channels, or
  /// one for each.
  func channelScales(_ step: Operator, weights: Int) -> [QuantizedMultiplier] {
    let input = Double(scale(step.inputs[0]))
    let output = Double(scale(step.output))
    let scales = tensors[weights].quantization?.scales ?? []
    return scales.map { QuantizedMultiplier(input * Double($0) / output) }
  }
}
