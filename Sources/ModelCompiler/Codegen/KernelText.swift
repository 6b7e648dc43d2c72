// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// Each kernel as the Swift expression that makes it.
func construction(_ kernel: Kernel) -> String {
  switch kernel {
  case .convolution(let kernel, _):
    return windowed(
      "Convolution", kernel.window, inputZeroPoint: kernel.inputZeroPoint, kernel.stage)
  case .depthwiseConvolution(let kernel, _):
    return windowed(
      "DepthwiseConvolution", kernel.window, inputZeroPoint: kernel.inputZeroPoint, kernel.stage)
  case .referenceDepthwiseConvolution(let kernel, _):
    return windowed(
      "ReferenceDepthwiseConvolution", kernel.window, inputZeroPoint: kernel.inputZeroPoint,
      kernel.stage)
  case .averagePooling(let kernel):
    return windowed("AveragePooling", kernel.window, inputZeroPoint: nil, kernel.stage)
  case .maximumPooling(let kernel):
    return windowed("MaximumPooling", kernel.window, inputZeroPoint: nil, kernel.stage)
  case .fullyConnected(let kernel, _):
    return """
      FullyConnected(
        batches: \(kernel.batches), inputCount: \(kernel.inputCount), \
      outputCount: \(kernel.outputCount),
        stage: \(text(kernel.stage))
      )
      """
  case .mean(let kernel):
    return """
      Mean(
        batches: \(kernel.batches), pixels: \(kernel.pixels), channels: \(kernel.channels),
        inputZeroPoint: \(kernel.inputZeroPoint), multiplier: \(kernel.multiplier), \
      shift: \(kernel.shift),
        stage: \(text(kernel.stage))
      )
      """
  case .addition(let kernel):
    return """
      Addition(
        count: \(kernel.count),
        first: \(text(kernel.first)),
        second: \(text(kernel.second)),
        outputMultiplier: \(kernel.outputMultiplier), outputShift: \(kernel.outputShift),
        stage: \(text(kernel.stage))
      )
      """
  case .softmax(let kernel):
    return """
      Softmax(
        rows: \(kernel.rows), count: \(kernel.count), multiplier: \(kernel.multiplier),
        leftShift: \(kernel.leftShift), minimumDifference: \(kernel.minimumDifference)
      )
      """
  }
}

extension Kernel {
  var channelConstants: ChannelConstants? {
    switch self {
    case .convolution(_, let constants), .depthwiseConvolution(_, let constants),
      .referenceDepthwiseConvolution(_, let constants), .fullyConnected(_, let constants):
      constants
    case .averagePooling, .maximumPooling, .mean, .addition, .softmax: nil
    }
  }
}

private func windowed(
  _ name: String, _ window: Window, inputZeroPoint: Int8?, _ stage: OutputStage
) -> String {
  let zeroPoint = inputZeroPoint.map { "\n  inputZeroPoint: \($0)," } ?? ""
  return """
    \(name)(
      window: Window(
        batches: \(window.batches),
        inputHeight: \(window.inputHeight), inputWidth: \(window.inputWidth), \
    inputChannels: \(window.inputChannels),
        outputHeight: \(window.outputHeight), outputWidth: \(window.outputWidth), \
    outputChannels: \(window.outputChannels),
        kernelHeight: \(window.kernelHeight), kernelWidth: \(window.kernelWidth),
        strideHeight: \(window.strideHeight), strideWidth: \(window.strideWidth),
        dilationHeight: \(window.dilationHeight), dilationWidth: \(window.dilationWidth),
        paddingTop: \(window.paddingTop), paddingLeft: \(window.paddingLeft)),\(zeroPoint)
      stage: \(text(stage))
    )
    """
}

private func text(_ stage: OutputStage) -> String {
  "OutputStage(zeroPoint: \(stage.zeroPoint), minimum: \(stage.minimum), maximum: \(stage.maximum))"
}

private func text(_ input: Addition.Input) -> String {
  "Addition.Input(zeroPoint: \(input.zeroPoint), multiplier: \(input.multiplier), "
    + "shift: \(input.shift))"
}
