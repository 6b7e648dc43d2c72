// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import Testing

/// Depthwise from planes against the definition: any kernel, stride, dilation, padding and number
/// of channels, in strips, and on its own input.
@Suite struct PlanarDepthwiseTests {
  /// A layer with everything that both kernels need.
  private struct Layer {
    var window: Window
    var zeroPoint: Int8
    var stage: OutputStage
    var input: [Int8]
    var weights: [Int8]
    var table: ChannelTable

    var taps: Int { window.kernelHeight * window.kernelWidth }
    var outputCount: Int {
      window.batches * window.outputHeight * window.outputWidth * window.outputChannels
    }

    init(_ layer: inout RandomLayer, _ window: Window) {
      self.window = window
      zeroPoint = layer.zeroPoint()
      stage = layer.stage()
      input = layer.bytes(
        window.batches * window.inputHeight * window.inputWidth * window.inputChannels)
      weights = layer.bytes(window.kernelHeight * window.kernelWidth * window.outputChannels)
      table = layer.channels(window.outputChannels)
      table.multipliers = (0..<window.outputChannels).map {
        table.multipliers[$0 * table.stride]
      }
      table.shifts = (0..<window.outputChannels).map { min(-1, table.shifts[$0 * table.stride]) }
      table.stride = 1
    }

    func expected() -> [Int8] {
      let reference = ReferenceDepthwiseConvolution(
        window: window, inputZeroPoint: zeroPoint, stage: stage)
      var output = [Int8](repeating: 0, count: outputCount)
      table.use { reference.run(input: input, weights: weights, scaling: $0, output: &output) }
      return output
    }

    var epilogue: ClampedEpilogue {
      ClampedEpilogue(minimum: stage.minimum, maximum: stage.maximum)
    }

    func packed(_ kernel: some DepthwiseKernel) -> [Int32] {
      let folded = table.folding(zeroPoint, taps: taps) { weights[$1 * window.outputChannels + $0] }
      let words = zip(table.multipliers, table.shifts).flatMap { multiplier, shift in
        let right = Int32(-shift)
        return [multiplier, stage.zeroPoint << right + 1 << (right - 1), right]
      }
      return kernel.packWeights(weights, bias: folded.bias, epilogueWords: words)
    }
  }

  /// Runs with guard bytes behind everything; in place where asked.
  private func run(_ kernel: some DepthwiseKernel, _ layer: Layer, inPlace: Bool) -> [Int8] {
    let packed = layer.packed(kernel)
    #expect(packed.count == kernel.packedWordCount)
    let size = max(layer.input.count, layer.outputCount)
    let guarded = [Int8](repeating: 55, count: 16)
    let memory = layer.input + [Int8](repeating: 7, count: size - layer.input.count) + guarded
    let scratchBytes = [Int8](repeating: 77, count: kernel.scratchByteCount) + guarded
    return withAlignedBytes(memory) { input in
      withAlignedBytes(memory) { elsewhere in
        withAlignedBytes(scratchBytes) { scratch in
          let output = inPlace ? input : elsewhere
          packed.withUnsafeBytes {
            kernel.run(
              input: input, weights: $0.baseAddress!, scratch: scratch, output: output)
          }
          let scratchEnd = UnsafeBufferPointer(start: scratch + kernel.scratchByteCount, count: 16)
          let outputEnd = UnsafeBufferPointer(start: output + size, count: 16)
          #expect(Array(scratchEnd) == guarded && Array(outputEnd) == guarded)
          return Array(UnsafeBufferPointer(start: output, count: layer.outputCount))
        }
      }
    }
  }

  private func check(_ kernel: some DepthwiseKernel, _ layer: Layer, _ expected: [Int8]) {
    #expect(run(kernel, layer, inPlace: false) == expected, "\(kernel)")
    if kernel.overlap == .exact {
      #expect(run(kernel, layer, inPlace: true) == expected, "in place, \(kernel)")
    }
  }

