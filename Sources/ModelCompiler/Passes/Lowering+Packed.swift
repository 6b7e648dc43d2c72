// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// A kernel that owns the layout of its weights and whose epilogue was proved for every channel.
protocol PackedKernel: Sendable {
  var scratchByteCount: Int { get }
  /// How the output may lie over the input.
  var overlap: Overlap { get }
  func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32]
  func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer)
}

extension PointwiseConvolution: PackedKernel {}
extension RowConvolution: PackedKernel {}
extension DenseLayer: PackedKernel {}
extension ThreeByThreeDepthwise: PackedKernel {}
extension PlanarDepthwise: PackedKernel {}

/// Layers with weights whose epilogue is proved, here for cores with the DSP extension.
extension Lowering {
  /// Scratch that a depthwise layer may take before it is cut into strips: what the largest
  /// networks of MLPerf Tiny leave free beside their tensors.
  static let depthwiseScratchLimit = 2400

  /// Lowers a layer to the fastest kernel that is proved to be exact for it.
  /// - Returns: false where there is none.
  mutating func packedLayer(_ step: Operator) throws -> Bool {
    guard let layer = WeightedLayer(step, in: graph), let choice = epilogue(step, layer),
      let kernel = kernel(step, layer, choice)
    else { return false }
    let bias = zip(
      foldedBias(step, layer), choice.constants.biasAdjustments
    ).map { $0 &+ $1 }
    let blob = kernel.packWeights(
      layer.weights, bias: bias, epilogueWords: choice.constants.words.flatMap { $0 })
    let input = try place(step.inputs[0])
    try append(kernel, input: input, blob: blob, layer)
    return true
  }

  /// The fastest exact epilogue, or for fully connected layers, where flash counts for more than
  /// the few outputs, the one with the fewest constants.
  private func epilogue(_ step: Operator, _ layer: WeightedLayer) -> EpilogueChoice? {
    guard let sums = ranges.accumulators(of: step) else { return nil }
    let channels = layer.requantizations(sums)
    if sharesConstants(layer), let choice = EpilogueChoice.shared(channels) { return choice }
    return EpilogueChoice(channels, preferring: sharedShifts[shapes(of: step)])
  }

  private func sharesConstants(_ layer: WeightedLayer) -> Bool {
    layer.form == .fullyConnected && layer.scales.count == 1
  }

  /// For each shape of layers the least of their shifts: with it their calls may turn out alike.
  func shiftsOfShapes() -> [[[Int]]: Int32] {
    var shifts: [[[Int]]: Int32] = [:]
    for step in graph.operators {
      guard let layer = WeightedLayer(step, in: graph),
        let sums = ranges.accumulators(of: step),
        let shift = RequantizationProof(layer.requantizations(sums)).commonShift
      else { continue }
      let shapes = shapes(of: step)
      shifts[shapes] = min(shift, shifts[shapes] ?? shift)
    }
    return shifts
  }

  private func shapes(of step: Operator) -> [[Int]] {
    (step.inputs + step.operands + step.outputs).map { graph.tensors[$0].shape }
  }

  private mutating func append(
    _ kernel: some PackedKernel, input: Place, blob: [Int32], _ layer: WeightedLayer
  ) throws {
    let outputs = graph.tensors[layer.output].count
    call(
      KernelCall(
        kernel, reads: ["input": input, "weights": try constant(.int32(blob), "weights")],
        scratch: kernel.scratchByteCount, writes: ["output": .tensor(layer.output)],
        multiplyCount: outputs * layer.taps * layer.inputsPerTap,
        overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], weights: $1[1], scratch: $1[2], output: $1[3]) })
  }

  private func kernel(
    _ step: Operator, _ layer: WeightedLayer, _ choice: EpilogueChoice
  ) -> (any PackedKernel)? {
    switch options.core {
    case .dsp:
      kernel(step, layer, choice.epilogue, isUniform: choice.constants.areAlike)
    case .baseline: baselineKernel(step, layer, choice.epilogue)
    }
  }

  private func kernel(
    _ step: Operator, _ layer: WeightedLayer, _ epilogue: some Epilogue, isUniform: Bool
  ) -> (any PackedKernel)? {
    let packs = layer.weights.allSatisfy { $0 != -128 }
    let shape = graph.tensors[layer.weightsTensor].shape
    switch step.kind {
    case .convolution(let sliding, _, _) where packs:
      return convolution(
        window(step, sliding, height: shape[1], width: shape[2]), step, epilogue)
    case .depthwiseConvolution(let sliding, _, _):
      let window = window(step, sliding, height: shape[1], width: shape[2])
      if ThreeByThreeDepthwise<ProvedEpilogue>.supports(window) {
        return ThreeByThreeDepthwise(
          window: window, inputZeroPoint: zeroPoint(step.inputs[0]), epilogue: epilogue,
          scratchLimit: Self.depthwiseScratchLimit)
      }
      return PlanarDepthwise(
        window: window, inputZeroPoint: zeroPoint(step.inputs[0]), epilogue: epilogue,
        scratchLimit: Self.depthwiseScratchLimit)
    case .fullyConnected where packs:
      let kernel = DenseLayer(
        batches: graph.tensors[layer.input].count / layer.inputsPerTap,
        inputCount: layer.inputsPerTap, outputCount: layer.channels,
        sharesConstants: isUniform,
        epilogue: epilogue)
      return kernel.isSupported ? kernel : nil
    default: return nil
    }
  }

  private func convolution(
    _ window: Window, _ step: Operator, _ epilogue: some Epilogue
  ) -> (any PackedKernel)? {
    if window.isPointwise {
      let kernel = PointwiseConvolution(
        inputChannels: window.inputChannels, outputChannels: window.outputChannels,
        pixels: window.batches * window.outputHeight * window.outputWidth, epilogue: epilogue)
      if kernel.isSupported { return kernel }
    }
    let kernel = RowConvolution(
      window: window, inputZeroPoint: zeroPoint(step.inputs[0]), epilogue: epilogue)
    return kernel.isSupported ? kernel : nil
  }

  /// Biases with the input's zero point folded in.
  private func foldedBias(_ step: Operator, _ layer: WeightedLayer) -> [Int32] {
    (0..<layer.channels).map { channel in
      var sum: Int32 = 0
      for tap in 0..<layer.taps {
        for input in 0..<layer.inputsPerTap {
          sum &+= Int32(layer.weights[layer.index(channel: channel, tap: tap, input: input)])
        }
      }
      return layer.bias[channel] &- Int32(layer.inputZeroPoint) &* sum
    }
  }
}
