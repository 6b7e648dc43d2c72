// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

extension LaneConvolution: PackedKernel {}
extension LaneDepthwise: PackedKernel {}

/// Layers with weights for cores without the DSP extension.
extension Lowering {
  /// Nil for weights of -128, whose products do not fit the lanes.
  func baselineKernel(
    _ step: Operator, _ layer: WeightedLayer, _ epilogue: some Epilogue
  ) -> (any PackedKernel)? {
    guard layer.weights.allSatisfy({ $0 != -128 }) else { return nil }
    let shape = graph.tensors[layer.weightsTensor].shape
    let padding = zeroPoint(step.inputs[0])
    switch step.kind {
    case .convolution(let sliding, _, _):
      return LaneConvolution(
        window: window(step, sliding, height: shape[1], width: shape[2]),
        inputZeroPoint: padding, epilogue: epilogue)
    case .depthwiseConvolution(let sliding, _, _):
      return LaneDepthwise(
        window: window(step, sliding, height: shape[1], width: shape[2]),
        inputZeroPoint: padding, epilogue: epilogue)
    case .fullyConnected:
      let rows = graph.tensors[layer.input].count / layer.inputsPerTap
      let window = Window(
        inputHeight: 1, inputWidth: rows, inputChannels: layer.inputsPerTap, outputHeight: 1,
        outputWidth: rows, outputChannels: layer.channels, kernelHeight: 1, kernelWidth: 1)
      return LaneConvolution(window: window, inputZeroPoint: padding, epilogue: epilogue)
    default: return nil
    }
  }
}