  @Test func anyShape_equalsTheReference() {
    for seed in 1...400 as ClosedRange<UInt64> {
      var random = RandomLayer(seed: seed)
      let channels = random.int(1...9)
      let multiplier = random.int(1...4) == 1 ? random.int(2...3) : 1
      let window = random.window(channels: channels, outputs: channels * multiplier)
      let layer = Layer(&random, window)
      let kernel = PlanarDepthwise(
        window: window, inputZeroPoint: layer.zeroPoint, epilogue: layer.epilogue,
        scratchLimit: random.int(0...1000))
      check(kernel, layer, layer.expected())
    }
  }

  @Test func lanes_equalTheReference() {
    for seed in 1...400 as ClosedRange<UInt64> {
      var random = RandomLayer(seed: seed)
      let channels = random.int(1...9)
      let multiplier = random.int(1...4) == 1 ? random.int(2...3) : 1
      let window = random.window(channels: channels, outputs: channels * multiplier)
      var layer = Layer(&random, window)
      layer.weights = layer.weights.map { max(-127, $0) }
      let kernel = LaneDepthwise(
        window: window, inputZeroPoint: layer.zeroPoint, epilogue: layer.epilogue)
      check(kernel, layer, layer.expected())
    }
  }

  /// The shapes of MobileNets: 3x3, padded to the same size or half of it.
  @Test func threeByThree_equalsTheReference_inPlace() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = RandomLayer(seed: seed)
      let (height, width, channels) = (random.int(1...14), random.int(1...14), random.int(1...9))
      let stride = random.int(1...2)
      func padding(_ size: Int) -> Int {
        max(0, ((size + stride - 1) / stride - 1) * stride + 3 - size) / 2
      }
      let window = Window(
        inputHeight: height, inputWidth: width, inputChannels: channels,
        outputHeight: (height + stride - 1) / stride, outputWidth: (width + stride - 1) / stride,
        outputChannels: channels, kernelHeight: 3, kernelWidth: 3, strideHeight: stride,
        strideWidth: stride, paddingTop: padding(height), paddingLeft: padding(width))
      let layer = Layer(&random, window)
      let expected = layer.expected()
      #expect(ThreeByThreeDepthwise<ClampedEpilogue>.supports(window))
      let limit = random.int(0...1000)
      let kernel = ThreeByThreeDepthwise(
        window: window, inputZeroPoint: layer.zeroPoint, epilogue: layer.epilogue,
        scratchLimit: limit)
      #expect(kernel.overlap == .exact || stride == 2, "\(kernel)")
      check(kernel, layer, expected)
      let general = PlanarDepthwise(
        window: window, inputZeroPoint: layer.zeroPoint, epilogue: layer.epilogue,
        scratchLimit: limit)
      check(general, layer, expected)
    }
  }

  @Test func strips_ofVisualWakeWords_fit() {
    func planes(_ size: Int, _ channels: Int, stride: Int) -> Int {
      let window = Window(
        inputHeight: size, inputWidth: size, inputChannels: channels, outputHeight: size / stride,
        outputWidth: size / stride, outputChannels: channels, kernelHeight: 3, kernelWidth: 3,
        strideHeight: stride, strideWidth: stride, paddingTop: 2 - stride, paddingLeft: 2 - stride)
      let kernel = ThreeByThreeDepthwise(
        window: window, inputZeroPoint: 0, epilogue: ExactEpilogue(), scratchLimit: 3100)
      #expect(kernel.overlap == .exact)
      return kernel.scratchByteCount
    }
    #expect(planes(48, 8, stride: 1) == 2808)
    #expect(planes(48, 16, stride: 2) == 2808)
    #expect(planes(24, 32, stride: 1) <= 3100)
  }
}

/// What the tests need of both kernels.
private protocol DepthwiseKernel {
  var scratchByteCount: Int { get }
  var packedWordCount: Int { get }
  var overlap: Overlap { get }
  func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32]
  func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer)
}

extension PlanarDepthwise: DepthwiseKernel {}
extension ThreeByThreeDepthwise: DepthwiseKernel {}
extension LaneDepthwise: DepthwiseKernel {}
