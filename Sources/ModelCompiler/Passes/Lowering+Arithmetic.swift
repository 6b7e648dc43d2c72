// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Kernels without weights, and what all kernels take from shapes and scales.
extension Lowering {
  func mean(_ step: Operator) -> Kernel {
    let shape = graph.tensors[step.inputs[0]].shape
    let pixels = shape[1] * shape[2]
    let scale = QuantizedMultiplier(Double(scale(step.inputs[0])) / Double(scale(step.output)))
    // The division by the number of pixels goes into the multiplier, keeping as many bits as fit.
    let bits = max(0, min(Int.bitWidth - 1 - pixels.leadingZeroBitCount, 31 + scale.shift))
    let multiplier = (Int64(scale.multiplier) << Int64(bits)) / Int64(pixels)
    return .mean(
      Mean(
        batches: shape[0], pixels: pixels, channels: shape[3],
        inputZeroPoint: Int32(zeroPoint(step.inputs[0])),
        multiplier: Int32(clamping: multiplier), shift: Int32(scale.shift - bits),
        stage: stage(step, .none)))
  }

  func addition(_ step: Operator, _ activation: Activation) -> Kernel {
    let scales = step.inputs.map { Double(scale($0)) }
    let common = 2 * max(scales[0], scales[1])
    let inputs = zip(step.inputs, scales).map { tensor, scale in
      let multiplier = QuantizedMultiplier(scale / common)
      return Addition.Input(
        zeroPoint: Int32(zeroPoint(tensor)), multiplier: multiplier.multiplier,
        shift: Int32(multiplier.shift))
    }
    let widening = Double(1 << Int(Addition.leftShift))
    let output = QuantizedMultiplier(common / (widening * Double(scale(step.output))))
    return .addition(
      Addition(
        count: graph.tensors[step.output].count, first: inputs[0], second: inputs[1],
        outputMultiplier: output.multiplier, outputShift: Int32(output.shift),
        stage: stage(step, activation)))
  }

  func softmax(_ step: Operator, beta: Float) throws -> Kernel {
    let tensor = graph.tensors[step.inputs[0]]
    // Differences of inputs become Q5: 5 integer bits, 26 of fraction.
    let real = min(Double(beta) * Double(scale(step.inputs[0])) * 0x1p26, 0x1p31 - 1)
    let scale = QuantizedMultiplier(real)
    guard scale.shift >= 0, scale.multiplier > 0 else {
      throw ModelError(
        .operator(index: step.index, name: step.name),
        "has beta times input scale \(real * 0x1p-26)",
        remedy: "below 2^-26 every output would be the same; check the model's quantization")
    }
    let radius = (31.0 * 0x1p26 / Double(sign: .plus, exponent: scale.shift, significand: 1))
      .rounded(.down)
    let count = tensor.shape[tensor.shape.count - 1]
    return .softmax(
      Softmax(
        rows: tensor.count / count, count: count, multiplier: scale.multiplier,
        leftShift: Int32(scale.shift), minimumDifference: -Int32(clamping: Int64(radius))))
  }

  // MARK: Shapes and scales

  func scale(_ tensor: Int) -> Float { graph.tensors[tensor].quantization?.whole?.scale ?? 1 }

  func zeroPoint(_ tensor: Int) -> Int8 {
    Int8(clamping: graph.tensors[tensor].quantization?.whole?.zeroPoint ?? 0)
  }

  func window(_ step: Operator, _ sliding: Sliding, height: Int, width: Int) -> Window {
    let input = graph.tensors[step.inputs[0]].shape
    let output = graph.tensors[step.output].shape
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
    let zeroPoint = Int32(zeroPoint(step.output))
    func quantized(_ real: Float) -> Int32 {
      // Clamped in floating point: a tiny scale must not overflow the conversion.
      let steps = (real / scale).rounded(.toNearestOrAwayFromZero)
      return max(-128, min(127, zeroPoint + Int32(max(-1000, min(1000, steps)))))
    }
    let range: (Int32, Int32) =
      switch activation {
      case .none: (-128, 127)
      case .relu: (quantized(0), 127)
      case .relu6: (quantized(0), quantized(6))
      case .reluMinus1To1: (quantized(-1), quantized(1))
      }
    return OutputStage(zeroPoint: zeroPoint, minimum: range.0, maximum: range.1)
  }
}
