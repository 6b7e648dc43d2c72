// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// CONV_2D and DEPTHWISE_CONV_2D of any type, stride and dilation as the definition reads: slow and
/// exact. Weights as in the model, OHWI or 1HWC.
public struct GeneralConvolution<Arithmetic: LayerArithmetic>: Equatable, Sendable {
  public var window: Window
  /// Whether an output channel reads one input channel alone.
  public var isDepthwise: Bool
  public var arithmetic: Arithmetic

  public init(window: Window, isDepthwise: Bool, arithmetic: Arithmetic) {
    self.window = window
    self.isDepthwise = isDepthwise
    self.arithmetic = arithmetic
  }

  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, channels: UnsafeRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Arithmetic.Input.self)
    let weights = weights.assumingMemoryBound(to: Arithmetic.Weight.self)
    var target = output.assumingMemoryBound(to: Arithmetic.Output.self)
    let count = window.outputChannels
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < count {
        let sum =
          isDepthwise
          ? depthwiseSum(image, weights, row, column, channel)
          : sum(image, weights, row, column, channel)
        target.pointee = arithmetic.finish(sum, channel: channel, of: count, channels)
        target += 1
        channel &+= 1
      }
    }
  }

  @inline(__always)
  private func sum(
    _ image: UnsafePointer<Arithmetic.Input>, _ weights: UnsafePointer<Arithmetic.Weight>,
    _ row: Int, _ column: Int, _ channel: Int
  ) -> Arithmetic.Sum {
    var sum = arithmetic.zero
    let taps = window.kernelHeight &* window.kernelWidth
    window.forEachTap(row: row, column: column) { tap, y, x in
      let pixel = image + (y &* window.inputWidth &+ x) &* window.inputChannels
      let weight = weights + (channel &* taps &+ tap) &* window.inputChannels
      var index = 0
      while index < window.inputChannels {
        sum = arithmetic.add(pixel[index], times: weight[index], to: sum)
        index &+= 1
      }
    }
    return sum
  }

  @inline(__always)
  private func depthwiseSum(
    _ image: UnsafePointer<Arithmetic.Input>, _ weights: UnsafePointer<Arithmetic.Weight>,
    _ row: Int, _ column: Int, _ channel: Int
  ) -> Arithmetic.Sum {
    var sum = arithmetic.zero
    let source = channel / (window.outputChannels / window.inputChannels)
    window.forEachTap(row: row, column: column) { tap, y, x in
      let pixel = image + (y &* window.inputWidth &+ x) &* window.inputChannels
      let weight = weights[tap &* window.outputChannels &+ channel]
      sum = arithmetic.add(pixel[source], times: weight, to: sum)
    }
    return sum
  }
}

/// TRANSPOSE_CONV of any type: each output gathers the inputs that reach it, in the order in which
/// TensorFlow Lite Micro would scatter them. Weights OHWI.
public struct TransposeConvolution<Arithmetic: LayerArithmetic>: Equatable, Sendable {
  /// Of the convolution whose gradient this is, but input and output are this layer's; no dilation.
  public var window: Window
  public var arithmetic: Arithmetic

  public init(window: Window, arithmetic: Arithmetic) {
    self.window = window
    self.arithmetic = arithmetic
  }

  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, channels: UnsafeRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Arithmetic.Input.self)
    let weights = weights.assumingMemoryBound(to: Arithmetic.Weight.self)
    var target = output.assumingMemoryBound(to: Arithmetic.Output.self)
    let count = window.outputChannels
    window.forEachOutputPixel { batch, row, column in
      let image = input + batch &* window.inputImage
      var channel = 0
      while channel < count {
        let sum = sum(image, weights, row, column, channel)
        target.pointee = arithmetic.finish(sum, channel: channel, of: count, channels)
        target += 1
        channel &+= 1
      }
    }
  }

  @inline(__always)
  private func sum(
    _ image: UnsafePointer<Arithmetic.Input>, _ weights: UnsafePointer<Arithmetic.Weight>,
    _ row: Int, _ column: Int, _ channel: Int
  ) -> Arithmetic.Sum {
    var sum = arithmetic.zero
    var kernelRow = window.kernelHeight &- 1
    while kernelRow >= 0 {
      let y = row &+ window.paddingTop &- kernelRow
      if y >= 0 && y % window.strideHeight == 0 && y / window.strideHeight < window.inputHeight {
        let line = image + y / window.strideHeight &* window.inputWidth &* window.inputChannels
        let tap = channel &* window.kernelHeight &+ kernelRow
        sum = add(
          line, weights + tap &* window.kernelWidth &* window.inputChannels, column, to: sum)
      }
      kernelRow &-= 1
    }
    return sum
  }

  @inline(__always)
  private func add(
    _ line: UnsafePointer<Arithmetic.Input>, _ weights: UnsafePointer<Arithmetic.Weight>,
    _ column: Int, to start: Arithmetic.Sum
  ) -> Arithmetic.Sum {
    var sum = start
    var kernelColumn = window.kernelWidth &- 1
    while kernelColumn >= 0 {
      let x = column &+ window.paddingLeft &- kernelColumn
      if x >= 0 && x % window.strideWidth == 0 && x / window.strideWidth < window.inputWidth {
        let pixel = line + x / window.strideWidth &* window.inputChannels
        let weight = weights + kernelColumn &* window.inputChannels
        var index = 0
        while index < window.inputChannels {
          sum = arithmetic.add(pixel[index], times: weight[index], to: sum)
          index &+= 1
        }
      }
      kernelColumn &-= 1
    }
    return sum
  }
}

/// FULLY_CONNECTED of any type; weights as in the model.
public struct GeneralDense<Arithmetic: LayerArithmetic>: Equatable, Sendable {
  public var batches: Int
  public var inputCount: Int
  public var outputCount: Int
  public var arithmetic: Arithmetic

  public init(batches: Int, inputCount: Int, outputCount: Int, arithmetic: Arithmetic) {
    self.batches = batches
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.arithmetic = arithmetic
  }

  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, channels: UnsafeRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Arithmetic.Input.self)
    let weights = weights.assumingMemoryBound(to: Arithmetic.Weight.self)
    let output = output.assumingMemoryBound(to: Arithmetic.Output.self)
    var index = 0
    while index < batches &* outputCount {
      let channel = index % outputCount
      let row = input + index / outputCount &* inputCount
      let weight = weights + channel &* inputCount
      var sum = arithmetic.zero
      var tap = 0
      while tap < inputCount {
        sum = arithmetic.add(row[tap], times: weight[tap], to: sum)
        tap &+= 1
      }
      output[index] = arithmetic.finish(sum, channel: channel, of: outputCount, channels)
      index &+= 1
    }
  }
}
